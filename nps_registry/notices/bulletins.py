"""Bulletins: what became public in a month or a quarter, in figures that are kept as they were on the day of issue.

A bulletin is computed once, when somebody issues it after its period has ended, from what is public then; what it says
is stored, signed, and never computed again. Reports are amended, withdrawn and sent late, so the same question asked
another day has another answer: that is a new version, and the old ones stay readable.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from nps_registry.accounts.seal import Seal
from nps_registry.errors import Conflict, FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.notices.signing import sign, write_instant
from nps_registry.store import advisories, audit, changes
from nps_registry.store import bulletins as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.registry import find_registry
from nps_registry.store.tables import Bulletin
from nps_registry.vocabulary.cases import open_cases
from nps_registry.vocabulary.finding import Outcome
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.report import RegistryMode

SCHEMA_VERSION = "nps-bulletin/1.1"
"""1.1: ``became_public`` counts what has a new psychoactive substance in it, and signals name their nature."""
PERIODS, QUARTERS, SUBSTANCES, SIGNALS = 13, 9, 15, 200
_STAMPS = ("version", "published", "modified")


def require_period(text: str) -> Period:
    """The period that *text* names.

    Raises:
        InvalidInput: it names none.
    """
    period = Period.read(text)
    if period is None:
        message = _("“%(text)s” is no period: write 2026-10 for a month, 2026-Q3 for a quarter.") % {"text": text[:20]}
        raise InvalidInput(message, errors=[FieldError("period", message)])
    return period


def issue(session: Session, seal: Seal, period: Period, *, actor: str) -> tuple[Bulletin, bool]:
    """The latest version of the bulletin of *period*, and whether it is new: issued now, since its figures are.

    Raises:
        Conflict: the period has not ended.
        NotReady: it cannot be signed.
    """
    now = datetime.now(UTC)
    if not period.is_over(now):
        raise Conflict(_("%(period)s has not ended; its bulletin can be issued afterwards.") % {"period": period.key})
    stored.lock(session)
    before = next(iter(stored.versions_of(session, period.key)), None)
    document = compute(session, period)
    if before is not None and _figures_of(before.content) == _figures_of(document):
        return before, False
    version = before.version + 1 if before else 1
    published = before.content["published"] if before else write_instant(now)
    document |= {"version": version, "published": published, "modified": write_instant(now)}
    row = Bulletin(period=period.key, version=version, content=document, issued_by=actor, issued_at=now)
    row.signatures = sign(session, seal, document, actor=actor)
    stored.keep(session, row)
    told: dict[str, object] = {"version": version}
    audit.append(session, [AuditEntry(actor, "bulletin.issued", "bulletin", period.key, None, told)])
    changes.touch(session)
    return row, True


def compute(session: Session, period: Period) -> dict[str, Any]:
    """The figures of *period* from what is public now, without version and dates of issue."""
    harms = stored.severe_published(session, period)
    periods = [period.before(count) for count in reversed(range(PERIODS))]
    last_quarter = Period(period.year, 3 * period.quarter - 2, 3)
    quarters = [last_quarter.before(count) for count in reversed(range(QUARTERS))]
    happened = stored.events_of_quarters(session, quarters)
    signals = stored.signals_raised(session, period)
    return {
        "schema_version": SCHEMA_VERSION,
        "id": f"NPS-BULLETIN-{period.key}",
        "period": {"key": period.key, "begins": write_instant(period.begins), "ends": write_instant(period.ends)},
        "became_public": {
            "reports": stored.reports_published(session, period),
            "events": stored.events_published(session, period),
            **open_cases(harms[Outcome.FATAL], harms[Outcome.SEVERE]),
            "per_period": [{"period": each.key, "events": stored.events_published(session, each)} for each in periods],
            "per_effect_group": [
                {"effect_group": group, "events": events} for group, events in stored.groups_published(session, period)
            ],
            "per_country": [
                {"country": country, "events": events}
                for country, events in stored.countries_published(session, period)
            ],
            "substances": [asdict(each) for each in stored.substances_published(session, period, limit=SUBSTANCES)],
        },
        "happened": [{"quarter": each.key, "events": events} for each, events in zip(quarters, happened, strict=True)],
        "signals": [
            asdict(each) | {"kind": each.kind.value, "nature": each.nature.value} for each in signals[:SIGNALS]
        ],
        "signals_total": len(signals),
        "advisories": [
            {
                "id": each.advisory_id,
                "version": each.revision,
                "title": each.content["summary"],
                "severity": each.content["severity"][0]["score"],  # type: ignore[index]  # a document has it
                "change": "withdrawn"
                if "withdrawn" in each.content
                else "published"
                if each.revision == 1
                else "updated",
                "on": each.made_at.date().isoformat(),
            }
            for each in advisories.changed_for_everybody(session, period.begins, period.ends)
        ],
        "demonstration": find_registry(session).mode is RegistryMode.DEMONSTRATION,
    }


def _figures_of(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _STAMPS}


def read_signed(bulletin: Bulletin) -> dict[str, Any]:
    """The document of *bulletin* with its signatures."""
    return {**bulletin.content, "signatures": bulletin.signatures}

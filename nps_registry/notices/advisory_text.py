"""The text of an advisory as curators work on it, and what it lacks for being published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts
from nps_registry.store import substances as substances_stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import VISITOR
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.signal import TrafficLight
from nps_registry.vocabulary.substance import Status

MOST_SUBSTANCES, MOST_RECIPIENTS, MOST_LINES = 30, 200, 40
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT, LONGEST_LINE = 200, 1_000, 20_000, 1_000
PROSE = ("details", "harms", "identification", "advice")
"""The fields of several paragraphs, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class AdvisoryText:
    """What an advisory says, as it is typed.

    Attributes:
        recipients: ``country:DE``, ``organisation:ID``, ``person:ID``; for everybody or every organisation none.
        substances: accessions, the most important first.
        countries: ISO 3166-1 alpha-2.
        summary: one paragraph that stands for itself.
        details: what is known; likewise *harms*, *identification* and *advice*: paragraphs parted by empty lines,
            lines that begin with a hyphen are a list.
        references: one citation or address each.
        aliases: what others call the same warning.
    """

    title: str = ""
    severity: Severity = Severity.INFORMATION
    audience: TrafficLight = TrafficLight.AMBER
    recipients: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    harms: str = ""
    identification: str = ""
    advice: str = ""
    references: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def stored(self) -> dict[str, object]:
        """The text as JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in _plain(self).items()}

    @classmethod
    def restored(cls, stored: Mapping[str, object]) -> AdvisoryText:
        """The text in what :meth:`stored` gave."""
        told = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        for name, value in told.items():
            if isinstance(value, list):
                told[name] = tuple(str(each) for each in value)
        told["severity"] = Severity(str(told["severity"]))
        told["audience"] = TrafficLight(str(told["audience"]))
        return cls(**told)  # type: ignore[arg-type]  # the names and types are those that stored() wrote


def _plain(text: AdvisoryText) -> dict[str, object]:
    return asdict(text) | {"severity": text.severity.value, "audience": text.audience.value}


def require_sound(session: Session, text: AdvisoryText) -> None:
    """Refuse a text that cannot be kept: too long, or naming what is not there.

    Raises:
        InvalidInput: with every field at fault.
    """
    errors = [*_faults_of_length(text), *_faults_of_names(session, text)]
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)


def _faults_of_length(text: AdvisoryText) -> list[FieldError]:
    longest = {"title": LONGEST_TITLE, "summary": LONGEST_SUMMARY, **dict.fromkeys(PROSE, LONGEST_TEXT)}
    told = _("At most %(most)d characters.")
    errors = [
        FieldError(name, told % {"most": most}) for name, most in longest.items() if len(getattr(text, name)) > most
    ]
    counted = {
        "substances": MOST_SUBSTANCES,
        "recipients": MOST_RECIPIENTS,
        "references": MOST_LINES,
        "aliases": MOST_LINES,
    }
    errors += [
        FieldError(name, _("At most %(most)d of them.") % {"most": most})
        for name, most in counted.items()
        if len(getattr(text, name)) > most
    ]
    lines = [("references", each) for each in text.references] + [("aliases", each) for each in text.aliases]
    errors += [FieldError(name, told % {"most": LONGEST_LINE}) for name, each in lines if len(each) > LONGEST_LINE]
    return errors


def _faults_of_names(session: Session, text: AdvisoryText) -> list[FieldError]:
    known = substances_stored.by_accessions(session, text.substances)
    errors = [
        FieldError(
            "substances", _("There is no substance with the accession “%(accession)s”.") % {"accession": each[:40]}
        )
        for each in text.substances
        if each not in known
    ]
    errors += [
        FieldError("countries", _("“%(code)s” is not a country's two-letter code.") % {"code": code[:20]})
        for code in text.countries
        if not is_country(code)
    ]
    return errors


def require_publishable(session: Session, text: AdvisoryText) -> list[Substance]:
    """The substances of a text that may be published.

    Raises:
        InvalidInput: it lacks something, or would tell everybody of a substance that few may know of.
    """
    require_sound(session, text)
    errors = []
    if not text.title:
        errors.append(FieldError("title", _("An advisory needs a title.")))
    if not text.summary:
        errors.append(FieldError("summary", _("An advisory needs a summary that stands for itself.")))
    if not text.substances:
        errors.append(FieldError("substances", _("An advisory names at least one substance.")))
    open_to_all = text.audience in {TrafficLight.CLEAR, TrafficLight.GREEN}
    if not open_to_all and not text.recipients:
        errors.append(FieldError("recipients", _("Name whom an advisory of this audience is for.")))
    known = substances_stored.by_accessions(session, text.substances)
    rows = [known[each] for each in text.substances if each in known]
    if text.audience is TrafficLight.CLEAR:
        errors += _hidden(session, rows)
    errors += [
        FieldError("substances", _("%(accession)s is no longer an entry of its own.") % {"accession": row.accession})
        for row in rows
        if row.status in {Status.MERGED, Status.WITHDRAWN}
    ]
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)
    return rows


def _hidden(session: Session, rows: list[Substance]) -> list[FieldError]:
    open_ids = visible_substance_ids(session, [row.id for row in rows if row.id is not None], VISITOR)
    told = _("Only restricted reports know %(accession)s: a public advisory would tell of them.")
    return [FieldError("substances", told % {"accession": row.accession}) for row in rows if row.id not in open_ids]


def name_recipients(session: Session, recipients: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Each recipient in its parts: kind, key, and what people call it."""
    people = [key for kind, _colon, key in (each.partition(":") for each in recipients) if kind == "person"]
    addresses = accounts.addresses_of(session, people)
    named = []
    for each in recipients:
        kind, _colon, key = each.partition(":")
        called = key
        if kind == "person":
            called = addresses.get(key, key)
        elif kind == "organisation":
            organisation = accounts.get_organisation(session, key)
            called = organisation.name if organisation else key
        named.append((kind, key, called))
    return named

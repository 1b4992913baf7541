"""The audit trail, a page at a time, with filters. For administrators."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from nps_registry.accounts.sessions import SignedIn
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.dependencies import Reading
from nps_registry.http.signed_in import require_role
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditFilter
from nps_registry.store.engine import Session
from nps_registry.store.tables import AuditEvent
from nps_registry.vocabulary.report import Role

router = APIRouter()
_A_PAGE = 100
_LONGEST_VALUE = 300
Word = Annotated[str, Query(max_length=254)]


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; none where there was none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as it is shown."""

    sequence: int
    at: datetime
    who: str
    action: str
    subject_kind: str
    subject_id: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The entries that the filters leave, newest first; *actions* and *kinds* are suggestions, those of the page."""

    events: list[AuditRow]
    actions: list[str]
    kinds: list[str]
    chosen: dict[str, str]
    first_url: str
    next_url: str


@router.get("/curate/audit", name="audit")
def audit_trail(
    request: Request,
    session: Reading,
    _person: Annotated[SignedIn, Depends(require_role(Role.ADMINISTRATOR))],
    actor: Word = "",
    action: Word = "",
    kind: Word = "",
    subject: Word = "",
    since: Word = "",
    until: Word = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """The trail, newest first."""
    chosen = {
        "actor": actor.strip(),
        "action": action.strip(),
        "kind": kind.strip(),
        "subject": subject.strip(),
        "since": since.strip(),
        "until": until.strip(),
    }
    until_day = _day("until", chosen["until"])
    question = AuditFilter(
        actor=_actor(session, chosen["actor"]),
        action=chosen["action"],
        subject_kind=chosen["kind"],
        subject_id=chosen["subject"],
        since=_day("since", chosen["since"]),
        until=until_day + timedelta(days=1) if until_day else None,
    )
    events = audit.search(session, question, before=before, limit=_A_PAGE + 1)
    query = {name: value for name, value in chosen.items() if value}
    more = len(events) > _A_PAGE
    page = AuditPage(
        events=describe_events(session, events[:_A_PAGE]),
        actions=sorted({event.action for event in events}),
        kinds=sorted({event.subject_kind for event in events}),
        chosen=chosen,
        first_url=f"/curate/audit?{urlencode(query)}" if before else "",
        next_url=f"/curate/audit?{urlencode({**query, 'before': events[_A_PAGE - 1].sequence})}" if more else "",
    )
    return render(request, "audit", page)


def describe_events(session: Session, events: Sequence[AuditEvent]) -> list[AuditRow]:
    """*events* with people by their addresses."""
    ids = {event.actor.removeprefix("person:") for event in events if event.actor.startswith("person:")}
    names = stored.addresses_of(session, ids)
    return [
        AuditRow(
            event.sequence,
            event.at,
            names.get(event.actor.removeprefix("person:"), event.actor),
            event.action,
            event.subject_kind,
            event.subject_id,
            _changes(event),
        )
        for event in events
    ]


def _changes(event: AuditEvent) -> list[Change]:
    before, after = event.before or {}, event.after or {}
    return [
        Change(name, _write(before, name), _write(after, name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name) or name not in before
    ]


def _write(values: dict[str, object], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _actor(session: Session, given: str) -> str:
    """The actor that an address, or the trail's own word, names."""
    person = stored.find_person(session, given) if "@" in given else None
    return f"person:{person.id}" if person else given


def _day(field: str, given: str) -> datetime | None:
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day.year < 9999 else None
    except ValueError:
        message = _("“%(day)s” is not a day; write YYYY-MM-DD.") % {"day": given[:40]}
        raise InvalidInput(message, errors=[FieldError(field, message)]) from None

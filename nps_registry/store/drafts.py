"""Drafts of reports: found by the organisation that writes them, locked while one save merges with another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.store.paging import Page, read_cursor, read_instant, write_cursor
from nps_registry.store.tables import Draft, DraftChange, Membership, Person

_LONGEST_ID = 36


def add_draft(session: Session, draft: Draft) -> None:
    """Keep a new draft."""
    session.add(draft)
    session.flush()


def find_draft(session: Session, draft_id: str, organisation_id: str) -> Draft:
    """The draft of this organisation, discarded and sent ones too.

    Raises:
        NotFound: there is none; that another organisation has one of this id is told by nothing.
    """
    return _require(session, draft_id, organisation_id, locked=False)


def lock_draft(session: Session, draft_id: str, organisation_id: str) -> Draft:
    """The same as it is now, kept from other writers until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    return _require(session, draft_id, organisation_id, locked=True)


def _require(session: Session, draft_id: str, organisation_id: str, *, locked: bool) -> Draft:
    wanted = select(Draft).where(col(Draft.id) == draft_id[:_LONGEST_ID], col(Draft.organisation_id) == organisation_id)
    if locked:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    draft = session.scalars(wanted).one_or_none()
    if draft is None:
        raise NotFound(_("There is no draft of your organisation at this address."))
    return draft


def find_amendment(session: Session, report_id: str, organisation_id: str) -> Draft | None:
    """The open draft that amends this report, if somebody has begun one."""
    wanted = select(Draft).where(_open(organisation_id), col(Draft.report_id) == report_id)
    return session.scalars(wanted.order_by(col(Draft.created_at)).limit(1)).one_or_none()


def list_drafts(session: Session, organisation_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[Draft]:
    """The drafts that are still being written, the one saved last first.

    Raises:
        InvalidInput: *cursor* is not one that this list gave.
    """
    wanted = _open(organisation_id)
    total = session.scalar(select(func.count()).select_from(Draft).where(wanted)) or 0
    statement = select(Draft).where(wanted)
    if cursor is not None:
        at, draft_id = read_cursor(cursor, (str, str))
        saved = read_instant(at)
        same_moment = and_(col(Draft.saved_at) == saved, col(Draft.id) < str(draft_id))
        statement = statement.where(or_(col(Draft.saved_at) < saved, same_moment))
    newest_first = statement.order_by(col(Draft.saved_at).desc(), col(Draft.id).desc())
    found = session.scalars(newest_first.limit(limit + 1)).all()
    items = found[:limit]
    more = len(found) > limit
    return Page(items, total, write_cursor([items[-1].saved_at, items[-1].id]) if more else None)


def add_change(session: Session, change: DraftChange) -> None:
    """Keep what a save replaced."""
    session.add(change)
    session.flush()


def changes_since(session: Session, draft_id: str, revision: int) -> list[DraftChange]:
    """What was replaced by the saves behind *revision*, the last save first."""
    later = select(DraftChange).where(col(DraftChange.draft_id) == draft_id, col(DraftChange.revision) > revision)
    return list(session.scalars(later.order_by(col(DraftChange.revision).desc())))


def names_of(session: Session, person_ids: Collection[str], organisation_id: str) -> dict[str, str]:
    """What each person of the organisation is called: the name, else the address. Nobody else is named."""
    if not person_ids:
        return {}
    members = select(col(Membership.person_id)).where(col(Membership.organisation_id) == organisation_id)
    wanted = select(col(Person.id), col(Person.name), col(Person.email)).where(
        col(Person.id).in_(person_ids), col(Person.id).in_(members)
    )
    return {person_id: name or email for person_id, name, email in session.execute(wanted)}


def mark_discarded(session: Session, draft: Draft, at: datetime | None) -> None:
    """Take a draft out of the list, or with none for *at* put it back."""
    draft.discarded_at = at
    session.add(draft)
    session.flush()


def mark_sent(session: Session, draft: Draft, report_id: str, at: datetime) -> None:
    """Say which report a draft became."""
    draft.sent_as_id, draft.sent_at = report_id, at
    session.add(draft)
    session.flush()


def _open(organisation_id: str) -> ColumnElement[bool]:
    return and_(
        col(Draft.organisation_id) == organisation_id,
        col(Draft.sent_as_id).is_(None),
        col(Draft.discarded_at).is_(None),
    )

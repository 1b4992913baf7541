"""Advisories: who reads which, and what is in force.

The audience is that of the Traffic Light Protocol 2.0 as ``vocabulary/advisory.py`` words it. :func:`may_read` is the
one rule; lists and look-ups go through it. What was never published is for curators.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select
from sqlmodel import col

from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.paging import Page, read_cursor, read_instant, write_cursor
from nps_registry.store.tables import Advisory, AdvisoryCountry, AdvisorySubstance, AdvisoryVersion, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import NETWORK, REVIEWERS
from nps_registry.vocabulary.advisory import READABLE, STANDING, Severity
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight

_OF_COUNTRY = (Role.LABORATORY, Role.FOCAL_POINT)
"""Roles that read as their country: a university of it is no laboratory of it, as with reports."""


@dataclass(frozen=True, slots=True)
class AdvisoryQuestion:
    """Which advisories are asked for; what is empty leaves all. *withdrawn*: only those, only others, or all."""

    severity: Severity | None = None
    accession: str | None = None
    country: str | None = None
    withdrawn: bool | None = None


_IN_FORCE = and_(
    col(Advisory.id) == col(AdvisoryVersion.advisory_id), col(Advisory.revision) == col(AdvisoryVersion.revision)
)


# Asked for many pages: they are put together once.
_STANDING = (
    select(Advisory, AdvisoryVersion)
    .join(AdvisoryVersion, _IN_FORCE)
    .where(or_(*(col(Advisory.state) == state for state in STANDING)), col(Advisory.audience) == TrafficLight.CLEAR)
    .order_by(col(Advisory.modified_at).desc(), col(Advisory.id).desc())
    .limit(bindparam("most"))
)
_STANDING_OF_SUBSTANCE = _STANDING.where(
    col(Advisory.id).in_(
        select(col(AdvisorySubstance.advisory_id)).where(
            col(AdvisorySubstance.substance_id) == bindparam("substance_id")
        )
    )
)


def may_read(advisory: Advisory, viewer: Viewer) -> bool:
    """Whether *viewer* may read what *advisory* says now: the rule of its audience (Traffic Light Protocol 2.0)."""
    if viewer.role in REVIEWERS:
        return True
    if advisory.state not in READABLE:
        return False
    if advisory.audience is TrafficLight.CLEAR:
        return True
    if viewer.role not in NETWORK or viewer.organisation_id is None:
        return False
    if advisory.audience is TrafficLight.GREEN:
        return True
    return not _names_of(viewer, advisory.audience).isdisjoint(advisory.recipients)


def _names_of(viewer: Viewer, audience: TrafficLight) -> set[str]:
    """The recipients of an advisory for *audience* that *viewer* is one of."""
    if audience is TrafficLight.RED:
        return {viewer.actor}
    names = {f"organisation:{viewer.organisation_id}"}
    if audience is TrafficLight.AMBER and viewer.country is not None and viewer.role in _OF_COUNTRY:
        names.add(f"country:{viewer.country}")
    return names


def find(session: Session, advisory_id: str, viewer: Viewer) -> Advisory | None:
    """The advisory with this id where it was published and *viewer* may read it."""
    row = session.get(Advisory, advisory_id) if len(advisory_id) <= 24 else None
    return row if row is not None and row.state in READABLE and may_read(row, viewer) else None


def list_readable(
    session: Session, viewer: Viewer, question: AdvisoryQuestion, *, limit: int, cursor: str | None
) -> Page[Advisory]:
    """The published advisories that *viewer* may read and *question* leaves, the latest change first.

    Raises:
        InvalidInput: a cursor that this list did not give.
    """
    wanted = [_readable(session, viewer), *_narrowed(question)]
    total = session.scalar(select(func.count()).select_from(Advisory).where(*wanted)) or 0
    if cursor is not None:
        at, advisory_id = read_cursor(cursor, (str, str))
        modified = col(Advisory.modified_at)
        instant = read_instant(at)
        wanted.append(or_(modified < instant, and_(modified == instant, col(Advisory.id) < str(advisory_id))))
    order = (col(Advisory.modified_at).desc(), col(Advisory.id).desc())
    rows = list(session.scalars(select(Advisory).where(*wanted).order_by(*order).limit(limit + 1)))
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], total, write_cursor((last.modified_at, last.id)) if last else None)


def _readable(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    published = col(Advisory.state).in_(READABLE)
    if viewer.role in REVIEWERS:
        return published
    clear = and_(published, col(Advisory.audience) == TrafficLight.CLEAR)
    if viewer.role not in NETWORK:
        return clear
    # People write advisories, one by one: the rule is asked of each that is not for everybody.
    restricted = session.scalars(select(Advisory).where(published, col(Advisory.audience) != TrafficLight.CLEAR))
    return or_(clear, col(Advisory.id).in_([row.id for row in restricted if may_read(row, viewer)]))


def _narrowed(question: AdvisoryQuestion) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if question.severity is not None:
        wanted.append(col(Advisory.severity) == question.severity)
    if question.withdrawn is not None:
        is_withdrawn = col(Advisory.state) == AdvisoryState.WITHDRAWN
        wanted.append(is_withdrawn if question.withdrawn else ~is_withdrawn)
    if question.country is not None:
        of_country = select(col(AdvisoryCountry.advisory_id)).where(col(AdvisoryCountry.country) == question.country)
        wanted.append(col(Advisory.id).in_(of_country))
    if question.accession is not None:
        of_substance = (
            select(col(AdvisorySubstance.advisory_id))
            .join(Substance, col(Substance.id) == col(AdvisorySubstance.substance_id))
            .where(col(Substance.accession) == question.accession)
        )
        wanted.append(col(Advisory.id).in_(of_substance))
    return wanted


def standing_for_everybody(
    session: Session, *, limit: int, substance_id: int | None = None
) -> list[tuple[Advisory, AdvisoryVersion]]:
    """The public advisories that hold with their versions in force, the latest first; of one substance, or of all."""
    statement = _STANDING if substance_id is None else _STANDING_OF_SUBSTANCE
    found = session.execute(statement, {"most": limit, "substance_id": substance_id})
    return [(row, version) for row, version in found]


def changed_for_everybody(session: Session, since: datetime, until: datetime) -> list[AdvisoryVersion]:
    """The versions of public advisories that came out from *since* on and before *until*, the earliest first."""
    made = col(AdvisoryVersion.made_at)
    statement = (
        select(AdvisoryVersion)
        .join(Advisory, col(Advisory.id) == col(AdvisoryVersion.advisory_id))
        .where(col(Advisory.audience) == TrafficLight.CLEAR, made >= since, made < until)
    )
    return list(session.scalars(statement.order_by(made, col(AdvisoryVersion.id))))


def list_for_curators(session: Session, *, limit: int) -> list[Advisory]:
    """What curators work on first, then the rest; the latest change first in both."""
    order = (col(Advisory.draft).is_(None), col(Advisory.edited_at).desc(), col(Advisory.id).desc())
    return list(session.scalars(select(Advisory).order_by(*order).limit(limit)))


def of_signal(session: Session, signal_id: str) -> list[Advisory]:
    """What was written from the signal with this id, in any state, the latest first."""
    written = select(Advisory).where(col(Advisory.signal_id) == signal_id)
    return list(session.scalars(written.order_by(col(Advisory.edited_at).desc(), col(Advisory.id))))


def lock(session: Session, advisory_id: str) -> Advisory | None:
    """The advisory as it is now, kept from other writers until the transaction ends."""
    take_turn(session)
    locked = select(Advisory).where(col(Advisory.id) == advisory_id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def versions_of(session: Session, advisory_id: str) -> list[AdvisoryVersion]:
    """Every version, the latest first."""
    of_advisory = select(AdvisoryVersion).where(col(AdvisoryVersion.advisory_id) == advisory_id)
    return list(session.scalars(of_advisory.order_by(col(AdvisoryVersion.revision).desc())))


def version_of(session: Session, advisory_id: str, revision: int) -> AdvisoryVersion | None:
    """One version."""
    wanted = and_(col(AdvisoryVersion.advisory_id) == advisory_id, col(AdvisoryVersion.revision) == revision)
    return session.scalars(select(AdvisoryVersion).where(wanted)).one_or_none()


def latest_versions(session: Session, rows: Collection[Advisory]) -> dict[str, AdvisoryVersion]:
    """The version in force of each of *rows*, by the advisory's id."""
    latest = select(AdvisoryVersion).join(Advisory, _IN_FORCE)
    found = session.scalars(latest.where(col(Advisory.id).in_([row.id for row in rows])))
    return {version.advisory_id: version for version in found}


def set_subjects(session: Session, advisory_id: str, substance_ids: Sequence[int], countries: Sequence[str]) -> None:
    """Keep what an advisory in force is about, for those who look from there."""
    for table in (AdvisorySubstance, AdvisoryCountry):
        session.execute(delete(table).where(col(table.advisory_id) == advisory_id))
    substances = [{"advisory_id": advisory_id, "substance_id": key} for key in dict.fromkeys(substance_ids)]
    places = [{"advisory_id": advisory_id, "country": code} for code in dict.fromkeys(countries)]
    insert_rows(session, AdvisorySubstance, substances)
    insert_rows(session, AdvisoryCountry, places)


def public_ids(session: Session) -> list[str]:
    """The ids of the public advisories, for the list of pages."""
    wanted = and_(col(Advisory.state).in_(READABLE), col(Advisory.audience) == TrafficLight.CLEAR)
    return list(session.scalars(select(col(Advisory.id)).where(wanted).order_by(col(Advisory.id))))

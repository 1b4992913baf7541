"""Who sees which report: the one rule under every query of reports and of what is derived from them.

- A visitor: what is accepted, shared ``public`` and not held.
- A scientist: that, and what is accepted, shared ``network`` and not held ("network reading": a
  university of the reporting country is no laboratory of it).
- A laboratory: that, and of its own country what is shared ``country`` or wider, from submission on,
  and not held.
- A focal point: that, and of its own country all that was submitted, held and returned ones too.
- A curator or administrator: all that was submitted.
- Each organisation: its own reports in every state.

A report shared with ``laboratory`` is seen by the laboratory and those who review it. The focal point
reviews (it releases facts and sharing), so it sees those too, unless its country waives the release:
then it does not review, and the laboratory's choice holds against it.

A hold delays what goes beyond the laboratory and its reviewers. Withdrawn, returned and redacted
reports are no statement any more: only the laboratory and its reviewers still see them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, not_, or_, select, true
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import Country, Detection, Organisation, Report, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import Result
from nps_registry.vocabulary.report import ReportState, Role, Sharing
from nps_registry.vocabulary.substance import Status

REVIEWERS = (Role.CURATOR, Role.ADMINISTRATOR)
"""Roles that see every report that was submitted."""

NETWORK = (Role.LABORATORY, Role.FOCAL_POINT, Role.SCIENTIST)
"""Roles that read what is shared with the network."""

STANDING = (ReportState.SUBMITTED, ReportState.QUERIED, ReportState.RELEASED, ReportState.ACCEPTED)
"""States in which a report states something."""

Moment = datetime | ColumnElement[datetime]
"""An instant, or the place in a statement where one goes."""

NOW: ColumnElement[datetime] = bindparam("now", type_=Report.__table__.c.hold_until.type)  # type: ignore[attr-defined]  # of SQLModel's table
"""The place of the instant in statements that are put together once and asked often."""

_WIDER_THAN_LABORATORY = (Sharing.COUNTRY, Sharing.NETWORK, Sharing.PUBLIC)


def visible_to(viewer: Viewer, now: Moment | None = None) -> ColumnElement[bool]:
    """The condition on ``report`` that *viewer* may see it at *now* (an instant; this one if none is given)."""
    now = datetime.now(UTC) if now is None else now
    own = _own(viewer)
    if viewer.role in REVIEWERS:
        return or_(own, _submitted())
    if viewer.role not in NETWORK:
        return counts_in_public(now)
    seen = [own, and_(_accepted(), _not_held(now), col(Report.sharing).in_((Sharing.NETWORK, Sharing.PUBLIC)))]
    if viewer.country is not None and viewer.role is not Role.SCIENTIST:
        seen.append(_seen_within_country(viewer.country, now))
    if viewer.country is not None and viewer.role is Role.FOCAL_POINT:
        seen.append(_reviewed_by_focal_point(viewer.country))
    return or_(*seen)


def counts_in_public(now: Moment) -> ColumnElement[bool]:
    """The condition on ``report`` that it counts in public at *now*: what a visitor sees."""
    return and_(_accepted(), col(Report.sharing) == Sharing.PUBLIC, _not_held(now))


def is_public(report: Mapping[str, Any], now: datetime) -> bool:
    """Whether a row of ``report`` that is not written yet will count in public at *now*."""
    held = report["legal_hold"] or (report["hold_until"] is not None and report["hold_until"] > now)
    return report["state"] == ReportState.ACCEPTED and report["sharing"] == Sharing.PUBLIC and not held


def substances_visible_to(viewer: Viewer, now: Moment | None = None) -> ColumnElement[bool]:
    """The condition on ``substance`` that *viewer* may know of it.

    The catalogue is public. A provisional substance exists only for those who see a report of it
    with a positive or uncertain result; so does the redirect of one that was merged, which tells as much.
    """
    if viewer.role in REVIEWERS:
        return true()
    # A fixed few are compared one by one: IN is written out anew each time that a statement is sent.
    published = or_(
        col(Substance.from_catalogue),
        col(Substance.status) == Status.LISTED,
        col(Substance.status) == Status.UNCONFIRMED,
    )
    reported = exists(
        select(1)
        .join_from(Detection, Report, col(Report.id) == col(Detection.report_id))
        .where(
            col(Detection.substance_id) == col(Substance.id),
            col(Detection.result) != Result.NEGATIVE,
            visible_to(viewer, now),
        )
        .correlate(Substance)
    )
    arrived = exists(
        select(1)
        .join_from(Detection, Report, col(Report.id) == col(Detection.report_id))
        .where(
            col(Detection.arrived_as_id) == col(Substance.id),
            col(Detection.result) != Result.NEGATIVE,
            visible_to(viewer, now),
        )
        .correlate(Substance)
    )
    return or_(published, reported, and_(col(Substance.status) == Status.MERGED, arrived))


def sees_whole_report(viewer: Viewer, organisation_id: str, country: str) -> bool:
    """Whether *viewer* reads all of a report that it may see, of an organisation in *country*.

    Everybody else reads it as the public does: without the laboratory, case reference, city,
    subdivision, age, sex, exact dates and free text.
    """
    if viewer.role in REVIEWERS or viewer.organisation_id == organisation_id:
        return True
    return viewer.role is Role.FOCAL_POINT and viewer.country == country


def _own(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.organisation_id is None:
        return false()
    return col(Report.organisation_id) == viewer.organisation_id


def _submitted() -> ColumnElement[bool]:
    return col(Report.state) != ReportState.DRAFT


def _accepted() -> ColumnElement[bool]:
    return col(Report.state) == ReportState.ACCEPTED


def _not_held(now: Moment) -> ColumnElement[bool]:
    over = or_(col(Report.hold_until).is_(None), col(Report.hold_until) <= now)
    return and_(not_(col(Report.legal_hold)), over)


def _of_country(country: str) -> ColumnElement[bool]:
    # Subqueries stand for themselves, whatever tables the statement around them joins.
    organisations = select(col(Organisation.id)).where(col(Organisation.country) == country).correlate(None)
    return col(Report.organisation_id).in_(organisations)


def _seen_within_country(country: str, now: Moment) -> ColumnElement[bool]:
    return and_(
        col(Report.sharing).in_(_WIDER_THAN_LABORATORY),
        col(Report.state).in_(STANDING),
        _not_held(now),
        _of_country(country),
    )


def _reviewed_by_focal_point(country: str) -> ColumnElement[bool]:
    decided = select(1).select_from(Country).where(col(Country.iso2) == country, col(Country.waives_release))
    waived = exists(decided.correlate(None))
    reviewed = or_(col(Report.sharing).in_(_WIDER_THAN_LABORATORY), not_(waived))
    return and_(_submitted(), _of_country(country), reviewed)


def visible_substance_ids(
    session: Session, substance_ids: Collection[int], viewer: Viewer, now: datetime | None = None
) -> set[int]:
    """Those of *substance_ids* that *viewer* may know of."""
    visible = substances_visible_to(viewer, now)
    known: set[int] = set()
    for ids in in_batches(substance_ids):
        found = session.scalars(select(col(Substance.id)).where(col(Substance.id).in_(ids), visible))
        known |= {substance_id for substance_id in found if substance_id is not None}
    return known

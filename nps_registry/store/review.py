"""What the review leaves behind: steps, proposals, and what a report would be the first of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, select, update
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import (
    ApiToken,
    Attachment,
    Detection,
    Event,
    Organisation,
    Person,
    Proposal,
    PublicCount,
    Report,
    ReviewStep,
    Substance,
)
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.review import ProposalKind

_QUIETLY = {"synchronize_session": False}


def steps_of(session: Session, report_id: str) -> list[ReviewStep]:
    """All that was done to a report, oldest first."""
    of_report = select(ReviewStep).where(col(ReviewStep.report_id) == report_id)
    return list(session.scalars(of_report.order_by(col(ReviewStep.id))))


def attachments_of(session: Session, report_id: str) -> list[Attachment]:
    """The files of a report, in the order in which they were added; redacted ones are left out."""
    wanted = and_(col(Attachment.report_id) == report_id, col(Attachment.redacted_at).is_(None))
    return list(session.scalars(select(Attachment).where(wanted).order_by(col(Attachment.added_at))))


def open_proposal(
    session: Session, kind: ProposalKind, *, report: Report | None = None, substance: Substance | None = None
) -> Proposal | None:
    """The proposal of *kind* that waits for a second person, where nothing changed since it was made."""
    wanted: list[ColumnElement[bool]] = [col(Proposal.kind) == kind, col(Proposal.ended_at).is_(None)]
    if report is not None:
        wanted += [col(Proposal.report_id) == report.id, col(Proposal.revision) == report.revision]
    if substance is not None:
        wanted += [col(Proposal.substance_id) == substance.id, col(Proposal.revision) == substance.revision]
    newest = select(Proposal).where(*wanted).order_by(col(Proposal.made_at).desc()).limit(1)
    return session.scalars(newest).one_or_none()


def end_proposals(session: Session, report_ids: Collection[str], by: str, at: datetime) -> None:
    """Close what waits for a second person on *report_ids*: it was decided, or no longer means what it meant."""
    for ids in in_batches(report_ids):
        waiting = update(Proposal).where(col(Proposal.report_id).in_(ids), col(Proposal.ended_at).is_(None))
        session.execute(waiting.values(ended_by=by, ended_at=at), execution_options=_QUIETLY)


def would_be_first(session: Session, report_ids: Collection[str]) -> dict[str, set[int]]:
    """Per report, the substances of which it would be the first public event ever: found, and counted nowhere."""
    known = exists().where(col(PublicCount.substance_id) == col(Detection.substance_id), col(PublicCount.events) > 0)
    found: dict[str, set[int]] = {}
    for ids in in_batches(report_ids):
        statement = (
            select(col(Detection.report_id), col(Detection.substance_id))
            .join(Report, col(Report.id) == col(Detection.report_id))
            .join(Event, col(Event.id) == col(Report.event_id))
            .where(
                col(Detection.report_id).in_(ids),
                col(Detection.substance_id).is_not(None),
                col(Detection.result) == Result.POSITIVE,
                col(Event.type) != EventType.WASTEWATER,
                not_(known),
            )
        )
        for report_id, substance_id in session.execute(statement):
            if substance_id is not None:
                found.setdefault(report_id, set()).add(substance_id)
    return found


def country_of_report(session: Session, report_id: str) -> str:
    """The country of the laboratory whose report it is."""
    statement = select(col(Organisation.country)).join(Report, col(Report.organisation_id) == col(Organisation.id))
    return session.scalars(statement.where(col(Report.id) == report_id)).one()


def names_of_actors(session: Session, actors: Collection[str]) -> dict[str, str]:
    """What people call *actors* (``person:…``, ``token:…``): a name or an address, a token's organisation."""
    ids: dict[str, list[str]] = {"person": [], "token": []}
    for actor in actors:
        kind, _colon, key = actor.partition(":")
        if key and kind in ids:
            ids[kind].append(key)
    names: dict[str, str] = {}
    for person in session.scalars(select(Person).where(col(Person.id).in_(ids["person"]))):
        names[f"person:{person.id}"] = person.name or person.email
    tokens = select(col(ApiToken.id), col(ApiToken.label), col(Organisation.name)).join(
        Organisation, col(Organisation.id) == col(ApiToken.organisation_id)
    )
    for key, label, organisation in session.execute(tokens.where(col(ApiToken.id).in_(ids["token"]))):
        names[f"token:{key}"] = f"{organisation} ({label})" if label else organisation
    return names


def add_steps(session: Session, steps: Sequence[ReviewStep]) -> None:
    """Keep *steps*."""
    session.add_all(steps)
    session.flush()

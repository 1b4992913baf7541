"""Re-identification: what was said to be one substance was another; one report or a thousand in one act.

What the laboratory wrote stays (``reported_as``), the revision before keeps payload and identification, and the new one
says what was corrected, why and when. Counts, firsts and queue follow in the same transaction, and those who could
read the reports are told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nps_registry.errors import FieldError, InvalidInput, NotFound, NotPermitted
from nps_registry.intake.idempotency import digest_of
from nps_registry.intake.receive import publish
from nps_registry.intake.review import propose_acceptance, put_back_to_review
from nps_registry.intake.standing import Taken, Why, keep_steps, require_reasons, told_of, topic_of
from nps_registry.intake.statement import statement_of
from nps_registry.intake.target import Target, TargetPart, find_substance, resolve
from nps_registry.intake.understanding import Desk
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts, counts, outbox, recipients, review, signals
from nps_registry.store import reidentification as stored
from nps_registry.store import reports as reports_stored
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.recipients import Audience
from nps_registry.store.reidentification import Found, Place, Sought
from nps_registry.store.tables import Report, ReportRevision, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, RevisionCause, Role, Sharing
from nps_registry.vocabulary.review import Act

MOST_REPORTS = 1_000
_IDENTITY_FIELDS = (
    "structure", "stereo", "name", "formula", "candidates", "chemical_class", "unidentified",
)  # fmt: skip
# Remarks on how the identification given before met the registry.
_OUTDATED = frozenset({
    "stereo_variant", "name_disagrees", "candidate_unknown", "name_unknown", "name_ambiguous", "formula_differs",
    "class_unknown", "reidentified",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be corrected, and to what.

    Attributes:
        substance: accession of what was said; none only where *places* of one report are named.
        references: ids, public or own references; none: every report of the substance that the caller may correct.
        places: (item, detection) within a single report.
    """

    to: TargetPart
    reason: str
    substance: str | None = None
    references: tuple[str, ...] = ()
    collected_from: PartialDate | None = None
    collected_to: PartialDate | None = None
    places: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Corrected:
    """One report that was corrected."""

    report_id: str
    reference: str | None
    own_reference: str | None
    state: ReportState
    places: tuple[Place, ...]
    reported_as: tuple[str, ...]
    previous: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A substance whose public figures move: events and firsts before and after."""

    accession: str
    name: str
    events_before: int
    events_after: int
    firsts_before: int
    firsts_after: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a re-identification does.

    Attributes:
        back_to_review: accepted reports that wait for reviewers again, since they would be a first that nobody
            reviewed.
        told: organisations that are told.
    """

    accession: str
    name: str
    reports: tuple[Corrected, ...]
    moved: tuple[Moved, ...]
    back_to_review: int
    told: int


@dataclass(slots=True)
class _Task:
    """A correction on its way."""

    session: Session
    viewer: Viewer
    target: Target
    why: Why
    reports: Mapping[str, Report]
    found: Mapping[str, Sequence[Found]]
    before: dict[str, dict[str, object]] = field(default_factory=dict)


def preview(session: Session, desk: Desk, viewer: Viewer, correction: Correction) -> Outcome:
    """What :func:`reidentify` would do, found by doing it and taking it back.

    Raises:
        Refusal: what :func:`reidentify` raises.
    """
    trial = session.begin_nested()
    try:
        return reidentify(session, desk, viewer, correction)
    finally:
        trial.rollback()
        session.expire_all()


def reidentify(session: Session, desk: Desk, viewer: Viewer, correction: Correction) -> Outcome:
    """Let the detections that *correction* means be what they are.

    A laboratory corrects its own reports, a curator everybody's.

    Raises:
        InvalidInput: no reason, nothing that says which reports are meant, or a substance that cannot be told.
        NotFound: no report that the caller may correct says so.
        NotPermitted: the caller is neither a laboratory nor a curator.
    """
    why = require_reasons(Why(correction.reason), _("Say how it was found out."))
    take_turn(session)
    sought = _sought(session, viewer, correction)
    target = resolve(session, desk, viewer, correction.to)
    found = _find(session, sought, target)
    reports = reports_stored.lock_reports(session, list(found))
    task = _Task(session, viewer, target, why, reports, found)
    touched = {each.detection.substance_id for group in found.values() for each in group} - {None}
    substance_ids = sorted({*(key for key in touched if key is not None), target.id})
    before = _figures(session, substance_ids)
    outcome = _carry_out(task)
    publish(session)
    after = _figures(session, substance_ids)
    return _told(task, outcome, (substance_ids, before, after))


def _sought(session: Session, viewer: Viewer, correction: Correction) -> Sought:
    reviews = viewer.role in {Role.CURATOR, Role.ADMINISTRATOR}
    if not reviews and viewer.role is not Role.LABORATORY:
        raise NotPermitted(_("A laboratory re-identifies its own reports, a curator everybody's."))
    single = len(correction.references) == 1 and bool(correction.places)
    if correction.substance is None and not single:
        message = _("Say which substance was reported, by its accession.")
        raise InvalidInput(message, errors=[FieldError("substance", message)])
    substance = find_substance(session, viewer, correction.substance) if correction.substance else None
    return Sought(
        substance_id=substance.id if substance else None,
        organisation_id=None if reviews else viewer.organisation_id,
        references=correction.references,
        collected_from=correction.collected_from,
        collected_to=correction.collected_to,
        places=correction.places,
    )


def _find(session: Session, sought: Sought, target: Target) -> dict[str, list[Found]]:
    found = stored.find(session, sought, most_reports=MOST_REPORTS)
    found = {
        report_id: kept
        for report_id, group in found.items()
        if (kept := [each for each in group if each.detection.substance_id != target.id])
    }
    if not found:
        raise NotFound(_("No report that you may correct says so."))
    if len(found) > MOST_REPORTS:
        message = _("More than %(most)d reports are meant: narrow the period.") % {"most": MOST_REPORTS}
        raise InvalidInput(message, errors=[FieldError("collected_from", message)])
    return found


def _carry_out(task: _Task) -> tuple[list[Corrected], int, int]:
    """Write what is known now; answers the reports, how many go back to review, and how many are told of it."""
    session = task.session
    task.before = {report_id: told_of(report) for report_id, report in task.reports.items()}
    audience = recipients.of_reports(session, list(task.reports.values()))
    said = {report_id: statement_of(session, report) for report_id, report in task.reports.items()}
    earlier = stored.identifications_of(session, list(task.found))
    stored.drop_candidates(session, [each.detection.id for group in task.found.values() for each in group])
    corrected = [_correct(task, report_id, said[report_id], earlier[report_id]) for report_id in task.found]
    session.flush()
    back = _put_firsts_back(task)
    _keep(task, earlier)
    told = _tell(task, audience, corrected, back)
    return corrected, len(back), told


def _correct(
    task: _Task, report_id: str, statement: dict[str, Any], earlier: Sequence[Mapping[str, object]]
) -> Corrected:
    """Put the target in the place of what each detection was, in the rows and in what the report says."""
    report, group = task.reports[report_id], task.found[report_id]
    accessions = {str(entry["path"]): entry["accession"] for entry in earlier}
    previous: list[str | None] = []
    for each in group:
        item, index = each.place
        path = f"items[{item}].detections[{index}]"
        accession = accessions.get(path)
        previous.append(str(accession) if accession else None)
        part = statement["items"][item]["detections"][index]
        kept = {name: value for name, value in part.items() if name not in _IDENTITY_FIELDS}
        statement["items"][item]["detections"][index] = (
            kept | task.target.statement | {"reported_as": each.detection.reported_as}
        )
        note = _("Corrected from %(before)s to %(now)s.") % {
            "before": accession or _("not identified"),
            "now": task.target.accession,
        }
        task.target.write_to(each.detection)
        remarks = [remark for remark in each.detection.notes if remark.get("code") not in _OUTDATED]
        each.detection.notes = [*remarks, {"code": "reidentified", "message": note}]
        task.session.add(each.detection)
    reports_stored.keep_payload_of_revision(task.session, report_id, report.revision, report.payload)
    report.payload, report.payload_digest = json.dumps(statement, ensure_ascii=False), digest_of(statement)
    report.revision += 1
    task.session.add(report)
    return Corrected(
        report_id, report.reference, report.own_reference, report.state, tuple(each.place for each in group),
        tuple(each.detection.reported_as for each in group), tuple(previous),
    )  # fmt: skip


def _put_firsts_back(task: _Task) -> set[str]:
    """Let accepted reports that would be an unreviewed first wait for reviewers; answers which."""
    review.end_proposals(task.session, list(task.reports), task.viewer.actor, datetime.now(UTC))
    if _is_trusted(task):
        return set()
    public = [
        report.id
        for report in task.reports.values()
        if report.state is ReportState.ACCEPTED and report.sharing is Sharing.PUBLIC
    ]
    firsts = review.would_be_first(task.session, public)
    back = {report_id for report_id in public if task.target.id in firsts.get(report_id, ())}
    for report_id in back:
        report = task.reports[report_id]
        put_back_to_review(report)
        if task.viewer.role is not Role.LABORATORY:
            propose_acceptance(task.session, report_id, report.revision, task.viewer, task.why.reason)
        task.session.add(report)
    task.session.flush()
    return back


def _is_trusted(task: _Task) -> bool:
    """Whether a laboratory does this whose reports are accepted without review."""
    organisation = accounts.get_organisation(task.session, task.viewer.organisation_id or "")
    return task.viewer.role is Role.LABORATORY and organisation is not None and organisation.accept_on_arrival


def _keep(task: _Task, earlier: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    now = datetime.now(UTC)
    identified = stored.identifications_of(task.session, list(task.found))
    for report_id, report in task.reports.items():
        said = {str(entry["path"]): entry for entry in earlier[report_id]}
        entries = [
            {**entry, "previous": said[str(entry["path"])]["accession"], "changed_at": now.isoformat()}
            if entry["accession"] != said[str(entry["path"])]["accession"]
            else entry
            for entry in identified[report_id]
        ]
        task.session.add(
            ReportRevision(
                report_id=report_id,
                revision=report.revision,
                cause=RevisionCause.REIDENTIFIED,
                reason=task.why.reason,
                payload_digest=report.payload_digest,
                identifications=entries,
                made_by=task.viewer.actor,
                made_at=now,
            )
        )
    task.session.flush()
    taken = [
        Taken(report, Act.REIDENTIFY, task.before[report_id], task.why) for report_id, report in task.reports.items()
    ]
    keep_steps(task.session, task.viewer.actor, taken)


def _tell(task: _Task, audience: Audience, corrected: Sequence[Corrected], back: Collection[str]) -> int:
    """Leave word for everybody who could read the reports; answers how many organisations that are.

    What a report that waits for review says now is nobody's to know before it was reviewed.
    """
    messages = audience.messages({
        each.report_id: {
            "previous": sorted({accession for accession in each.previous if accession}),
            "now": None if each.report_id in back else task.target.accession,
        }
        for each in corrected
    })  # fmt: skip
    outbox.add(task.session, topic_of(Act.REIDENTIFY), messages)
    return sum("organisation_id" in message for message in messages)


def _figures(session: Session, substance_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Public events and standing public firsts of each substance."""
    events = dict.fromkeys(substance_ids, 0)
    for row in counts.counts_of(session, substance_ids):
        events[row.substance_id] += row.events
    firsts = dict.fromkeys(substance_ids, 0)
    for (substance_id, _country), kinds in signals.holders_of_firsts(session, substance_ids).items():
        firsts[substance_id] += len(kinds)
    return {key: (events[key], firsts[key]) for key in substance_ids}


def _told(
    task: _Task,
    outcome: tuple[list[Corrected], int, int],
    figures: tuple[Sequence[int], dict[int, tuple[int, int]], dict[int, tuple[int, int]]],
) -> Outcome:
    corrected, back, told = outcome
    keys, before, after = figures
    moved = []
    for key in keys:
        substance = task.session.get_one(Substance, key)
        moved.append(
            Moved(substance.accession, substance.name, before[key][0], after[key][0], before[key][1], after[key][1])
        )
    return Outcome(task.target.accession, task.target.name, tuple(corrected), tuple(moved), back, told)

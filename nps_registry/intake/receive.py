"""A laboratory's submissions from arrival to receipt, one or thousands: one pass down, one up.

Everything happens in the caller's transaction. Nothing is half-written: a refusal is raised before
the first row, and the caller commits before the answer leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nps_registry.catalogue.classes import ClassRules
from nps_registry.chemistry import reading as chemistry
from nps_registry.chemistry.reading import Reading
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake import matching, provisional
from nps_registry.intake.matching import IdentityPair, Identification, pair_of
from nps_registry.intake.provisional import Novel
from nps_registry.intake.receipt import Told, receipt_of
from nps_registry.intake.rows import Arrival, Ledger, Row, Standing, Understood
from nps_registry.intake.steps import Working, work
from nps_registry.intake.submission import Submission
from nps_registry.localisation import gettext as _
from nps_registry.search.index import SubstanceIndex
from nps_registry.signals import firsts
from nps_registry.store import accounts, audit, changes, counts, novelty, outbox
from nps_registry.store import reports as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.finding import EventType, Match
from nps_registry.vocabulary.reference import REPORT_PREFIX, mint_reference
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.substance import Stereo

Receipt = dict[str, object]


@dataclass(frozen=True, slots=True)
class Desk:
    """What receiving needs beside the session: the index, the class rules, the registry's mode."""

    index: SubstanceIndex
    rules: ClassRules
    demonstration: bool
    comparison_limit_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Sender:
    """Who submits."""

    organisation: Organisation
    viewer: Viewer


class Readings:
    """Structures read once each, however often a batch repeats them."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, Stereo | None], Reading] = {}

    def __call__(self, text: str, stated: Stereo | None) -> Reading:
        """Read *text*.

        Raises:
            UnreadableStructure: it cannot be read.
        """
        key = (text, stated)
        if key not in self._read:
            self._read[key] = chemistry.read(text, stated)
        return self._read[key]


def arrival_of(body: bytes, text: str) -> Arrival:
    """How a single submission came in."""
    return Arrival(payload=text, payload_digest=hashlib.sha256(body).hexdigest())


def work_all(submission: Submission, readings: Readings) -> list[Working]:
    """Take every detection of *submission* through the steps.

    Raises:
        InvalidInput: with all the fields at fault, not only the first.
    """
    workings: list[Working] = []
    errors: list[FieldError] = []
    for item_index, item in enumerate(submission.items):
        for index, part in enumerate(item.detections):
            try:
                workings.append(work(part, item, submission.event, (item_index, index), readings))
            except InvalidInput as refusal:
                errors += refusal.errors
                first = refusal
    if len(errors) == 1:
        raise first
    if errors:
        raise InvalidInput(_("%(count)d fields are not valid.") % {"count": len(errors)}, errors=errors)
    return workings


def receive(
    session: Session,
    desk: Desk,
    sender: Sender,
    submissions: Sequence[tuple[Submission, Arrival]],
    *,
    readings: Readings | None = None,
    differences: bool = True,
) -> list[Receipt]:
    """Keep *submissions* and answer a receipt for each, in order.

    Raises:
        InvalidInput: a submission that cannot be kept; nothing of any of them is.
    """
    read = readings or Readings()
    worked = [work_all(submission, read) for submission, _arrival in submissions]
    every = [working for workings in worked for working in workings]
    known = matching.look_up(session, every)
    identified = [[matching.match(working, known) for working in workings] for workings in worked]
    known_before = _seen_by(session, sender, identified)
    novel = _novel(desk, every, [entry for entries in identified for entry in entries])
    made = provisional.create(session, novel, desk.rules) if novel else {}
    understood = [
        [_understand(working, entry, made, known_before) for working, entry in zip(workings, entries, strict=True)]
        for workings, entries in zip(worked, identified, strict=True)
    ]
    substance_ids = provisional.ids_of(entry.substance for entries in understood for entry in entries)
    seen = novelty.seen(session, substance_ids, sender.viewer)
    reports = _write(session, desk, sender, submissions, understood)
    accepted = _publish(session, submissions, reports, understood)
    told = Told(desk.index, novel, seen, accepted, desk.comparison_limit_s if differences else 0.0, sender.viewer)
    return [
        receipt_of(submission, report, entries, told)
        for (submission, _arrival), report, entries in zip(submissions, reports, understood, strict=True)
    ]


def _seen_by(session: Session, sender: Sender, identified: Sequence[Sequence[Identification]]) -> set[int]:
    """Which of the entries met the sender could see before; the others are news to it."""
    met = provisional.ids_of(
        substance
        for entries in identified
        for entry in entries
        for substance in (entry.substance, *entry.variant_of, *entry.candidates)
    )
    return visible_substance_ids(session, met, sender.viewer)


def _novel(
    desk: Desk, workings: Sequence[Working], identified: Sequence[Identification]
) -> dict[IdentityPair, Novel]:
    found: dict[IdentityPair, Novel] = {}
    for working, entry in zip(workings, identified, strict=True):
        if entry.match in {Match.NEW, Match.STEREO_VARIANT} and working.reading is not None:
            pair = pair_of(working.reading)
            if pair not in found:
                found[pair] = provisional.describe(working.reading, desk.index, desk.rules)
    return found


def _understand(
    working: Working, entry: Identification, made: Mapping[IdentityPair, Substance], visible: Collection[int]
) -> Understood:
    """Join a detection with its entry; what the sender may not see is told as if it were not there."""
    substance = entry.substance
    variants = tuple(variant for variant in entry.variant_of if variant.id in visible)
    candidates = tuple(candidate for candidate in entry.candidates if candidate.id in visible)
    shown = replace(entry, variant_of=variants, candidates=candidates)
    if substance is None and working.reading is not None:
        substance = made[pair_of(working.reading)]
        if entry.match is Match.STEREO_VARIANT and not variants:
            shown = replace(shown, match=Match.NEW, remarks=())
    elif substance is not None and substance.id not in visible:
        match = Match.NEW if working.reading is not None else Match.NONE
        shown = replace(shown, match=match, substance=None, remarks=())
        substance = substance if working.reading is not None else None
    return Understood(working, shown, substance)


def _standing(
    session: Session, desk: Desk, sender: Sender, understood: Sequence[Understood], now: datetime
) -> Standing:
    problem = any(entry.has_problem for entry in understood)
    state, reference = ReportState.SUBMITTED, None
    if sender.organisation.accept_on_arrival and not problem:
        state, reference = ReportState.ACCEPTED, mint_reference(REPORT_PREFIX)
    elif accounts.country_waives_release(session, sender.organisation.country):
        state = ReportState.RELEASED
    return Standing(sender.organisation.id, sender.viewer.actor, state, reference, now, desk.demonstration)


def _write(
    session: Session,
    desk: Desk,
    sender: Sender,
    submissions: Sequence[tuple[Submission, Arrival]],
    understood: Sequence[Sequence[Understood]],
) -> list[Row]:
    ledger, reports, now = Ledger(), [], datetime.now(UTC)
    for (submission, arrival), entries in zip(submissions, understood, strict=True):
        standing = _standing(session, desk, sender, entries, now)
        reports.append(ledger.enter(submission, entries, arrival, standing))
    for table, rows in ledger.rows.items():
        stored.insert_rows(session, table, rows)
    audit.append(session, [_audit_entry(sender, report) for report in reports])
    outbox.add(session, "report.received", [{"report_id": report["id"]} for report in reports])
    return reports


def _audit_entry(sender: Sender, report: Row) -> AuditEntry:
    after = {
        "state": str(report["state"]),
        "sharing": str(report["sharing"]),
        "payload_digest": str(report["payload_digest"]),
        "revision": report["revision"],
    }
    return AuditEntry(sender.viewer.actor, "report.submitted", "report", str(report["id"]), None, after)


def _publish(
    session: Session,
    submissions: Sequence[tuple[Submission, Arrival]],
    reports: Sequence[Row],
    understood: Sequence[Sequence[Understood]],
) -> set[int]:
    """Bring public counts and signals up to date for what is public at once; answer those substances."""
    public = provisional.ids_of(
        entry.substance
        for (submission, _arrival), report, entries in zip(submissions, reports, understood, strict=True)
        if report["state"] is ReportState.ACCEPTED
        and submission.sharing is Sharing.PUBLIC
        and submission.event.type is not EventType.WASTEWATER
        for entry in entries
    )
    if public:
        counts.recount(session, public)
        firsts.evaluate(session, public)
        changes.touch(session, public)
    return set(public)



"""What a batch of submissions means: worked, matched, and new structures given entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.chemistry import reading as chemistry
from nps_registry.chemistry.reading import Reading
from nps_registry.errors import FieldError, InvalidInput, sum_up
from nps_registry.intake import matching, provisional
from nps_registry.intake.matching import Identification, IdentityPair, Known, pair_of
from nps_registry.intake.provisional import Novel
from nps_registry.intake.recent import RecentStructures
from nps_registry.intake.rows import Understood
from nps_registry.intake.steps import Told, Working, told_of, work
from nps_registry.intake.submission import DetectionPart, EventPart, ItemPart, Submission
from nps_registry.localisation import gettext as _
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.substance import Stereo

LookUp = Callable[[Session, Sequence[Working], Viewer], Known]


@dataclass(frozen=True, slots=True)
class Desk:
    """What receiving needs beside the session: the index, the class rules, the registry's mode."""

    index: SubstanceIndex
    rules: ClassRules
    demonstration: bool
    comparison_limit_s: float = 0.5
    recent: RecentStructures = field(default_factory=RecentStructures)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who submits."""

    organisation: Organisation
    viewer: Viewer


class Readings:
    """Structures read once each, however often a batch repeats them.

    So are detections taken through the steps: a table says the same of one substance in a thousand rows.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, Stereo | None], Reading] = {}
        self._worked: dict[Told, Working] = {}

    def __call__(self, text: str, stated: Stereo | None) -> Reading:
        """Read *text*.

        Raises:
            UnreadableStructure: it cannot be read.
        """
        key = (text, stated)
        if key not in self._read:
            self._read[key] = chemistry.read(text, stated)
        return self._read[key]

    def work(self, part: DetectionPart, item: ItemPart, event: EventPart, place: tuple[int, int]) -> Working:
        """Take one detection through the steps, or answer as for an earlier one that said the same.

        Raises:
            InvalidInput: naming the field at fault.
        """
        told = told_of(part, item, event)
        if told in self._worked:
            item_index, index = place
            said = self._worked[told]
            return replace(said, part=part, item=item, event=event, item_index=item_index, index=index)
        worked = self._worked[told] = work(part, item, event, place, self)
        return worked


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a batch means.

    Attributes:
        understood: per submission, one entry per detection, in order.
        novel: the structures that had no entry before, as far as the sender may know.
    """

    understood: list[list[Understood]]
    novel: Mapping[IdentityPair, Novel]

    @property
    def substance_ids(self) -> Sequence[int]:
        """Every entry that a detection of the batch counts for."""
        return provisional.ids_of(entry.substance for entries in self.understood for entry in entries)


@dataclass(frozen=True, slots=True)
class Considered:
    """What a batch would mean, before anything is written: per submission one entry per detection, in order."""

    worked: list[list[Working]]
    identified: list[list[Identification]]
    novel: dict[IdentityPair, Novel]


def work_all(submission: Submission, readings: Readings) -> list[Working]:
    """Take every detection of *submission* through the steps.

    Raises:
        InvalidInput: with all the fields at fault, not only the first.
    """
    workings: list[Working] = []
    refusals: list[InvalidInput] = []
    for item_index, item in enumerate(submission.items):
        for index, part in enumerate(item.detections):
            try:
                workings.append(readings.work(part, item, submission.event, (item_index, index)))
            except InvalidInput as refusal:
                refusals.append(refusal)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        errors: list[FieldError] = [error for refusal in refusals for error in refusal.errors]
        raise InvalidInput(sum_up(errors), errors=errors)
    return workings


def understand(
    session: Session,
    desk: Desk,
    viewer: Viewer,
    submissions: Sequence[Submission],
    read: Readings,
    *,
    worked: Sequence[Sequence[Working]] | None = None,
) -> Meaning:
    """Work and match every detection of *submissions*, with one look-up for all of them.

    *worked* are the detections of each, where the caller has taken them through the steps already.

    Raises:
        InvalidInput: a detection that cannot be read.
    """
    taken = worked or [work_all(submission, read) for submission in submissions]
    considered = consider(session, desk, viewer, taken)
    novel = considered.novel
    made = provisional.create(session, novel, desk.rules) if novel else {}
    return Meaning(
        [
            [_understood(working, entry, made) for working, entry in zip(workings, entries, strict=True)]
            for workings, entries in zip(considered.worked, considered.identified, strict=True)
        ],
        novel,
    )


def consider(
    session: Session, desk: Desk, viewer: Viewer, taken: Sequence[Sequence[Working]], look_up: LookUp = matching.look_up
) -> Considered:
    """Match every detection, taken through the steps already, with one *look_up* for all; writes nothing."""
    worked, identified = identify(session, desk, viewer, taken, look_up)
    every = [working for workings in worked for working in workings]
    flat = [entry for entries in identified for entry in entries]
    return Considered(worked, identified, _describe_new(desk, every, flat))


def identify(
    session: Session, desk: Desk, viewer: Viewer, taken: Sequence[Sequence[Working]], look_up: LookUp = matching.look_up
) -> tuple[list[list[Working]], list[list[Identification]]]:
    """What every detection of *taken* is, with one *look_up* for all; nothing is written.

    Answers the detections with what was remarked of them meanwhile, and what each was identified as.
    """
    worked = [[_derive_class(working, desk.rules) for working in workings] for workings in taken]
    known = look_up(session, [working for workings in worked for working in workings], viewer)
    return worked, [[matching.match(working, known) for working in workings] for workings in worked]


def _derive_class(working: Working, rules: ClassRules) -> Working:
    """Say where the class named is none of this registry's: it is kept as the laboratory wrote it."""
    key = working.part.chemical_class
    if not key or key in rules.by_key:
        return working
    return working.noting(
        "class_unknown", _("“%(key)s” is not the key of a chemical class here.") % {"key": key}, problem=True
    )


def _describe_new(
    desk: Desk, workings: Sequence[Working], identified: Sequence[Identification]
) -> dict[IdentityPair, Novel]:
    found: dict[IdentityPair, Novel] = {}
    for working, entry in zip(workings, identified, strict=True):
        if entry.match in {Match.NEW, Match.STEREO_VARIANT} and working.reading is not None:
            pair = pair_of(working.reading)
            if pair not in found:
                found[pair] = provisional.describe(working.reading, desk.index, desk.rules)
    return found


def _understood(working: Working, entry: Identification, made: Mapping[IdentityPair, Substance]) -> Understood:
    """Join a detection with the entry it counts for, which the sender may not have known of before."""
    substance = entry.substance
    if substance is None and working.reading is not None:
        substance = made[pair_of(working.reading)]
    return Understood(working, entry, substance)

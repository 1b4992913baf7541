"""The SWGDRUG minimum: derived from techniques and result, never typed by anyone."""

from __future__ import annotations

from collections.abc import Iterable

from nps_registry.vocabulary.finding import EventType, Result, Specimen
from nps_registry.vocabulary.technique import REACH, Category, Rung, Technique, recognise

_SEIZED = frozenset({EventType.SEIZURE, EventType.COLLECTED_SAMPLE, EventType.TEST_PURCHASE})


def techniques_of(texts: Iterable[str]) -> tuple[tuple[Technique, ...], tuple[str, ...]]:
    """The techniques that *texts* name, each once, and the texts that name none."""
    known: list[Technique] = []
    unknown: list[str] = []
    for text in texts:
        found = recognise(text)
        known += [technique for technique in found if technique not in known]
        if not found:
            unknown.append(text)
    return tuple(known), tuple(unknown)


def highest_rung(techniques: Iterable[Technique]) -> Rung:
    """The furthest that these techniques can take an identification."""
    return max((REACH[technique].rung for technique in techniques), default=Rung.SUSPICION)


def scheme_is_sufficient(techniques: Iterable[Technique]) -> bool:
    """Whether the analytical scheme is one of SWGDRUG 8.1, IIIB.3.

    Either a category A technique with at least one other technique, or three techniques of which two
    are category B and uncorrelated. A screening device outside the table counts as nothing, and
    presumptive tests support a category A technique but raise no screening scan to one.
    """
    different = set(techniques)
    categories = [REACH[technique].category for technique in different]
    counted = [category for category in categories if category is not Category.NONE]
    if Category.A in counted:
        return len(counted) >= 2
    return len(counted) >= 3 and counted.count(Category.B) >= 2


def meets_swgdrug_minimum(
    techniques: Iterable[Technique], *, result: Result, event_type: EventType, specimen: Specimen | None
) -> bool | None:
    """Whether a finding meets the minimum; ``None`` where SWGDRUG does not speak (biological specimens).

    Only positive results in seized material count.
    """
    if specimen is not None or event_type not in _SEIZED:
        return None
    return result is Result.POSITIVE and scheme_is_sufficient(techniques)

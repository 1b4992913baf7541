"""What a rule notices, before anybody is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nps_registry.store.watch_counts import NETWORK, PUBLIC, WORLD
from nps_registry.vocabulary.signal import SignalKind

REVIEW = "review"
"""The audience of what reviewers alone are told."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that a rule noticed.

    Attributes:
        place: country, M49 sub-region or ``001``; *country* and *region* are what is told of it.
        audience: over which reports the rule was asked.
        quarter: 1 to 4; 0 where only the year is known.
        evidence: what was observed and expected, in quarters and numbers of events.
    """

    kind: SignalKind
    substance_id: int
    place: str
    audience: str
    year: int
    quarter: int
    rule: str
    country: str | None = None
    region: str | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def unit(self) -> tuple[int, str]:
        """Substance and place."""
        return self.substance_id, self.place

    @property
    def key(self) -> str:
        """What makes this the same at the next evaluation."""
        place = "world" if self.place == WORLD else self.place
        if self.kind in FIRSTS:
            return f"{self.kind}:{self.substance_id}:{place}:{self.audience}"
        return f"{self.kind}:{self.substance_id}:{place}:{self.year}Q{self.quarter}:{self.audience}"


FIRSTS = frozenset({SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION, SignalKind.FIRST_IN_COUNTRY})


def audiences_of(layers: Collection[str]) -> list[str]:
    """Those who read something in *layers* that no wider audience reads, the widest first."""
    wide = [layer for layer in (PUBLIC, NETWORK) if layer in layers]
    return [*wide, *sorted(set(layers) - {PUBLIC, NETWORK})]


def wider_than(audience: str) -> Sequence[str]:
    """The audiences that are told of what *audience* is told of, too, or of more reports than none."""
    if audience == PUBLIC:
        return ()
    return (PUBLIC,) if audience == NETWORK else (PUBLIC, NETWORK)


def drop_what_wider_audiences_know(found: Iterable[Noticed]) -> list[Noticed]:
    """*found* without what a wider audience is told in the same words: one event, one signal."""
    found = list(found)
    if len({each.audience for each in found}) < 2:
        return found
    told: dict[tuple[object, ...], Noticed] = {}
    kept: list[Noticed] = []
    for each in sorted(found, key=lambda each: len(wider_than(each.audience))):
        same = (each.kind, each.substance_id, each.place, each.year, each.quarter)
        wider = [told[audience, *same] for audience in wider_than(each.audience) if (audience, *same) in told]
        if not any(other.evidence.get("cases") == each.evidence.get("cases") for other in wider):
            kept.append(each)
        told[each.audience, *same] = each
    return kept

"""Firsts: in the world, in a region (UN M49), in a country; a public first is a first among public reports.

They are exact and follow from the events of the layers that are asked, so evaluating them again changes nothing, and a
report that is not public cannot move a public first. Public time is the quarter; of two countries with the same one,
the country that was told of as first stays so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from nps_registry.signals.noticed import Noticed
from nps_registry.store.watch_counts import WORLD
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind

RULE = "firsts/1"


class Counted(Protocol):
    """When a substance was in a country, with how many events."""

    @property
    def substance_id(self) -> int: ...  # noqa: D102 - names of columns
    @property
    def country(self) -> str: ...  # noqa: D102
    @property
    def year(self) -> int: ...  # noqa: D102
    @property
    def quarter(self) -> int: ...  # noqa: D102
    @property
    def events(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class First:
    """The earliest quarter of a substance in one place.

    Attributes:
        quarter: 1 to 4; 0 where the earliest report gives only the year.
    """

    kind: SignalKind
    substance_id: int
    year: int
    quarter: int
    country: str
    region: str | None

    @property
    def place(self) -> str:
        """What it is the first in: the world, a region, a country."""
        if self.kind is SignalKind.FIRST_EVER:
            return WORLD
        return self.country if self.region is None else self.region

    @property
    def key(self) -> str:
        """What makes this first the same first at the next evaluation."""
        return f"{self.kind}:{self.substance_id}:{self.place}"


_LARGEST_FIRST = (SignalKind.FIRST_EVER, SignalKind.FIRST_IN_REGION)
Holders = Mapping[tuple[int, str], Collection[SignalKind]]
"""By substance and country: which firsts the country holds."""


def _when(count: Counted, holders: Holders) -> tuple[int, int, tuple[bool, ...], str]:
    # A year without a quarter may lie anywhere in the year: it does not claim to be before a known quarter.
    held = holders.get((count.substance_id, count.country), ())
    return count.year, count.quarter or 5, tuple(kind not in held for kind in _LARGEST_FIRST), count.country


def find_firsts(counted: Iterable[Counted], holders: Holders | None = None) -> list[First]:
    """The firsts of every substance in *counted*, in the order of substance, kind and place.

    *holders* are the firsts as they were told of before; they decide between countries of the same quarter.
    """
    by_substance: defaultdict[int, list[Counted]] = defaultdict(list)
    for count in counted:
        if count.events > 0:
            by_substance[count.substance_id].append(count)
    found: list[First] = []
    for substance_id in sorted(by_substance):
        countries: set[str] = set()
        regions: set[str] = set()
        for position, count in enumerate(sorted(by_substance[substance_id], key=lambda row: _when(row, holders or {}))):
            region = region_of(count.country)
            place = (substance_id, count.year, count.quarter, count.country)
            if position == 0:
                found.append(First(SignalKind.FIRST_EVER, *place, region=None))
            if region not in regions:
                found.append(First(SignalKind.FIRST_IN_REGION, *place, region=region))
            if count.country not in countries:
                found.append(First(SignalKind.FIRST_IN_COUNTRY, *place, region=None))
            regions.add(region)
            countries.add(count.country)
    return found


def notice_firsts(firsts: Iterable[First], audience: str) -> list[Noticed]:
    """*firsts* among what *audience* reads."""
    return [
        Noticed(
            first.kind,
            first.substance_id,
            first.place,
            audience,
            first.year,
            first.quarter,
            RULE,
            country=first.country,
            region=first.region,
        )
        for first in firsts
    ]

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


Holders = Mapping[tuple[int, str], Collection[SignalKind]]
"""By substance and country: which firsts the country holds."""


Arrivals = Mapping[str, tuple[int, int]]
"""By country: when a substance was there first, in the order of time."""


def find_arrivals(counted: Iterable[Counted]) -> Arrivals:
    """When one substance was first in each country."""
    found: dict[str, tuple[int, int]] = {}
    for count in counted:
        found[count.country] = min(found.get(count.country, _period(count)), _period(count))
    return found


def adds_nothing(own: Iterable[Counted], arrivals: Arrivals, holders: Holders, wider: Holders) -> bool:
    """Whether an audience that reads *own* beside what is known widely finds the firsts and spreads known widely.

    Args:
        own: what the audience alone reads of one substance.
        arrivals: what is known widely.
        holders: the firsts as the audience was told of them.
        wider: the same of those who read what is known widely.
    """
    own = list(own)
    if any(count.country not in arrivals or _period(count) < arrivals[count.country] for count in own):
        return False
    earliest = min(arrivals.values())
    candidates = [country for country, when in arrivals.items() if when == earliest]
    substance_id = own[0].substance_id
    # A spread starts from the country of the first, and that one need not be the same where several are as early.
    from_here, from_there = (
        min(candidates, key=lambda country: _precedence(substance_id, country, told)) for told in (holders, wider)
    )
    return from_here == from_there


def _period(count: Counted) -> tuple[int, int]:
    # A year without a quarter may lie anywhere in the year: it does not claim to be before a known quarter.
    return count.year, count.quarter or 5


def _precedence(substance_id: int, country: str, holders: Holders) -> tuple[bool, bool, str]:
    """The order of countries of the same quarter."""
    held = holders.get((substance_id, country), ())
    return SignalKind.FIRST_EVER not in held, SignalKind.FIRST_IN_REGION not in held, country


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
        ordered = sorted(
            by_substance[substance_id],
            key=lambda row: (*_period(row), *_precedence(row.substance_id, row.country, holders or {})),
        )
        for position, count in enumerate(ordered):
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

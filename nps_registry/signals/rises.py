"""Weeks of series looked at with what lies beside them, and which of them stand out.

A week rose where what became known is unlikely. A rise is a signal where it stands out among all series with events in
that week (Benjamini and Hochberg 1995): the decision does not depend on which series happen to be looked at together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nps_registry.signals.increase import RULE, IncreaseRule, Looks, measure
from nps_registry.signals.tails import find_upper
from nps_registry.store.watch_counts import NETWORK, PUBLIC, WORLD, Unit, layers_of
from nps_registry.store.watched import Judgement, Week

VERSION = "increase/2"
FAMILY_WEEKS = 8
"""A week that has just begun has few series yet: its family is as large as the largest of these before."""

_LOOKS_AT_ONCE, _SERIES_AT_ONCE = 1_000, 1_000
_Line = NDArray[np.float64]
_Layers = dict[str, _Line]


class Series(NamedTuple):
    """What is judged: the weeks of a unit that an audience reads, from the week *since* on."""

    unit: Unit
    audience: str
    since: int


@dataclass(frozen=True, slots=True)
class Around:
    """Series by week, and what lies beside them; from a history before the first week that is judged on.

    Attributes:
        weeks: of each unit, and of the same substances in the world.
        totals: of all substances together, in the same places and in the world.
    """

    weeks: Mapping[Unit, Sequence[Week]]
    totals: Mapping[str, Sequence[Week]]


class _Look(NamedTuple):
    """A week of a series, the last of the lines' slices."""

    series: Series
    week: int
    lines: Sequence[_Line]
    behind: int


def pick(series: Sequence[Series], weeks: Mapping[Unit, Sequence[Week]], rule: IncreaseRule = RULE) -> list[Series]:
    """Those of *series* that may have risen, whatever lies beside them: most have not."""
    if not series:
        return []
    ledger = _Ledger.of(series, Around(weeks, {}), rule, rule.near)
    return [each for each in series if ledger.find_weeks(each, *ledger.lay_out(each))]


def judge_all(series: Iterable[Series], around: Around, rule: IncreaseRule = RULE) -> Iterator[Judgement]:
    """The weeks in which *series* rose; what is said of one does not depend on the others.

    *rule* says what is told of; only the back-test asks by another than the registry's.
    """
    told = iter(each for each in series if each.unit[1] != WORLD)
    while part := list(islice(told, _SERIES_AT_ONCE)):
        ledger = _Ledger.of(part, around, rule, rule.history)
        looks = (look for each in part for look in ledger.find_looks(each))
        while some := list(islice(looks, _LOOKS_AT_ONCE)):
            yield from _judge(some, rule)


def _judge(looks: Sequence[_Look], rule: IncreaseRule) -> Iterator[Judgement]:
    slices = [[line[look.behind - rule.history : look.behind] for line in look.lines] for look in looks]
    measured = measure(Looks(*(np.stack(each) for each in zip(*slices, strict=True))), rule)
    rose = np.flatnonzero(measured.p_value <= rule.largest_p)
    mean, dispersion = measured.expectation.mean[rose], measured.expectation.dispersion[rose]
    upper = find_upper(rule.largest_p, mean, dispersion)
    figures = (measured.p_value[rose], measured.given[rose], measured.observed[rose].astype(int), mean, upper)
    for at, *told in zip(rose, *(each.tolist() for each in figures), strict=True):
        (substance_id, place), audience, _since = looks[at].series
        yield Judgement(looks[at].week, audience, substance_id, place, *told)


@dataclass
class _Ledger:
    """What is looked at, laid out in lines of weeks: a history before the first that is judged, up to the last."""

    around: Around
    rule: IncreaseRule
    begin: int
    length: int
    shared: dict[object, _Layers] = field(default_factory=dict)
    own: tuple[Unit | None, _Layers] = (None, {})

    @classmethod
    def of(cls, series: Sequence[Series], around: Around, rule: IncreaseRule, before: int) -> _Ledger:
        """Lines that are long enough for *series*: *before* weeks up to the first that is judged, and all behind."""
        begin = min(each.since for each in series) - before + 1
        last = max((row.week for each in series for row in around.weeks.get(each.unit, ())), default=begin)
        return cls(around, rule, begin, max(last + 1 - begin, before))

    def find_looks(self, series: Series) -> Iterator[_Look]:
        """The weeks of *series* that may have risen, with what lies beside them."""
        substance_id, place = series.unit
        layers = layers_of(series.audience)
        known, late = self.lay_out(series)
        looked_at = self.find_weeks(series, known, late)
        if not looked_at:
            return
        wide = tuple(layer for layer in layers if layer in {PUBLIC, NETWORK})
        effort = self._everything(place, layers) - known
        own = known if wide == layers else self._add_up(self._of(series.unit), wide)[0]
        elsewhere = self._of_world(substance_id, wide) - own
        lines = (known, late, effort, elsewhere, self._everything(WORLD, wide) - self._everything(place, wide))
        behind = _sums(known + effort)
        for week in looked_at:
            since, long_ago = week + 1 - self.rule.history, week + 1 - self.rule.least_history
            if behind[long_ago] > behind[since]:  # the place had told of something by then
                yield _Look(series, self.begin + week, lines, week + 1)

    def lay_out(self, series: Series) -> NDArray[np.float64]:
        """(2, weeks) the events of *series*: those that became known, and those that were late."""
        return self._add_up(self._of(series.unit), layers_of(series.audience))

    def find_weeks(self, series: Series, known: _Line, late: _Line) -> list[int]:
        """The weeks that have enough events, and more than the latest past has on average."""
        rule = self.rule
        first = series.since - self.begin
        weeks = first + np.flatnonzero(known[first:])
        if not len(weeks):
            return []
        events, every = _sums(known), _sums(known + late)
        observed = events[weeks + 1] - events[weeks + 1 - rule.judged]
        before = weeks + 1 - rule.judged
        latest = (every[before] - every[before - rule.latest]) / rule.latest * rule.judged
        worth = (observed >= rule.fewest_events) & (observed > latest)
        if series.audience != PUBLIC:  # without an event of its own it reads what a wider audience is told
            own = _sums(self._add_up(self._of(series.unit), (series.audience,)).sum(axis=0))
            worth &= own[weeks + 1] > own[weeks + 1 - rule.near]
        found: list[int] = weeks[worth].tolist()
        return found

    def _of(self, unit: Unit) -> _Layers:
        """The events of *unit*; its audiences come one after the other."""
        if self.own[0] != unit:
            self.own = unit, self._lay(self.around.weeks.get(unit, ()))
        return self.own[1]

    def _of_world(self, substance_id: int, layers: Sequence[str]) -> _Line:
        unit = (substance_id, WORLD)
        if unit not in self.shared:
            self.shared[unit] = self._lay(self.around.weeks.get(unit, ()))
        return np.asarray(self._add_up(self.shared[unit], layers)[0])

    def _everything(self, place: str, layers: Sequence[str]) -> _Line:
        if place not in self.shared:
            self.shared[place] = self._lay(self.around.totals.get(place, ()))
        return np.asarray(self._add_up(self.shared[place], layers)[0])

    def _lay(self, rows: Iterable[Week]) -> _Layers:
        """By layer, (2, weeks) the events of *rows*: those that became known, and those that were late."""
        begin, length = self.begin, self.length
        told: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for week, layer, known, late in rows:
            if 0 <= week - begin < length:
                told[layer].append((week - begin, known, late))
        lines: _Layers = {}
        for layer, found in told.items():
            at, *figures = np.array(found).T
            lines[layer] = np.array([np.bincount(at, events, length) for events in figures])
        return lines

    def _add_up(self, lines: _Layers, layers: Sequence[str]) -> _Line:
        """(2, weeks) what *layers* hold together."""
        held = [lines[layer] for layer in layers if layer in lines]
        return np.asarray(sum(held[1:], held[0]) if held else np.zeros((2, self.length)))


def _sums(line: _Line) -> _Line:
    """(weeks + 1,) how many events there were before each week."""
    return np.concatenate([[0.0], np.cumsum(line)])


def stand_out(judgements: Sequence[Judgement], series: int, rule: IncreaseRule = RULE) -> set[Unit]:
    """Those of one week's *judgements* that stand out among so many *series*, false discoveries held down.

    Only series with an event in the week are counted, so what counts of each is its probability given that it has one.
    """
    ordered = sorted(judgements, key=lambda row: (row.given, row.substance_id, row.place))
    kept = 0
    for rank, row in enumerate(ordered, start=1):
        if row.given <= rank / max(series, len(ordered)) * rule.false_discovery_rate:
            kept = rank
    return {row.unit for row in ordered[:kept]}

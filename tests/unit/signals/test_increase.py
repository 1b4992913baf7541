"""Increases: what is unlikely beside the past and the surroundings, and laws that hold for any series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from nps_registry.signals.increase import RULE, Looks, measure

WEEKS = RULE.history
Reals = NDArray[np.float64]
_few = settings(max_examples=40, deadline=None)


def look(
    known: ArrayLike,
    *,
    late: float = 0,
    effort: ArrayLike = 20,
    elsewhere: ArrayLike = 12,
    everything: ArrayLike = 1000,
) -> Looks:
    """One series, filled up with weeks without an event before; what is beside it goes on for ever."""
    counts = np.asarray(known, dtype=float)
    line = np.concatenate([np.zeros(WEEKS - len(counts)), counts])
    return Looks(*(np.broadcast_to(np.asarray(each, dtype=float), line.shape)[None, :].copy() for each in
                   (line, late, effort, elsewhere, everything)))  # fmt: skip


def p_value(looks: Looks) -> float:
    return float(measure(looks).p_value[0])


def expected(looks: Looks) -> float:
    return float(measure(looks).expectation.mean[0])


@st.composite
def some_looks(draw: st.DrawFn) -> Looks:
    """Mostly nothing, in a place and beside others of any size."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = [chance.choice(each) for each in ([0.02, 0.2, 1, 6], [0, 0.01], [0, 1, 50], [0, 0.1, 8], [0, 5, 900])]
    known, late, effort, elsewhere, rest = (chance.poisson(size, (1, WEEKS)).astype(float) for size in sizes)
    return Looks(known, late, effort, elsewhere, elsewhere + rest)


def test_an_outbreak_in_a_quiet_series_is_unlikely() -> None:
    measured = measure(look([0, 0, 1, 0] * 30 + [0, 4, 6]))
    assert measured.observed[0] == 10
    assert measured.expectation.mean[0] < 2
    assert measured.p_value[0] < RULE.largest_p / 100


def test_business_as_usual_is_likely() -> None:
    assert p_value(look([4, 6, 5, 3, 5, 7, 4] * 20)) > 0.1


@given(looks=some_looks(), more=st.integers(1, 30))
@_few
def test_more_events_in_the_last_week_are_never_more_likely(looks: Looks, more: int) -> None:
    greater = looks.known.copy()
    greater[0, -1] += more
    assert p_value(replace(looks, known=greater)) <= p_value(looks)


@given(looks=some_looks(), more=st.tuples(st.integers(0, 500), st.integers(0, 500)))
@_few
def test_what_happens_elsewhere_in_the_week_at_hand_changes_nothing_yet(looks: Looks, more: tuple[int, int]) -> None:
    elsewhere, everything = looks.elsewhere.copy(), looks.totals_elsewhere.copy()
    for line, added in zip((elsewhere, everything), more, strict=True):
        line[0, -1] += added
    assert p_value(replace(looks, elsewhere=elsewhere, totals_elsewhere=everything)) == p_value(looks)


@given(looks=some_looks(), more=st.integers(1, 500))
@_few
def test_the_more_a_place_tells_of_otherwise_in_the_week_at_hand_the_likelier_is_a_rise(
    looks: Looks, more: int
) -> None:
    effort = looks.effort.copy()
    effort[0, -1] += more
    assert p_value(replace(looks, effort=effort)) >= p_value(looks)


@given(looks=some_looks(), late=st.integers(1, 20))
@_few
def test_what_became_known_late_is_no_news_but_past(looks: Looks, late: int) -> None:
    added = looks.late.copy()
    added[0, -RULE.judged :] += late
    assert p_value(replace(looks, late=added)) == p_value(looks)


@given(looks=st.lists(some_looks(), min_size=2, max_size=6))
@_few
def test_what_is_said_of_a_series_is_the_same_to_the_last_bit_whatever_is_measured_with_it(looks: list[Looks]) -> None:
    names = ("known", "late", "effort", "elsewhere", "totals_elsewhere")
    many = looks * 10  # few and many are worked through in other ways
    together = measure(Looks(*(np.concatenate([getattr(each, name) for each in many]) for name in names)))
    assert together.p_value.tolist() == [p_value(each) for each in looks] * 10


@pytest.mark.parametrize("size", [2.0, 20.0, 200.0])
def test_an_effort_that_never_changes_explains_next_to_nothing_however_large_it_is(size: float) -> None:
    counts = [0, 1, 0, 2] * 39
    assert expected(look(counts, effort=size)) == pytest.approx(expected(look(counts, effort=40)), rel=0.05)


def test_more_reporting_explains_more_events() -> None:
    counts = [1, 0, 2, 1] * 32 + [3, 2, 4, 3] * 8
    more = np.where(np.arange(WEEKS) < WEEKS - 32, 40.0, 160.0)
    assert expected(look(counts, effort=more)) > 1.5 * expected(look(counts, effort=40))
    assert p_value(look(counts, effort=more)) > 0.05 > p_value(look(counts, effort=40))


def test_what_happens_everywhere_is_no_increase_of_one_country() -> None:
    counts = np.array([0, 0, 1, 0] * 30 + [3, 2, 3])
    rising = np.where(np.arange(WEEKS) < WEEKS - 13, 12.0, 150.0)
    assert p_value(look(counts)) < RULE.largest_p / 100
    assert expected(look(counts, elsewhere=rising)) > 3 * expected(look(counts))


def test_a_season_that_is_the_same_elsewhere_is_expected() -> None:
    weeks = np.arange(WEEKS)
    season = np.round(4 * (1 + 0.6 * np.cos(2 * np.pi * (weeks - WEEKS + 1) / 52)))
    earlier = np.round(4 * (1 + 0.6 * np.cos(2 * np.pi * (weeks - WEEKS + 27) / 52)))
    assert p_value(look(season, elsewhere=10 * season)) > 0.05
    assert p_value(look(season, elsewhere=10 * earlier)) < 0.05


def test_a_substance_that_one_small_place_alone_has_is_usual_there() -> None:
    assert p_value(look([1, 0, 2, 1] * 40, effort=2, elsewhere=0, everything=2000)) > 0.1
    assert p_value(look([1, 0, 2, 1] * 39 + [1, 6, 5, 6], effort=2, elsewhere=0, everything=2000)) < RULE.largest_p


def test_a_place_that_tells_of_nothing_else_is_judged_by_its_own_past() -> None:
    assert p_value(look([1, 0, 0, 1] * 40, effort=0, elsewhere=0, everything=0)) > 0.1
    assert p_value(look([1, 0, 0, 1] * 39 + [1, 4, 5, 4], effort=0, elsewhere=0, everything=0)) < RULE.largest_p


def test_an_outbreak_of_the_past_does_not_hide_the_next_one() -> None:
    counts = [0, 1, 0, 0] * 20 + [9, 12, 10] + [0, 0, 1, 0] * 18 + [3, 3, 2]
    assert p_value(look(counts)) < RULE.largest_p


def test_an_archive_is_what_a_place_is_compared_with() -> None:
    begun = [0] * 120 + [1] * 37 + [4, 4, 4]
    assert p_value(look(begun)) < RULE.largest_p
    assert p_value(look(begun, late=4)) > 0.1


def test_looks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="of one shape"):
        measure(replace(look([1]), effort=np.ones((1, 3))))
    with pytest.raises(ValueError, match="more weeks than are judged"):
        measure(Looks(*[np.ones((1, RULE.judged))] * 5))

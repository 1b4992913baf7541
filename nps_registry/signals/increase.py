"""Increases: more events of a substance in a country or region than its own past and the others explain.

What became known in the last few weeks together is held against what would be usual (``expectation.py``), with what the
place tells of everything else as the measure of how much is told at all, and the same substance elsewhere as the
measure of its coming, going and seasons. How unlikely it is is a mid-p of the negative binomial (``tails.py``). How
well it finds what is there stands in ``benchmarks/README.md``.

Events count in the week in which they became known: those counts do not change when others become known, and a delay
only blurs. What became known long after it happened says nothing of now: it counts as past, in the week it is of.
Of what lies beside a series, the week at hand is not looked at: an event that becomes known today changes what is
expected of no other series today.

Everything is deterministic and looks at nothing but its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nps_registry.signals.expectation import Expectation, expect_by_rate, expect_effort, expect_share
from nps_registry.signals.tails import mid_p

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IncreaseRule:
    """What is judged, and what is called an increase. Lengths are in weeks.

    Attributes:
        history: how many weeks are looked at, those judged among them.
        judged: how many last weeks are judged together; none of them is counted as the past.
        least_history: a place is judged once it has told of anything so long ago.
        latest: the own past that an increase lies above in any case.
        memory: a past week counts half as much after so many.
        effort_memory: the same for the running mean of a place's effort.
        share_memory: the same for a substance's share elsewhere.
        fewest_events: within the judged weeks, for an increase.
        largest_p: an increase's mid-p is at most this, however few series there are.
        false_discovery_rate: of the increases of one week among many series, at most this share should be chance.
    """

    history: int = 160
    judged: int = 3
    least_history: int = 26
    latest: int = 52
    memory: float = 156.0
    effort_memory: float = 26.0
    share_memory: float = 13.0
    fewest_events: int = 2
    largest_p: float = 0.01
    false_discovery_rate: float = 0.1


RULE = IncreaseRule()


@dataclass(frozen=True, slots=True)
class Looks:
    """Series that are looked at, each at some week with those before it: (looks, weeks) each, the week at hand last.

    Attributes:
        known: events by the week in which they became known.
        late: events that became known too late to tell of their time, by the week in which they happened.
        effort: what the series' place tells of everything else.
        elsewhere: events of the series' substance in all other places.
        totals_elsewhere: all events of all other places.
    """

    known: Reals
    late: Reals
    effort: Reals
    elsewhere: Reals
    totals_elsewhere: Reals


@dataclass(frozen=True, slots=True)
class Measure:
    """The judged weeks of each look beside what is usual, (looks,) each.

    Attributes:
        p_value: mid-p of *observed* or more.
    """

    observed: Reals
    expectation: Expectation
    p_value: Reals


def measure(looks: Looks, rule: IncreaseRule = RULE) -> Measure:
    """How unlikely the last weeks of each look are, whatever is made of it.

    Raises:
        ValueError: shapes do not fit, or there are no more weeks than are judged.
    """
    shape = looks.known.shape
    arrays = (looks.known, looks.late, looks.effort, looks.elsewhere, looks.totals_elsewhere)
    if len(shape) != 2 or shape[1] <= rule.judged or any(each.shape != shape for each in arrays):
        raise ValueError("Looks are arrays of one shape, series and weeks, with more weeks than are judged.")
    offset = expect_effort(looks.effort, rule.effort_memory)
    offset = offset * expect_share(looks.elsewhere, looks.totals_elsewhere, rule.share_memory)
    offset[:, :-1] *= np.logical_or.accumulate((looks.effort + looks.known)[:, :-1] > 0, axis=1)  # from its beginning
    expectation = expect_by_rate(looks.known + looks.late, offset, rule.judged, rule.memory)
    observed = looks.known[:, -rule.judged :].sum(axis=1)
    return Measure(observed, expectation, mid_p(observed, expectation.mean, expectation.dispersion))

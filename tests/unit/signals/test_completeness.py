"""How much of the last periods is known by now."""

from __future__ import annotations

import numpy as np
import pytest

from nps_registry.signals.completeness import estimate_completeness


def test_the_share_known_is_learnt_although_late_reports_are_still_to_come() -> None:
    chance = np.random.default_rng(3)
    ages = np.repeat(np.arange(60), 400)
    delays = chance.poisson(3.0, len(ages))
    known = delays <= ages
    shares = estimate_completeness(delays[known], ages[known], 60)
    truth = [np.mean(delays <= age) for age in range(59, -1, -1)]
    assert shares == pytest.approx(truth, abs=0.02)


def test_the_newest_period_is_the_least_complete() -> None:
    shares = estimate_completeness([0, 1, 1, 2, 4], [9, 9, 8, 7, 9], 6)
    assert (np.diff(shares) <= 0).all()
    assert (shares > 0).all()
    assert shares[0] == 1


def test_without_reports_everything_counts_as_known() -> None:
    assert estimate_completeness([], [], 3).tolist() == [1, 1, 1]


@pytest.mark.parametrize(("delay", "age"), [(-1, 3), (4, 3)])
def test_a_delay_that_cannot_be_is_refused(delay: int, age: int) -> None:
    with pytest.raises(ValueError, match="between 0 and the age"):
        estimate_completeness([delay], [age], 2)

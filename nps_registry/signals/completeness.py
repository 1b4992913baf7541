"""How much of each last period is known by now, from how long reports have taken to become known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def estimate_completeness(delays: ArrayLike, ages: ArrayLike, periods: int) -> NDArray[np.float64]:
    """The share of each of the last *periods* that is known by now, oldest first; periods are those of the events.

    What happened lately and will become known late is not there to be counted: the delays that are known are cut off at
    the age of their event. Counting backwards in the delay takes that into account: of the events old enough to have
    shown a delay of *d*, the share whose delay is *d* among those with at most *d* (Kalbfleisch and Lawless 1989,
    doi:10.1080/01621459.1989.10478780). A report that takes longer than all before is not foreseen.

    Args:
        delays: (reports,) whole periods from the event's to that in which the report became known, from 0.
        ages: (reports,) whole periods from the event's to the last one, at least the delay.
        periods: how many shares to answer.

    Returns:
        (periods,) above 0 and at most 1, falling; all 1 where there are no reports to learn from.

    Raises:
        ValueError: a delay is negative or longer than its event is old.
    """
    taken, old = np.asarray(delays, dtype=np.int64), np.asarray(ages, dtype=np.int64)
    if (taken < 0).any() or (taken > old).any():
        raise ValueError("A delay is between 0 and the age of its event.")
    known = np.ones(periods)
    longest = int(taken.max(initial=0))
    share = 1.0
    for delay in range(longest, 0, -1):
        seen = old >= delay
        at_most = int((seen & (taken <= delay)).sum())
        # Half a report keeps a share that no report speaks for above nothing.
        share *= 1 - (int((seen & (taken == delay)).sum()) / (at_most + 0.5))
        if delay <= periods:
            known[periods - delay] = share
    return known

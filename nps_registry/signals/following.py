"""Public counts, ledger and signals, brought up to date together with what a transaction changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nps_registry.signals import evaluation
from nps_registry.store import counts, followed, watch
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.marks import Marked, read_marked
from nps_registry.store.signal_rows import Changes


@dataclass(frozen=True, slots=True)
class Followed:
    """What moved.

    Attributes:
        moved: substances whose public figures are others now.
        signals: what changed of the signals.
    """

    moved: set[int]
    signals: Changes = field(default_factory=Changes)


def follow(session: Session, now: datetime | None = None, marked: Sequence[Marked] | None = None) -> Followed:
    """Follow what this transaction changed.

    *now* is the instant up to which holds have ended; *marked* are the reports that changed, where the caller has read
    them already.

    Raises:
        NotReady: an upgrade left reports to be read, which comes before.
    """
    take_turn(session)  # how far the transaction before this one followed is seen from here on
    holds = followed.take_up(session, now)
    marked = read_marked(session) if marked is None else marked
    released = watch.find_released(session, holds)
    moved = counts.follow(session, holds.until, marked)
    watched = watch.follow(session, watch.Due.of([*marked, *released]), holds.until)
    if released or holds.is_wide:
        followed.note_holds(session, holds)
    return Followed(moved, evaluation.evaluate(session, watched, holds.until))

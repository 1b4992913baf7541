"""Public counts, ledger and signals, brought up to date together with what a transaction changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nps_registry.signals import evaluation
from nps_registry.store import counts, watch
from nps_registry.store.engine import Session
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
    """
    now = now or datetime.now(UTC)
    marked = read_marked(session) if marked is None else marked
    due = watch.find_due(session, marked, now)
    moved = counts.follow(session, now, marked)
    watched = watch.follow(session, due, now)
    return Followed(moved, evaluation.evaluate(session, watched, now))

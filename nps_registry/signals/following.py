"""Public counts, ledger and signals, brought up to date together with what a transaction changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from nps_registry.signals import evaluation
from nps_registry.store import counts, watch
from nps_registry.store.engine import Session
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


def follow(session: Session, now: datetime | None = None) -> Followed:
    """Follow what this transaction changed; *now* is the instant up to which holds have ended."""
    due = watch.begin_following(session, now)
    moved = counts.follow(session, now)
    watched = watch.follow(session, due, now)
    return Followed(moved, evaluation.evaluate(session, watched, now))

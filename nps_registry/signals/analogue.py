"""A new structure close to one under international control: for those who review, never for the public."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from nps_registry.signals.noticed import REVIEW, Noticed
from nps_registry.signals.rows import row_of
from nps_registry.store import signal_facts, signal_reports, signal_rows
from nps_registry.store.engine import Session
from nps_registry.store.signal_facts import NearControlled
from nps_registry.store.signal_rows import Changes
from nps_registry.store.watch_counts import WORLD
from nps_registry.vocabulary.signal import SignalKind

RULE = "analogue_of_controlled/1"


def evaluate(session: Session, report_ids: Collection[str], now: datetime) -> Changes:
    """Bring the signals about what *report_ids* found up to date."""
    there = signal_reports.known_on(session, report_ids, SignalKind.ANALOGUE_OF_CONTROLLED)
    about = signal_facts.analogues_in(session, report_ids) | {signal.substance_id for signal in there}
    return evaluate_substances(session, about, now)


def evaluate_substances(session: Session, substance_ids: Collection[int], now: datetime) -> Changes:
    """Bring the signals about *substance_ids* up to date."""
    if not substance_ids:
        return Changes()
    near = {_notice(each).key: each for each in signal_facts.near_controlled(session, substance_ids=substance_ids)}
    facts = signal_facts.read_facts(session, {each.substance_id for each in near.values()})
    wanted = {key: row_of(_notice(each), facts.get(each.substance_id)) for key, each in near.items()}
    known = signal_rows.known_about(session, substance_ids, [SignalKind.ANALOGUE_OF_CONTROLLED])
    changes = signal_rows.bring_up_to(session, wanted, known, now)
    for signal in signal_rows.known_by_key(session, list(near)):
        signal_reports.write(session, [signal.id], {(signal.id, report) for report in near[signal.key].reports})
    return changes


def _notice(near: NearControlled) -> Noticed:
    return Noticed(
        SignalKind.ANALOGUE_OF_CONTROLLED, near.substance_id, WORLD, REVIEW, near.year, near.quarter, RULE,
        country=near.country,
        evidence={"other": list(near.other), "similarity": near.similarity},
    )  # fmt: skip

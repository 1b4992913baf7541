"""From what a rule noticed to the row that is stored."""

from __future__ import annotations

from collections.abc import Collection

from nps_registry.signals.noticed import Noticed
from nps_registry.signals.score import score_of, weigh
from nps_registry.store import signal_facts
from nps_registry.store.engine import Session
from nps_registry.store.signal_facts import SubstanceFacts
from nps_registry.store.signal_rows import Row
from nps_registry.store.watch_counts import PUBLIC


def row_of(noticed: Noticed, substance: SubstanceFacts | None) -> Row:
    """The row of *noticed*, weighed."""
    weights = weigh(noticed, substance)
    return {
        "kind": noticed.kind,
        "substance_id": noticed.substance_id,
        "place": noticed.place,
        "audience": noticed.audience,
        "country": noticed.country,
        "region": noticed.region,
        "year": noticed.year,
        "quarter": noticed.quarter,
        "public": noticed.audience == PUBLIC,
        "retracted": False,
        "rule": noticed.rule,
        "evidence": {**noticed.evidence, "weights": [list(each) for each in weights]},
        "score": score_of(weights),
    }


def rows_of(session: Session, noticed: Collection[Noticed]) -> dict[str, Row]:
    """The rows of *noticed*, by key."""
    facts = signal_facts.read_facts(session, {each.substance_id for each in noticed})
    return {each.key: row_of(each, facts.get(each.substance_id)) for each in noticed}

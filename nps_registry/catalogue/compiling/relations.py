"""Relations that a source states: metabolites, precursors, esters. The computed ones are not written."""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.catalogue.compiling.curation import RelationDecision
from nps_registry.catalogue.compiling.groups import find
from nps_registry.catalogue.records import RelationRecord, SubstanceRecord


def with_relations(records: Sequence[SubstanceRecord], decisions: Sequence[RelationDecision]) -> list[SubstanceRecord]:
    """The records with the relations that *decisions* state.

    Raises:
        CatalogueFault: if a decision speaks of a substance that is not there.
    """
    added: dict[str, list[RelationRecord]] = {}
    for decision in decisions:
        source, target = find(decision.substance, records), find(decision.to, records)
        added.setdefault(source.accession, []).append(
            RelationRecord(kind=decision.kind, to=target.accession, sources=decision.sources, comment=decision.comment)
        )
    return [
        record.model_copy(update={"relations": (*record.relations, *added[record.accession])})
        if record.accession in added
        else record
        for record in records
    ]

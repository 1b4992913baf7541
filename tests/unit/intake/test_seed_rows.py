"""Rows of the entries: what a file states is what is stored."""

from __future__ import annotations

from nps_registry.intake.seed_rows import relation_rows
from nps_registry.vocabulary.substance import RelationKind
from tests.unit.catalogue.small import MEPHEDRONE, MMC, small, with_more


def test_a_group_has_its_members() -> None:
    group = next(record for record in small().substances if record.accession == "NPS-000008")
    members = {(row["to"], row["kind"]) for row in relation_rows(group)}
    assert members == {("NPS-000006", RelationKind.MEMBER), ("NPS-000007", RelationKind.MEMBER)}


def test_a_stated_relation_keeps_its_sources() -> None:
    catalogue = with_more(MMC, "relations", kind="metabolite_of", to=MEPHEDRONE, sources=["fda-unii"])
    record = next(record for record in catalogue.substances if record.accession == MMC)
    (row,) = relation_rows(record)
    assert (row["kind"], row["to"], row["sources"]) == (RelationKind.METABOLITE_OF, MEPHEDRONE, ["fda-unii"])

"""Relations that the structures give, and those that files state."""

from __future__ import annotations

from nps_registry.catalogue.relations import Relation, derive_relations
from nps_registry.chemistry.positions import positional_key
from nps_registry.vocabulary.substance import RelationKind
from tests.unit.catalogue.small import LEVO, MEPHEDRONE, MERGED, MMC, RACE, small, with_more

DEXTRO = "NPS-000010"


def _relations() -> tuple[Relation, ...]:
    return derive_relations(small().substances, positional_key)


def _others(accession: str, kind: RelationKind) -> set[str]:
    return {relation.to for relation in _relations() if relation.accession == accession and relation.kind is kind}


def test_forms_of_one_skeleton_are_stereo_variants_of_each_other() -> None:
    assert _others(LEVO, RelationKind.STEREO_VARIANT) == {DEXTRO, RACE}
    assert _others(RACE, RelationKind.STEREO_VARIANT) == {LEVO, DEXTRO}


def test_3_mmc_and_4_mmc_are_positional_isomers() -> None:
    assert _others(MMC, RelationKind.POSITIONAL_ISOMER) == {MEPHEDRONE}


def test_symmetric_relations_stand_in_both_directions() -> None:
    relations = _relations()
    symmetric = {RelationKind.STEREO_VARIANT, RelationKind.POSITIONAL_ISOMER}

    for relation in relations:
        if relation.kind in symmetric:
            assert Relation(relation.to, relation.kind, relation.accession) in relations


def test_a_merged_entry_has_no_relations() -> None:
    assert MERGED not in {relation.accession for relation in _relations()} | {relation.to for relation in _relations()}


def test_a_group_has_its_members() -> None:
    assert _others("NPS-000008", RelationKind.MEMBER) == {"NPS-000006", "NPS-000007"}


def test_a_stated_relation_keeps_its_sources() -> None:
    catalogue = with_more(MMC, "relations", kind="metabolite_of", to=MEPHEDRONE, sources=["fda-unii"])

    relations = derive_relations(catalogue.substances, positional_key)

    assert Relation(MMC, RelationKind.METABOLITE_OF, MEPHEDRONE, ("fda-unii",)) in relations


def test_isomers_with_another_side_chain_do_not_differ_in_position_only() -> None:
    two, three, four = (f"CNC(C)C(=O)c1{ring}" for ring in ("ccccc1C", "cccc(C)c1", "ccc(C)cc1"))

    assert positional_key(two) == positional_key(three) == positional_key(four)
    assert positional_key("CCNC(C)C(=O)c1ccccc1") != positional_key(four)

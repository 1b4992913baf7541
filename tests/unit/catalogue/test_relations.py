"""Relations that the structures give."""

from __future__ import annotations

from nps_registry.catalogue.relations import Kin, Relation, compute_relations
from nps_registry.chemistry.positions import positional_key
from nps_registry.vocabulary.substance import RelationKind
from tests.unit.catalogue.small import LEVO, MEPHEDRONE, MMC, RACE, small

DEXTRO = "NPS-000010"


def _relations() -> tuple[Relation, ...]:
    kin = [
        Kin(
            record.accession,
            record.structure.skeleton,
            record.structure.formula,
            record.chemical_class,
            record.structure.smiles,
        )
        for record in small().substances
        if record.status is None and record.structure
    ]
    return tuple(compute_relations(kin, positional_key))


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


def test_isomers_with_another_side_chain_do_not_differ_in_position_only() -> None:
    two, three, four = (f"CNC(C)C(=O)c1{ring}" for ring in ("ccccc1C", "cccc(C)c1", "ccc(C)cc1"))

    assert positional_key(two) == positional_key(three) == positional_key(four)
    assert positional_key("CCNC(C)C(=O)c1ccccc1") != positional_key(four)

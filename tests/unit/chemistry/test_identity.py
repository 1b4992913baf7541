"""Which substance a structure is, and which it is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from rdkit import Chem

from nps_registry.chemistry.depict import write_molblock
from nps_registry.chemistry.identity import Identity, identify
from nps_registry.chemistry.reading import read
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadableStructure
from nps_registry.vocabulary.substance import Stereo
from tests.unit.chemistry.samples import (
    DEXTROMETHORPHAN,
    LEVOMETHORPHAN,
    MEPHEDRONE_3,
    MEPHEDRONE_4,
    RACEMETHORPHAN,
    anything,
    diverse,
    rewritten,
    seeds,
)

STEREO_CASES = [
    ("CCO", Stereo.ACHIRAL),
    ("CC(=N)N", Stereo.ACHIRAL),
    ("CN(C)Cc1ccccc1", Stereo.ACHIRAL),
    ("C/C=C/C", Stereo.ACHIRAL),
    ("CC=CC", Stereo.UNDEFINED),
    ("CC=NO", Stereo.UNDEFINED),
    ("O[C@H](C(=O)O)[C@@H](O)C(=O)O", Stereo.ACHIRAL),  # meso, every centre given
    ("OC(C(=O)O)C(O)C(=O)O", Stereo.UNDEFINED),
    ("O[C@H](C(=O)O)[C@H](O)C(=O)O", Stereo.ABSOLUTE),
    (MEPHEDRONE_3, Stereo.UNDEFINED),
    ("CN[C@@H](C)C(=O)c1cccc(C)c1", Stereo.ABSOLUTE),
    ("CN[C@@H](C)C(=O)c1cccc(C)c1 |&1:2|", Stereo.RACEMIC),
    ("CN[C@@H](C)C(=O)c1cccc(C)c1 |o1:2|", Stereo.RELATIVE),
    ("CN[C@@H](C)C(=O)c1cccc(C)c1 |a:2|", Stereo.ABSOLUTE),
    ("C[C@H](F)[C@H](O)Cl |&1:1,3|", Stereo.RACEMIC),
    ("C[C@H](F)[C@H](O)Cl |&1:1|", Stereo.MIXTURE),
    ("C[C@H](F)[C@H](O)Cl |&1:1,&2:3|", Stereo.MIXTURE),
    ("C[C@H](F)[C@H](O)Cl |o1:1|", Stereo.UNDEFINED),
    ("CC(F)[C@H](O)Cl |&1:3|", Stereo.UNDEFINED),
    ("O[C@H](C(=O)O)[C@@H](O)C(=O)O |&1:1,5|", Stereo.ACHIRAL),
    ("C/C=C/[C@H](C)O |&1:3|", Stereo.RACEMIC),
    ("CC=C[C@H](C)O |&1:3|", Stereo.UNDEFINED),
]


def identity_of(text: str, stated: Stereo | None = None) -> Identity:
    return read(text, stated).identity


@pytest.mark.parametrize(("smiles", "stereo"), STEREO_CASES)
def test_the_drawing_says_its_stereochemistry(smiles: str, stereo: Stereo) -> None:
    assert identity_of(smiles).stereo is stereo


@pytest.mark.parametrize("smiles", [smiles for smiles, _stereo in STEREO_CASES])
def test_a_substance_is_itself_by_its_own_smiles(smiles: str) -> None:
    identity = identity_of(smiles)
    assert identity_of(identity.smiles) == identity


def test_a_salt_is_the_same_substance_as_its_base() -> None:
    assert identity_of(f"{MEPHEDRONE_3}.Cl") == identity_of(MEPHEDRONE_3)


def test_a_labelled_compound_is_the_same_substance() -> None:
    assert identity_of("[2H]C([2H])([2H])NC(C)C(=O)c1cccc(C)c1") == identity_of(MEPHEDRONE_3)


def test_what_is_derived_agrees_with_known_values() -> None:
    cocaine = identity_of("COC(=O)[C@H]1[C@@H](OC(=O)c2ccccc2)C[C@@H]2CC[C@H]1N2C")
    assert cocaine.inchikey == "ZPUCINDJVBIVPJ-LJISPDSOSA-N"
    assert cocaine.skeleton == "ZPUCINDJVBIVPJ"
    assert cocaine.formula == "C17H21NO4"
    assert cocaine.mass_da == pytest.approx(303.14706, abs=1e-5)


def test_dextro_levo_and_racemethorphan_are_three_substances_of_one_skeleton() -> None:
    three = [identity_of(smiles) for smiles in (DEXTROMETHORPHAN, LEVOMETHORPHAN, RACEMETHORPHAN)]
    assert len({identity.key for identity in three}) == 3
    assert len({identity.skeleton for identity in three}) == 1
    assert len({identity.inchi for identity in three}) == 2  # the racemate shares one enantiomer's


def test_a_racemate_is_one_substance_whichever_enantiomer_is_drawn() -> None:
    mirrored = "CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(OC)cc13 |&1:4,9,10|"
    assert identity_of(mirrored) == identity_of(RACEMETHORPHAN)
    assert identity_of(RACEMETHORPHAN).inchi == min(
        identity_of(DEXTROMETHORPHAN).inchi, identity_of(LEVOMETHORPHAN).inchi
    )


def test_a_racemate_can_be_stated_beside_either_enantiomer_or_one_open_centre() -> None:
    assert identity_of(DEXTROMETHORPHAN, Stereo.RACEMIC) == identity_of(RACEMETHORPHAN)
    drawn = identity_of("CN[C@@H](C)C(=O)c1cccc(C)c1 |&1:2|")
    assert identity_of(MEPHEDRONE_3, Stereo.RACEMIC) == drawn
    assert identity_of(MEPHEDRONE_3, Stereo.RELATIVE).stereo is Stereo.RELATIVE


def test_racemate_enantiomers_relative_and_undefined_are_all_distinct() -> None:
    forms = [
        MEPHEDRONE_3,
        "CN[C@@H](C)C(=O)c1cccc(C)c1",
        "CN[C@H](C)C(=O)c1cccc(C)c1",
        "CN[C@H](C)C(=O)c1cccc(C)c1 |&1:2|",
        "CN[C@H](C)C(=O)c1cccc(C)c1 |o1:2|",
    ]
    assert len({identity_of(form).key for form in forms}) == len(forms)


@pytest.mark.parametrize(
    ("smiles", "stated"),
    [
        ("CCO", Stereo.RACEMIC),
        ("CCO", Stereo.ABSOLUTE),
        ("CCO", Stereo.UNDEFINED),
        (MEPHEDRONE_3, Stereo.ACHIRAL),
        (MEPHEDRONE_3, Stereo.ABSOLUTE),
        (DEXTROMETHORPHAN, Stereo.ACHIRAL),
        (DEXTROMETHORPHAN, Stereo.UNDEFINED),
        (DEXTROMETHORPHAN, Stereo.MIXTURE),
        (RACEMETHORPHAN, Stereo.ABSOLUTE),
        (RACEMETHORPHAN, Stereo.RELATIVE),
        ("CN1CCC23CCCCC2C1Cc1ccc(OC)cc13", Stereo.RACEMIC),  # which pair of diastereomers?
        ("CC(F)C=CC", Stereo.RACEMIC),
    ],
)
def test_a_statement_that_contradicts_the_drawing_is_refused(smiles: str, stated: Stereo) -> None:
    with pytest.raises(UnreadableStructure, match=f"stated as “{stated.value}”"):
        identity_of(smiles, stated)


@pytest.mark.parametrize(
    ("smiles", "stated", "stereo"),
    [
        ("CCO", Stereo.ACHIRAL, Stereo.ACHIRAL),
        (MEPHEDRONE_3, Stereo.UNDEFINED, Stereo.UNDEFINED),
        (MEPHEDRONE_3, Stereo.MIXTURE, Stereo.MIXTURE),
        (RACEMETHORPHAN, Stereo.RACEMIC, Stereo.RACEMIC),
        ("C/C=C/C", Stereo.ABSOLUTE, Stereo.ACHIRAL),  # its configuration is given; it has no mirror image
    ],
)
def test_a_statement_that_agrees_is_taken(smiles: str, stated: Stereo, stereo: Stereo) -> None:
    assert identity_of(smiles, stated).stereo is stereo


def test_a_mixture_of_diastereomers_that_no_drawing_of_one_can_name_is_refused() -> None:
    with pytest.raises(UnreadableStructure, match="diastereomers"):
        identity_of("C[C@H](F)[C@H](O)[C@H](Cl)Br |&1:1,3|")


def test_epimers_at_different_centres_are_different_mixtures() -> None:
    one, other = identity_of("C[C@H](F)[C@H](O)Cl |&1:1|"), identity_of("C[C@H](F)[C@H](O)Cl |&1:3|")
    assert one.key != other.key


def test_positional_isomers_share_no_skeleton() -> None:
    assert identity_of(MEPHEDRONE_3).skeleton != identity_of(MEPHEDRONE_4).skeleton


def test_tautomers_are_recognised_whatever_their_stereochemistry() -> None:
    ketone, enol = identity_of("CC(=O)CC(C)=O"), identity_of("CC(O)=CC(C)=O")
    assert ketone.tautomer_key == enol.tautomer_key
    assert ketone.skeleton != enol.skeleton
    assert identity_of(MEPHEDRONE_3).tautomer_key == identity_of("CN[C@@H](C)C(=O)c1cccc(C)c1").tautomer_key
    assert identity_of(MEPHEDRONE_3).tautomer_key != identity_of(MEPHEDRONE_4).tautomer_key


@given(anything, seeds)
@settings(max_examples=150, deadline=None)
def test_identity_does_not_depend_on_how_the_structure_is_written(smiles: str, seed: int) -> None:
    assert identity_of(rewritten(parse(smiles).mol, seed)) == identity_of(smiles)


@given(seeds)
@settings(max_examples=50, deadline=None)
def test_a_racemate_does_not_depend_on_how_it_is_written(seed: int) -> None:
    assert identity_of(rewritten(parse(RACEMETHORPHAN).mol, seed)) == identity_of(RACEMETHORPHAN)


@given(diverse)
@settings(max_examples=60, deadline=None)
def test_identity_passes_through_a_molfile_of_either_form_and_through_its_inchi(smiles: str) -> None:
    reading = read(smiles)
    parent = reading.standardised.parent
    assert identity_of(write_molblock(parent)) == reading.identity
    assert identity_of(Chem.MolToV3KMolBlock(parent)) == reading.identity
    assert identity_of(reading.identity.inchi).key == reading.identity.key


def test_crowded_coordinates_do_not_blur_what_is_drawn() -> None:
    meso = Chem.MolFromSmiles("O[C@H](C(=O)O)[C@@H](O)C(=O)O")
    expected = read("O[C@H](C(=O)O)[C@@H](O)C(=O)O").identity
    laid_out = parse(write_molblock(meso)).mol
    for atom in range(laid_out.GetNumAtoms()):
        laid_out.GetConformer().SetAtomPosition(atom, (0.0, 0.0, 0.0))
    assert identify(standardise(laid_out).parent) == expected


def test_a_racemate_passes_through_a_molfile() -> None:
    mol = parse(RACEMETHORPHAN).mol
    assert identity_of(write_molblock(mol)) == identity_of(RACEMETHORPHAN)

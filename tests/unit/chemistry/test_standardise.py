"""From a drawing to its parent: what each step does, and that a second time changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from rdkit import Chem

from nps_registry.chemistry.counter_ions import COUNTER_IONS, GEOMETRIC_COUNTER_IONS, SOLVENTS
from nps_registry.chemistry.normalisations import TRANSFORMS
from nps_registry.chemistry.standardise import STEPS, standardise
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadableStructure
from tests.unit.chemistry.samples import HINDERED_MOLFILE, MEPHEDRONE_3, anything, canonical, rewritten, seeds


def parent_of(smiles: str) -> str:
    return str(Chem.MolToSmiles(standardise(parse(smiles).mol).parent))


@pytest.mark.parametrize(
    ("drawn", "parent"),
    [
        (f"{MEPHEDRONE_3}.Cl", MEPHEDRONE_3),
        ("CC(C[NH3+])c1ccccc1.[Br-]", "CC(CN)c1ccccc1"),
        ("[Na]OC(=O)CCCO", "OCCCC(=O)O"),
        ("[Na+].[O-]C(=O)CCCO.O", "OCCCC(=O)O"),
        ("CC(=O)[O-].[Na+]", "CC(=O)O"),
        ("[NH3+]CC([O-])=O", "NCC(=O)O"),
        ("C[N+](C)(C)CCO.[Cl-]", "C[N+](C)(C)CCO"),
        ("C[N+](C)(C)CC(=O)[O-]", "C[N+](C)(C)CC(=O)[O-]"),
        ("C[S+]([O-])C", "CS(C)=O"),
        ("C[S+2]([O-])([O-])C", "CS(C)(=O)=O"),
        ("CN(=O)=O", "C[N+](=O)[O-]"),
        ("CN=N#N", "CN=[N+]=[N-]"),
        ("C[N-][N+]#N", "CN=[N+]=[N-]"),
        ("C[N+](C)(C)[O-]", "C[N+](C)(C)[O-]"),
        ("[2H]C([2H])([2H])NC(C)C(=O)c1cccc(C)c1", MEPHEDRONE_3),
        ("[13CH3]CO", "CCO"),
        ("C[C@H]([13CH3])O", "CC(C)O"),
        ("O", "O"),
        ("CCO", "CCO"),
        ("Cl", "Cl"),
        ("CC(=O)O", "CC(=O)O"),
    ],
)
def test_the_parent_is_neutral_unlabelled_and_without_its_salt(drawn: str, parent: str) -> None:
    assert parent_of(drawn) == canonical(parent)


@pytest.mark.parametrize(
    ("drawn", "counter_ions", "solvents"),
    [
        (f"{MEPHEDRONE_3}.Cl", ("hydrochloride",), ()),
        ("CC(N)Cc1ccccc1.CC(N)Cc1ccccc1.OS(=O)(=O)O", ("sulfate",), ()),
        ("CC(N)Cc1ccccc1.OC(=O)/C=C/C(O)=O.O.O", ("fumarate",), ("water", "water")),
        ("CC(N)Cc1ccccc1.OC(=O)/C=C\\C(O)=O", ("maleate",), ()),
        ("CC(N)Cc1ccccc1.OC(=O)[C@H](O)[C@@H](O)C(=O)O", ("tartrate",), ()),
        ("C[N+](C)(C)CCO.[Cl-]", ("chloride",), ()),
        ("[K]OC(=O)CCCO", ("potassium",), ()),
        ("CC(N)Cc1ccccc1.OP(=O)(O)O", ("phosphate",), ()),
        ("CC([NH3+])Cc1ccccc1.[O-]C(=O)C=C", ("C3H3O2-",), ()),
    ],
)
def test_what_was_taken_away_is_named(drawn: str, counter_ions: tuple[str, ...], solvents: tuple[str, ...]) -> None:
    done = standardise(parse(drawn).mol)
    assert done.counter_ions == counter_ions
    assert done.solvents == solvents
    told = " ".join(note.message for note in done.notes)
    assert all(name in told for name in {*counter_ions, *solvents})


@pytest.mark.parametrize("smiles", ["CN=[N+]N=[N-]", "CN=[N+]C[N-]", "[NH3+]CC([H-])=O"])
def test_an_odd_drawing_never_becomes_an_impossible_parent(smiles: str) -> None:
    parent = standardise(parse(smiles).mol).parent
    assert not Chem.DetectChemistryProblems(parent)
    assert Chem.MolFromSmiles(Chem.MolToSmiles(parent)) is not None


def test_what_cannot_be_settled_is_refused() -> None:
    with pytest.raises(UnreadableStructure, match="oddly"):
        standardise(parse("CC(=O)[O-]:[Na+]").mol)


def test_isotopes_are_a_fact_of_the_finding() -> None:
    done = standardise(parse("[2H]C([2H])([2H])NC(C)C(=O)c1cccc(C)c1").mol)
    assert done.isotopes
    assert [note.code for note in done.notes] == ["isotope_kept_as_fact"]
    assert "3 atoms" in done.notes[0].message


def test_a_drawing_that_needs_nothing_gets_no_note() -> None:
    done = standardise(parse("CCN(CC)CCn1c(Cc2ccc(OCC)cc2)nc2cc([N+](=O)[O-])ccc12").mol)
    assert done.notes == ()
    assert not done.isotopes


def test_a_mixture_is_refused_and_named_as_one() -> None:
    with pytest.raises(UnreadableStructure, match=r"mixture of 2 substances .*C10H15N.*C9H13N"):
        standardise(parse("CC(N)Cc1ccccc1.CNC(C)Cc1ccccc1").mol)


def test_two_enantiomers_side_by_side_are_no_substance() -> None:
    with pytest.raises(UnreadableStructure, match="stereoisomers"):
        standardise(parse("C[C@H](O)F.C[C@@H](O)F").mol)


def test_a_small_neutral_drug_beside_a_large_one_is_not_dropped() -> None:
    with pytest.raises(UnreadableStructure, match="mixture"):
        standardise(parse("CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1.CC(N)Cc1ccc(F)cc1").mol)


def test_configurations_and_stereo_groups_stay() -> None:
    parent = standardise(parse("C[C@H]([NH3+])Cc1ccccc1.[Cl-] |&1:1|").mol).parent
    assert "@" in Chem.MolToSmiles(parent)
    assert len(parent.GetStereoGroups()) == 1


def test_the_hindered_bond_of_a_molfile_is_not_kept_and_that_is_said() -> None:
    mol = parse(HINDERED_MOLFILE).mol
    assert Chem.BondStereo.STEREOATROPCCW in {bond.GetStereo() for bond in mol.GetBonds()}
    done = standardise(mol)
    assert "hindered_rotation_dropped" in [note.code for note in done.notes]
    assert Chem.MolToSmiles(done.parent) == canonical("Cc1cccc(I)c1-c1c(C)cccc1Br")


def test_the_steps_stand_in_an_order_that_matters() -> None:
    names = [name for name, _step in STEPS]
    assert names.index("disconnect_metals") < names.index("split_counter_ions") < names.index("neutralise")
    assert names.index("forget_isotopes") < names.index("clean_stereo")
    assert all(step.__name__ == name for name, step in STEPS)


def test_every_table_entry_is_written_in_the_form_it_is_looked_up_in() -> None:
    for smiles in COUNTER_IONS | SOLVENTS:
        assert "@" not in smiles
        assert standardise(Chem.MolFromSmiles(smiles)).notes == ()
    assert set(COUNTER_IONS).isdisjoint(SOLVENTS)
    assert all("/" in smiles for smiles in GEOMETRIC_COUNTER_IONS)


def test_every_normalisation_reads_as_a_reaction() -> None:
    from rdkit.Chem import rdChemReactions

    for name, smirks in TRANSFORMS:
        assert rdChemReactions.ReactionFromSmarts(smirks) is not None, name


@given(anything, seeds)
@settings(max_examples=150, deadline=None)
def test_standardising_twice_changes_nothing(smiles: str, seed: int) -> None:
    mol = parse(rewritten(parse(smiles).mol, seed)).mol
    once = standardise(mol).parent
    again = standardise(once)
    assert again.notes == ()
    assert Chem.MolToSmiles(again.parent) == Chem.MolToSmiles(once)


@given(anything, seeds)
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_atoms_does_not_matter(smiles: str, seed: int) -> None:
    expected = standardise(parse(smiles).mol)
    done = standardise(parse(rewritten(parse(smiles).mol, seed)).mol)
    assert Chem.MolToSmiles(done.parent) == Chem.MolToSmiles(expected.parent)
    assert (done.counter_ions, done.solvents) == (expected.counter_ions, expected.solvents)

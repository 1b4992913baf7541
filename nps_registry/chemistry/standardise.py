"""From a drawing to the parent: small named steps in one order, each with a note when it changed something.

The parent is the neutral structure without counter-ions, solvents and isotope labels. What is
taken away is a fact of the finding and stays in the notes; nothing is corrected in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

from nps_registry.chemistry.cages import forget_caged_centres
from nps_registry.chemistry.fragments import split_counter_ions, split_solvents
from nps_registry.chemistry.normalisations import TRANSFORMS
from nps_registry.chemistry.notes import Note
from nps_registry.chemistry.probes import probes
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _

__all__ = ["STEPS", "Note", "Standardised", "Step", "standardise"]

_TETRAHEDRAL = (Chem.ChiralType.CHI_TETRAHEDRAL_CW, Chem.ChiralType.CHI_TETRAHEDRAL_CCW)

Step = Callable[[Chem.Mol], tuple[Chem.Mol, Note | None]]


@dataclass(frozen=True, slots=True)
class Standardised:
    """A parent structure and what was done to reach it.

    Attributes:
        parent: the neutral parent; its stereochemistry and stereo groups are as drawn.
        notes: one per step that changed something, in the order of the steps.
        counter_ions: names of what was taken away as salt, one per ion ("hydrochloride").
        solvents: names of what was taken away as solvate, one per molecule ("water").
        isotopes: whether the drawing carried isotope labels.
    """

    parent: Chem.Mol
    notes: tuple[Note, ...] = ()
    counter_ions: tuple[str, ...] = ()
    solvents: tuple[str, ...] = ()
    isotopes: bool = False


def standardise(mol: Chem.Mol) -> Standardised:
    """The parent of *mol*. Applying it again to the parent changes nothing.

    Raises:
        UnreadableStructure: *mol* is a mixture of several substances, or too oddly drawn to be settled.
    """
    notes: list[Note] = []
    try:
        with captured_log():
            for _name, step in STEPS:
                mol, note = step(mol)
                notes += [note] if note else []
    except Chem.MolSanitizeException:
        raise UnreadableStructure(
            _("The structure is drawn so oddly that its neutral form cannot be found; check charges and bonds.")
        ) from None
    removed = {note.code: note.removed for note in notes}
    return Standardised(
        parent=mol,
        notes=tuple(notes),
        counter_ions=removed.get("counter_ion_removed", ()),
        solvents=removed.get("solvent_removed", ()),
        isotopes="isotope_kept_as_fact" in removed,
    )


@lru_cache(maxsize=1)
def _tools() -> tuple[rdMolStandardize.Normalizer, rdMolStandardize.MetalDisconnector, rdMolStandardize.Uncharger]:
    """RDKit's tools, built at first use: building them costs more than any one structure."""
    rdBase.DisableLog("rdApp.info")
    table = "\n".join(f"{name}\t{smirks}" for name, smirks in TRANSFORMS)
    normaliser = rdMolStandardize.NormalizerFromData(table, rdMolStandardize.CleanupParameters())
    return normaliser, rdMolStandardize.MetalDisconnector(), rdMolStandardize.Uncharger(True)


def forget_isotopes(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Take isotope labels off; a labelled compound is a form of its parent."""
    labelled = [index for (index,) in mol.GetSubstructMatches(probes().isotope)]
    if not labelled:
        return mol, None
    plain = Chem.RWMol(mol)
    for index in labelled:
        plain.GetAtomWithIdx(index).SetIsotope(0)
    message = _("The isotope labels of {count} atoms are a fact of this finding; the substance is the unlabelled one.")
    return Chem.RemoveHs(plain), Note("isotope_kept_as_fact", message.format(count=len(labelled)))


def fold_hydrogens(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Fold drawn hydrogen atoms into their heavy atoms; nothing to tell, as no fact is lost."""
    if mol.HasSubstructMatch(probes().hydrogen):
        return Chem.RemoveHs(mol), None
    return mol, None


def disconnect_metals(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Draw a salt's metal as an ion instead of bonded (``[Na]OC`` becomes ``[Na+].[O-]C``)."""
    if not mol.HasSubstructMatch(probes().bonded_metal):
        return mol, None
    disconnected = _tools()[1].Disconnect(mol)
    return disconnected, Note("metal_disconnected", _("A bond to a metal was read as a salt of that metal."))


def normalise_groups(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Draw nitro, azide, N-oxide, sulfone and the like in their one usual form."""
    if not _has_unusual_charge(mol):
        return mol, None
    before = Chem.MolToSmiles(mol)
    normal = _tools()[0].normalize(mol)
    if Chem.MolToSmiles(normal) == before or not _is_possible(normal):
        return mol, None
    return normal, Note(
        "group_normalised", _("A functional group was redrawn in its usual form, with the same meaning.")
    )


def _has_unusual_charge(mol: Chem.Mol) -> bool:
    """Whether a charge stands outside the settled pairs N+–O- (nitro, N-oxide) and N+=N- (azide)."""
    for (index,) in mol.GetSubstructMatches(probes().charge):
        atom = mol.GetAtomWithIdx(index)
        opposite = -atom.GetFormalCharge()
        if not any(
            neighbour.GetFormalCharge() == opposite and _is_settled_pair(atom, neighbour)
            for neighbour in atom.GetNeighbors()
        ):
            return True
    return False


def _is_settled_pair(one: Chem.Atom, other: Chem.Atom) -> bool:
    positive, negative = (one, other) if one.GetFormalCharge() > 0 else (other, one)
    return (
        positive.GetAtomicNum() == 7
        and positive.GetFormalCharge() == 1
        and (negative.GetAtomicNum() == 8 or (negative.GetAtomicNum() == 7 and negative.GetDegree() == 1))
    )


def neutralise(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Give and take protons until no charge is left that a proton can settle; quaternary nitrogen stays."""
    if not _has_unusual_charge(mol):
        return mol, None
    before = _charges(mol)
    neutral = _tools()[2].uncharge(mol)
    if _charges(neutral) == before or not _is_possible(neutral):
        return mol, None
    return neutral, Note("neutralised", _("Charges were settled by protons; the substance is the neutral form."))


def _is_possible(changed: Chem.Mol) -> bool:
    """Whether a redrawn structure keeps the rules of valence; one drawn oddly enough may not."""
    return not Chem.DetectChemistryProblems(changed)


def _charges(mol: Chem.Mol) -> list[int]:
    return [atom.GetFormalCharge() for atom in mol.GetAtoms()]


def clean_stereo(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Drop configurations drawn where none is possible, and those of hindered single bonds, which no InChI has."""
    note = None
    hindered = _hindered_bonds(mol)
    if hindered:
        mol = Chem.RWMol(mol)
        for index in hindered:
            mol.GetBondWithIdx(index).SetStereo(Chem.BondStereo.STEREONONE)
        note = Note("hindered_rotation_dropped", _("The configuration about a hindered single bond is not kept."))
    if not _has_configuration(mol):
        return mol, note
    cleaned = Chem.Mol(mol)
    for (index,) in cleaned.GetSubstructMatches(probes().configured_atom):
        atom = cleaned.GetAtomWithIdx(index)
        if atom.GetChiralTag() not in _TETRAHEDRAL:  # octahedral and the like: no InChI has them
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    Chem.AssignStereochemistry(cleaned, cleanIt=True, force=True)
    return forget_caged_centres(cleaned), note


def forget_layout(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Drop the coordinates of a molfile once its configurations are read, so that crowded atoms cannot blur them."""
    if not mol.GetNumConformers():
        return mol, None
    bare = Chem.Mol(mol)
    bare.RemoveAllConformers()
    return bare, None


def _hindered_bonds(mol: Chem.Mol) -> list[int]:
    if not mol.GetNumConformers():  # only wedges of a molfile can draw one
        return []
    kinds = (Chem.BondStereo.STEREOATROPCW, Chem.BondStereo.STEREOATROPCCW)
    return [bond.GetIdx() for bond in mol.GetBonds() if bond.GetStereo() in kinds]


def _has_configuration(mol: Chem.Mol) -> bool:
    if mol.HasSubstructMatch(probes().configured_atom):
        return True
    pairs = mol.GetSubstructMatches(probes().inner_double_bond)
    return any(mol.GetBondBetweenAtoms(*pair).GetStereo() != Chem.BondStereo.STEREONONE for pair in pairs)


STEPS: tuple[tuple[str, Step], ...] = (
    ("fold_hydrogens", fold_hydrogens),
    ("disconnect_metals", disconnect_metals),
    ("normalise_groups", normalise_groups),
    ("split_solvents", split_solvents),
    ("split_counter_ions", split_counter_ions),
    ("neutralise", neutralise),
    ("forget_isotopes", forget_isotopes),
    ("clean_stereo", clean_stereo),
    ("forget_layout", forget_layout),
)

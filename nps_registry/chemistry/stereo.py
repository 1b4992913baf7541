"""What a drawing and a statement together say of stereochemistry, and the one InChI and SMILES for it.

Enhanced stereochemistry (``&`` both, ``o`` one of both) is read from the stereo groups of the drawing.
RDKit gives a racemate the InChI of the enantiomer that happened to be drawn; here the pair is built
and the smaller InChI taken.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rdkit import Chem

from nps_registry.chemistry.cages import is_settled_by_cages
from nps_registry.chemistry.inchi import Inchi, write_inchi
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.substance import Stereo

_MARKS = {Stereo.RACEMIC: "&", Stereo.RELATIVE: "o", Stereo.MIXTURE: "&"}
_LIMIT_MIXED_CENTRES = 5


@dataclass(frozen=True, slots=True)
class Configured:
    """A structure with its stereochemistry settled.

    Attributes:
        stereo: what is stated.
        inchi: the InChI that stands for it.
        smiles: canonical SMILES, with the stereo group as CXSMILES where there is one.
    """

    stereo: Stereo
    inchi: Inchi
    smiles: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A stereo group of the drawing; *both* tells ``&`` from ``o``."""

    atoms: frozenset[int]
    both: bool


def settle_stereo(parent: Chem.Mol, stated: Stereo | None = None) -> Configured:
    """The stereochemistry of *parent* as drawn, sharpened by *stated* where the drawing leaves room.

    Raises:
        UnreadableStructure: *stated* contradicts the drawing, or the stereo groups describe a
            mixture that is no one substance.
    """
    groups = _read_groups(parent)
    plain = _without_groups(parent) if parent.GetStereoGroups() else parent
    inchi = _write_inchi(plain)
    if groups:
        drawn = _settle_groups(plain, inchi, groups)
        if stated is not None and stated is not drawn.stereo:
            raise _contradiction(stated, drawn.stereo)
        return drawn
    drawn = Configured(_derive(inchi), inchi, str(Chem.MolToSmiles(plain)))
    return drawn if stated is None or stated is drawn.stereo else _settle_statement(plain, drawn, stated)


def _derive(inchi: Inchi) -> Stereo:
    if inchi.is_open:
        return Stereo.UNDEFINED
    return Stereo.ABSOLUTE if inchi.is_chiral else Stereo.ACHIRAL


def _write_inchi(plain: Chem.Mol) -> Inchi:
    """The InChI of *plain*, which is not open where only centres in cages are: those could not be otherwise."""
    inchi = write_inchi(plain)
    return replace(inchi, is_open=False) if inchi.is_open and is_settled_by_cages(plain) else inchi


def _contradiction(stated: Stereo, drawn: Stereo) -> UnreadableStructure:
    sentences = {
        Stereo.ACHIRAL: _("it is the same as its mirror image and nothing is left open"),
        Stereo.ABSOLUTE: _("every configuration is drawn"),
        Stereo.RACEMIC: _("a racemate is drawn"),
        Stereo.RELATIVE: _("a relative configuration is drawn"),
        Stereo.MIXTURE: _("a mixture of stereoisomers is drawn"),
        Stereo.UNDEFINED: _("at least one configuration is not drawn"),
    }
    return UnreadableStructure(
        _("The stereochemistry is stated as “{stated}”, but {drawn}; correct one of the two.").format(
            stated=stated.value, drawn=sentences[drawn]
        )
    )


def _settle_statement(plain: Chem.Mol, drawn: Configured, stated: Stereo) -> Configured:
    if stated in (Stereo.RACEMIC, Stereo.RELATIVE):
        if drawn.stereo is Stereo.ABSOLUTE:
            return _settle_pair(plain, drawn.inchi, stated)
        if drawn.stereo is Stereo.UNDEFINED:
            return _settle_one_open_centre(plain, stated)
    if stated is Stereo.MIXTURE and drawn.stereo is Stereo.UNDEFINED:
        return Configured(Stereo.MIXTURE, drawn.inchi, drawn.smiles)
    if stated is Stereo.ABSOLUTE and drawn.stereo is Stereo.ACHIRAL and _has_stereo_layer(drawn.inchi):
        return drawn
    raise _contradiction(stated, drawn.stereo)


def _has_stereo_layer(inchi: Inchi) -> bool:
    return "/t" in inchi.text or "/b" in inchi.text


def _settle_pair(plain: Chem.Mol, inchi: Inchi, stereo: Stereo) -> Configured:
    """The enantiomer pair of the fully configured *plain*, under the smaller of the two InChIs."""
    mirror = _inverted(plain, _centres(plain))
    mirror_inchi = _write_inchi(mirror)
    chosen, chosen_inchi = min(((plain, inchi), (mirror, mirror_inchi)), key=lambda member: member[1].text)
    return Configured(stereo, chosen_inchi, _write_grouped(chosen, [_centres(chosen)], _MARKS[stereo]))


def _settle_one_open_centre(plain: Chem.Mol, stereo: Stereo) -> Configured:
    """A flat drawing stated as a racemate: clear where one centre is open and nothing else is.

    Raises:
        UnreadableStructure: more is open than one centre, so that the statement does not say which pair is meant.
    """
    open_centres = [
        element.centeredOn
        for element in Chem.FindPotentialStereo(plain)
        if element.type == Chem.StereoType.Atom_Tetrahedral and element.specified == Chem.StereoSpecified.Unspecified
    ]
    if len(open_centres) == 1 and not _centres(plain):
        given = Chem.RWMol(plain)
        given.GetAtomWithIdx(open_centres[0]).SetChiralTag(Chem.ChiralType.CHI_TETRAHEDRAL_CW)
        Chem.AssignStereochemistry(given, cleanIt=False, force=True)
        inchi = _write_inchi(given)
        if inchi.is_chiral and not inchi.is_open:
            return _settle_pair(given, inchi, stereo)
    raise UnreadableStructure(
        _(
            "The stereochemistry is stated as “{stated}”, but several configurations are not drawn; draw them relative "
            "to each other."
        ).format(stated=stereo.value)
    )


def _settle_groups(plain: Chem.Mol, inchi: Inchi, groups: Sequence[_Group]) -> Configured:
    if not inchi.is_open and not inchi.is_chiral:
        return Configured(Stereo.ACHIRAL, inchi, str(Chem.MolToSmiles(plain)))
    if len(groups) == 1 and groups[0].atoms == _centres(plain) and not inchi.is_open:
        return _settle_pair(plain, inchi, Stereo.RACEMIC if groups[0].both else Stereo.RELATIVE)
    if any(len(group.atoms) > 1 for group in groups) or len(groups) > _LIMIT_MIXED_CENTRES:
        raise UnreadableStructure(
            _("The stereo groups draw a mixture of diastereomers; report each of them as a detection of its own.")
        )
    return _settle_separate_centres(plain, inchi, groups)


def _settle_separate_centres(plain: Chem.Mol, inchi: Inchi, groups: Sequence[_Group]) -> Configured:
    """Centres grouped one by one: each counts as open, and where all are ``&`` it is a mixture."""
    atoms = [next(iter(group.atoms)) for group in groups]
    cleared = _cleared(plain, atoms)
    cleared_inchi = _write_inchi(cleared)
    if inchi.is_open or not all(group.both for group in groups):
        return Configured(Stereo.UNDEFINED, cleared_inchi, str(Chem.MolToSmiles(cleared)))
    members = [
        _inverted(plain, chosen) for count in range(len(atoms) + 1) for chosen in itertools.combinations(atoms, count)
    ]
    first = min(members, key=lambda member: _write_inchi(member).text)
    smiles = _write_grouped(first, [frozenset({atom}) for atom in atoms], _MARKS[Stereo.MIXTURE])
    return Configured(Stereo.MIXTURE, cleared_inchi, smiles)


def _read_groups(mol: Chem.Mol) -> list[_Group]:
    return [
        _Group(frozenset(atom.GetIdx() for atom in group.GetAtoms()), group.GetGroupType() == Chem.STEREO_AND)
        for group in mol.GetStereoGroups()
        if group.GetGroupType() != Chem.STEREO_ABSOLUTE
    ]


def _without_groups(mol: Chem.Mol) -> Chem.Mol:
    plain = Chem.RWMol(mol)
    plain.SetStereoGroups([])
    return plain.GetMol()


def _centres(mol: Chem.Mol) -> frozenset[int]:
    return frozenset(atom.GetIdx() for atom in mol.GetAtoms() if atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED)


def _inverted(mol: Chem.Mol, atoms: Iterable[int]) -> Chem.Mol:
    turned = Chem.RWMol(mol)
    for index in atoms:
        turned.GetAtomWithIdx(index).InvertChirality()
    Chem.AssignStereochemistry(turned, cleanIt=False, force=True)
    return turned.GetMol()


def _cleared(mol: Chem.Mol, atoms: Iterable[int]) -> Chem.Mol:
    flat = Chem.RWMol(mol)
    for index in atoms:
        flat.GetAtomWithIdx(index).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    Chem.AssignStereochemistry(flat, cleanIt=True, force=True)
    return flat.GetMol()


def _write_grouped(mol: Chem.Mol, groups: Sequence[frozenset[int]], mark: str) -> str:
    """Canonical SMILES of *mol* with *groups* numbered in the order in which the SMILES meets them."""
    smiles = Chem.MolToSmiles(mol)
    order = ast.literal_eval(mol.GetProp("_smilesAtomOutputOrder"))
    place = {atom: position for position, atom in enumerate(order)}
    written = sorted(sorted(place[atom] for atom in group) for group in groups)
    parts = (f"{mark}{number}:{','.join(map(str, atoms))}" for number, atoms in enumerate(written, start=1))
    return f"{smiles} |{','.join(parts)}|"

"""What is chemically wrong with a drawing that is well written, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from rdkit import Chem

from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

ELEMENT_NAMES = {
    1: mark("hydrogen"),
    3: mark("lithium"),
    5: mark("boron"),
    6: mark("carbon"),
    7: mark("nitrogen"),
    8: mark("oxygen"),
    9: mark("fluorine"),
    11: mark("sodium"),
    12: mark("magnesium"),
    14: mark("silicon"),
    15: mark("phosphorus"),
    16: mark("sulfur"),
    17: mark("chlorine"),
    19: mark("potassium"),
    20: mark("calcium"),
    34: mark("selenium"),
    35: mark("bromine"),
    53: mark("iodine"),
}
_VALENCE = re.compile(r"atom # (\d+) \w+, (\d+),")
_PLACE_PHRASES = {
    Notation.SMILES: mark("at position {place}"),
    Notation.MOLFILE: mark("on line {place}"),
    Notation.INCHI: mark("numbered {place}"),
}
_POLYMER_GROUPS = frozenset({"SRU", "MON", "MER", "COP", "CRO", "MOD", "GRA", "ANY"})


def describe_fault(
    unchecked: Chem.Mol, place: Callable[[int], int | None], notation: Notation = Notation.SMILES
) -> UnreadableStructure:
    """The refusal for *unchecked*, a molecule that was parsed but breaks a rule of valence or aromaticity.

    Args:
        unchecked: the molecule, not sanitised.
        place: the position (SMILES), line (molfile) or number (InChI) of an atom, 1-based, by RDKit's index.
        notation: how the structure was written.
    """
    with captured_log():
        problems = list(Chem.DetectChemistryProblems(unchecked))
    for problem in problems:
        found = _VALENCE.search(problem.Message())
        if found:
            return _valence_fault(unchecked, int(found[1]), int(found[2]), place, notation)
    for problem in problems:
        if problem.GetType() == "KekulizeException":
            return _ring_fault([place(index) for index in problem.GetAtomIndices()], notation)
        if problem.GetType() == "AtomKekulizeException":
            return _outside_ring_fault(place(problem.GetAtomIdx()), notation)
    return UnreadableStructure(_("The structure is well written but chemically impossible; check it in an editor."))


def _refusal(detail: str, where: int | None, notation: Notation) -> UnreadableStructure:
    return UnreadableStructure(
        detail,
        position=where if notation is Notation.SMILES else None,
        line=where if notation is Notation.MOLFILE else None,
    )


def _place_phrase(where: int | str | None, notation: Notation) -> str:
    return _(_PLACE_PHRASES[notation]).format(place="?" if where is None else where)


def element_name(atomic_number: int) -> str:
    """The element's English name where drug chemistry meets it often, else its symbol."""
    name = ELEMENT_NAMES.get(atomic_number)
    return _(name) if name else str(Chem.GetPeriodicTable().GetElementSymbol(atomic_number))


def _valence_fault(
    mol: Chem.Mol, index: int, bonds: int, place: Callable[[int], int | None], notation: Notation
) -> UnreadableStructure:
    where = place(index)
    atom = mol.GetAtomWithIdx(index)
    detail = _("The {element} {where} has {bonds} bonds, which is more than it can have; check its bonds and charge.")
    return _refusal(
        detail.format(element=element_name(atom.GetAtomicNum()), where=_place_phrase(where, notation), bonds=bonds),
        where,
        notation,
    )


def _ring_fault(places: list[int | None], notation: Notation) -> UnreadableStructure:
    known = sorted(where for where in places if where is not None)
    phrase = _place_phrase(", ".join(str(where) for where in known), notation)
    detail = _(
        "The aromatic atoms {where} cannot be given alternating bonds; perhaps a hydrogen such as [nH] is missing."
    )
    return _refusal(detail.format(where=phrase), known[0] if known else None, notation)


def _outside_ring_fault(where: int | None, notation: Notation) -> UnreadableStructure:
    detail = _("The atom {where} is written as aromatic but stands in no ring; write it with a capital letter.")
    return _refusal(detail.format(where=_place_phrase(where, notation)), where, notation)


def require_one_definite_substance(mol: Chem.Mol, place: Callable[[int], int | None], notation: Notation) -> None:
    """Refuse placeholders, query features and repeating units.

    Raises:
        UnreadableStructure: *mol* is empty, or stands for more than one structure.
    """
    if mol.GetNumAtoms() == 0:
        raise UnreadableStructure(_("The structure has no atoms."))
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0 or atom.HasQuery():
            where = place(atom.GetIdx())
            detail = _("The atom {where} is a placeholder (R group, * or list); draw the whole structure.")
            raise _refusal(detail.format(where=_place_phrase(where, notation)), where, notation)
    for bond in mol.GetBonds():
        if bond.HasQuery() or bond.GetBondType() == Chem.BondType.ZERO:
            where = place(bond.GetBeginAtomIdx())
            detail = _("A bond of the atom {where} is of no definite kind; draw it as single, double or triple.")
            raise _refusal(detail.format(where=_place_phrase(where, notation)), where, notation)
    for group in Chem.GetMolSubstanceGroups(mol):
        if group.HasProp("TYPE") and group.GetProp("TYPE") in _POLYMER_GROUPS:
            raise UnreadableStructure(_("The structure has a repeating unit (a polymer); draw one definite substance."))

"""Taking a substance's counter-ions and solvents away, and refusing a mixture of substances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem.MolStandardize import rdMolStandardize

from nps_registry.chemistry.counter_ions import COUNTER_IONS, GEOMETRIC_COUNTER_IONS, HALIDES, SOLVENTS
from nps_registry.chemistry.masses import hill_formula
from nps_registry.chemistry.notes import Note
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _


@dataclass(frozen=True, slots=True)
class _Fragment:
    """One part of a drawing: as drawn, and flat, neutral and unlabelled for the tables."""

    mol: Chem.Mol
    smiles: str
    flat: str
    is_quaternary: bool = False

    @property
    def charge(self) -> int:
        return int(Chem.GetFormalCharge(self.mol))

    @property
    def is_organic(self) -> bool:
        return any(atom.GetAtomicNum() == 6 for atom in self.mol.GetAtoms())


@lru_cache(maxsize=1)
def _uncharger() -> rdMolStandardize.Uncharger:
    return rdMolStandardize.Uncharger(True)


@lru_cache(maxsize=1)
def _solvent_names() -> dict[str, str]:
    return {_canonical(smiles): name for smiles, name in SOLVENTS.items()}


@lru_cache(maxsize=1)
def _counter_ion_names() -> dict[str, str]:
    tables = COUNTER_IONS | GEOMETRIC_COUNTER_IONS
    return {_canonical(smiles): name for smiles, name in tables.items()}


def _canonical(smiles: str) -> str:
    return str(Chem.MolToSmiles(Chem.MolFromSmiles(smiles)))


def split_solvents(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Take known solvents away where something else is drawn beside them."""
    parts = _parts(mol)
    kept = [part for part in parts if part.flat not in _solvent_names()]
    if not kept or len(kept) == len(parts):
        return mol, None
    names = tuple(sorted(_solvent_names()[part.flat] for part in parts if part.flat in _solvent_names()))
    message = _("Solvent was taken off as a fact of this finding: {names}.").format(names=_listed(names))
    return _joined(kept), Note("solvent_removed", message, names)


def split_counter_ions(mol: Chem.Mol) -> tuple[Chem.Mol, Note | None]:
    """Keep the one substance of a salt and name what it is a salt with.

    Raises:
        UnreadableStructure: two or more different substances are drawn.
    """
    parts = _parts(mol)
    if len(parts) < 2:
        return mol, None
    candidates = _candidates(parts)
    if not candidates:
        return mol, None
    parent = _one_of(candidates)
    others = [part for part in parts if part.smiles != parent.smiles]
    names = tuple(sorted(_counter_ion_name(part, parent) for part in others))
    if not names:
        message = _("The same structure is drawn {count} times; it is read once.").format(count=len(parts))
        return parent.mol, Note("repetition_removed", message)
    message = _("Counter-ions were taken off as a fact of this finding: {names}.").format(names=_listed(names))
    return parent.mol, Note("counter_ion_removed", message, names)


def _parts(mol: Chem.Mol) -> list[_Fragment]:
    if len(Chem.GetMolFrags(mol)) == 1:
        return [_Fragment(mol, "", "")]
    return [_describe(part) for part in Chem.GetMolFrags(mol, asMols=True)]


def _describe(part: Chem.Mol) -> _Fragment:
    neutral = Chem.RWMol(_uncharger().uncharge(part))
    for atom in neutral.GetAtoms():
        atom.SetIsotope(0)
    plain = Chem.RemoveHs(neutral) if neutral.GetNumAtoms() > 1 else neutral
    flat = Chem.MolToSmiles(plain, isomericSmiles=False)
    return _Fragment(part, Chem.MolToSmiles(plain), flat, is_quaternary=Chem.GetFormalCharge(plain) > 0)


def _candidates(parts: Iterable[_Fragment]) -> list[_Fragment]:
    """The parts that may be the substance: organic and no known counter-ion, else any organic part."""
    organic = [part for part in parts if part.is_organic]
    return [part for part in organic if part.flat not in _counter_ion_names()] or organic


def _one_of(candidates: list[_Fragment]) -> _Fragment:
    """The one substance among *candidates*, as the neutral one where it is drawn both neutral and charged."""
    different = {part.smiles for part in candidates}
    if len(different) > 1:
        ordered = sorted(candidates, key=lambda part: (-part.mol.GetNumHeavyAtoms(), part.smiles))
        unnamed = _unnamed_counter_ions(ordered)
        if unnamed is None:
            raise _mixture(ordered)
        return ordered[0]
    return min(candidates, key=lambda part: (abs(part.charge), part.charge))


def _unnamed_counter_ions(ordered: list[_Fragment]) -> list[_Fragment] | None:
    """The other parts, where each is drawn as an ion of the opposite charge and is clearly the smaller; else None."""
    largest = ordered[0]
    others = [part for part in ordered if part.smiles != largest.smiles]
    limit = largest.mol.GetNumHeavyAtoms() * 2 // 3
    plausible = largest.charge and all(
        part.charge * largest.charge < 0 and part.mol.GetNumHeavyAtoms() <= limit for part in others
    )
    return others if plausible else None


def _mixture(parts: list[_Fragment]) -> UnreadableStructure:
    formulae = sorted({part.flat: hill_formula(part.mol) for part in parts}.values())
    if len({part.flat for part in parts}) == 1:
        return UnreadableStructure(
            _("Several stereoisomers are drawn side by side; draw one and mark a racemate as |&1:…| or state it.")
        )
    return UnreadableStructure(
        _("This is a mixture of {count} substances ({formulae}); report each as a detection of its own.").format(
            count=len(formulae), formulae=_listed(formulae)
        )
    )


def _counter_ion_name(part: _Fragment, parent: _Fragment) -> str:
    if parent.is_quaternary and part.flat in HALIDES:
        return HALIDES[part.flat]
    names = _counter_ion_names()
    return names.get(part.smiles) or names.get(part.flat) or hill_formula(part.mol)


def _joined(parts: list[_Fragment]) -> Chem.Mol:
    whole = parts[0].mol
    for part in parts[1:]:
        whole = Chem.CombineMols(whole, part.mol)
    return whole


def _listed(names: Iterable[str]) -> str:
    """The *names*, each once with its count, as words in the language in force."""
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return ", ".join(_(name) if count == 1 else f"{count} × {_(name)}" for name, count in counted.items())

"""Fingerprints of many structures of a library, quickly: what cannot be read is left out with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import rdmolops

from nps_registry.chemistry.fingerprints import Recipe, generator
from nps_registry.chemistry.limits import LIMITS
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _

_WRITTEN_HYDROGEN = re.compile(r"\[0*(?:H|#0*1\b)")


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprinted:
    """What became of a sequence of texts.

    Attributes:
        packed: (n, bytes) fingerprints of those that could be read, in order.
        places: (n,) where each stood in the sequence.
        faults: place and reason of every other.
    """

    packed: NDArray[np.uint8]
    places: NDArray[np.int64]
    faults: tuple[tuple[int, str], ...]


def fingerprint_all(texts: Sequence[str], recipe: Recipe, *, standardised: bool = False) -> Fingerprinted:
    """Fingerprint every one of *texts*: SMILES, InChI or molfiles, each drawn as in a library.

    Args:
        texts: one structure each.
        recipe: how fingerprints are made.
        standardised: whether the parent is fingerprinted; otherwise the largest fragment as it is drawn.

    Raises:
        ValueError: *recipe* names no known kind.
    """
    make = generator(recipe)
    rows: list[bytes] = []
    places: list[int] = []
    faults: list[tuple[int, str]] = []
    with rdBase.BlockLogs():
        for place, text in enumerate(texts):
            try:
                mol = _read(text)
                mol = standardise(mol).parent if standardised else _largest_fragment(mol, text)
                rows.append(DataStructs.BitVectToBinaryText(make(mol)))
                places.append(place)
            except UnreadableStructure as refusal:
                faults.append((place, refusal.detail))
            except (RuntimeError, ValueError) as error:  # RDKit's own, on what it reads and then cannot treat
                reason = str(error).strip().splitlines()
                faults.append((place, _("RDKit cannot treat it: {reason}").format(reason=(reason or [""])[0][:200])))
    if recipe.size % 64:
        rows = [row.ljust(recipe.size_bytes, b"\0") for row in rows]
    packed = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), recipe.size_bytes)
    return Fingerprinted(packed, np.array(places, np.int64), tuple(faults))


def _read(text: str) -> Chem.Mol:
    """A structure as a library writes it; the strict reader is asked for the reason where RDKit has none.

    Raises:
        UnreadableStructure: with the reason.
    """
    if "\n" in text:
        mol = Chem.MolFromMolBlock(text) if len(text) <= LIMITS.molfile_bytes else None
    elif text.startswith("InChI="):
        mol = None  # rare, and the strict reader knows more of it
    else:
        mol = _read_smiles(text) if len(text) <= LIMITS.smiles_chars else None
    if mol is None:
        return parse(text).mol
    atoms = mol.GetNumAtoms()
    if atoms == 0:
        raise UnreadableStructure(_("The structure has no atoms."))
    if atoms > LIMITS.atoms:
        raise UnreadableStructure(
            _("The structure has {count} atoms; at most {limit} are read.").format(count=atoms, limit=LIMITS.atoms)
        )
    return mol


def _read_smiles(text: str) -> Chem.Mol | None:
    """*text* with its stereochemistry unexamined: no fingerprint has any, and it costs a sixth of the time."""
    if _WRITTEN_HYDROGEN.search(text):  # one that is an atom of its own is taken away after the reading
        return Chem.MolFromSmiles(text)
    mol: Chem.Mol | None = Chem.MolFromSmiles(text, sanitize=False)
    if mol is not None and Chem.SanitizeMol(mol, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
        return None
    return mol


def _largest_fragment(mol: Chem.Mol, text: str) -> Chem.Mol:
    """The fragment with the most heavy atoms, the first of equals."""
    if "." not in text and "\n" not in text:
        return mol
    fragments = rdmolops.GetMolFrags(mol, asMols=True)
    return max(fragments, key=lambda each: each.GetNumHeavyAtoms()) if len(fragments) > 1 else mol

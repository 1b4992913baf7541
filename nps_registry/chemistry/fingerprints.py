"""Fingerprints as bytes, each with the recipe that made it.

Bit *i* of a fingerprint is bit ``i % 8`` (least significant first) of byte ``i // 8``, so that a
count of set bits over the bytes, or over wider little-endian words, is a count over the fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors

from nps_registry.chemistry.recipes import MORGAN, PATTERN_BITS, RDKIT_VERSION, RECIPES, Recipe

__all__ = [
    "MORGAN",
    "PATTERN_BITS",
    "RDKIT_VERSION",
    "RECIPES",
    "Recipe",
    "fingerprint",
    "pattern_fingerprint",
    "query_fingerprint",
]

_ANY_ATOM = Chem.MolFromSmarts("*").GetAtomWithIdx(0)


def fingerprint(mol: Chem.Mol, recipe: Recipe = MORGAN) -> bytes:
    """The fingerprint of *mol*, ``recipe.size_bytes`` long.

    The circular kinds follow Rogers and Hahn (J. Chem. Inf. Model. 2010, 50, 742); all are without
    chirality, so that stereo variants are neighbours at 1.0.

    Raises:
        ValueError: *recipe* names no known kind.
    """
    return _to_bytes(generator(recipe)(mol), recipe.size)


def pattern_fingerprint(mol: Chem.Mol) -> bytes:
    """RDKit's pattern fingerprint (256 bytes) of a molecule."""
    return _to_bytes(Chem.PatternFingerprint(mol, PATTERN_BITS), PATTERN_BITS)


def query_fingerprint(query: Chem.Mol) -> bytes:
    """What :func:`pattern_fingerprint` of a molecule must have where *query*, a SMARTS, matches: every bit of this.

    RDKit lays an atom whose element is not written first (``[R;n]``, ``[D2&#6]``) down as one without an element,
    which no molecule has; such an atom may be any here.
    """
    safe = Chem.RWMol(query)
    for atom in query.GetAtoms():
        if atom.GetAtomicNum() == 0:
            safe.ReplaceAtom(atom.GetIdx(), _ANY_ATOM)
    safe.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(safe)
    return pattern_fingerprint(safe)


@lru_cache(maxsize=32)
def generator(recipe: Recipe) -> Callable[[Chem.Mol], DataStructs.ExplicitBitVect]:
    """What makes the bit vector of a molecule by *recipe*.

    Raises:
        ValueError: *recipe* names no known kind.
    """
    build = rdFingerprintGenerator
    if recipe.fingerprint == "morgan":
        return build.GetMorganGenerator(radius=recipe.radius, fpSize=recipe.size).GetFingerprint
    if recipe.fingerprint == "feature_morgan":
        features = build.GetMorganFeatureAtomInvGen()
        return build.GetMorganGenerator(
            radius=recipe.radius, fpSize=recipe.size, atomInvariantsGenerator=features
        ).GetFingerprint
    if recipe.fingerprint == "rdkit":
        return build.GetRDKitFPGenerator(fpSize=recipe.size).GetFingerprint
    if recipe.fingerprint == "atom_pair":
        return build.GetAtomPairGenerator(fpSize=recipe.size).GetFingerprint
    if recipe.fingerprint == "topological_torsion":
        return build.GetTopologicalTorsionGenerator(fpSize=recipe.size).GetFingerprint
    if recipe.fingerprint == "maccs":
        return rdMolDescriptors.GetMACCSKeysFingerprint
    raise ValueError(f"no fingerprint is called {recipe.fingerprint!r}")


def _to_bytes(bits: DataStructs.ExplicitBitVect, size: int) -> bytes:
    return bytes(DataStructs.BitVectToBinaryText(bits)).ljust(size // 8, b"\0")

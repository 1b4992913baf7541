"""Fingerprints as bytes, each with the recipe that made it.

Bit *i* of a fingerprint is bit ``i % 8`` (least significant first) of byte ``i // 8``, so that a
count of set bits over the bytes, or over wider little-endian words, is a count over the fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors

RDKIT_VERSION = str(rdBase.rdkitVersion)
MACCS_BITS = 167
PATTERN_BITS = 2048


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a fingerprint is made; two fingerprints compare only when their recipes are equal.

    Attributes:
        fingerprint: kind, a key of :data:`RECIPES`.
        radius: of the circular kinds, in bonds; 0 for the others.
        size: in bits, a multiple of 8.
        rdkit_version: of the RDKit that makes it, since a release may change the bits.
    """

    fingerprint: str = "morgan"
    radius: int = 2
    size: int = 2048
    rdkit_version: str = RDKIT_VERSION

    @property
    def id(self) -> str:
        """The recipe as one text, to store beside the fingerprints."""
        return f"{self.fingerprint}-r{self.radius}-{self.size}-rdkit-{self.rdkit_version}"

    @property
    def size_bytes(self) -> int:
        """The length of each fingerprint in bytes."""
        return self.size // 8


MORGAN = Recipe()
RECIPES: dict[str, Recipe] = {
    "morgan": MORGAN,
    "feature_morgan": replace(MORGAN, fingerprint="feature_morgan"),
    "rdkit": replace(MORGAN, fingerprint="rdkit", radius=0),
    "atom_pair": replace(MORGAN, fingerprint="atom_pair", radius=0),
    "topological_torsion": replace(MORGAN, fingerprint="topological_torsion", radius=0),
    "maccs": replace(MORGAN, fingerprint="maccs", radius=0, size=168),
}


def fingerprint(mol: Chem.Mol, recipe: Recipe = MORGAN) -> bytes:
    """The fingerprint of *mol*, ``recipe.size_bytes`` long.

    The circular kinds follow Rogers and Hahn (J. Chem. Inf. Model. 2010, 50, 742); all are without
    chirality, so that stereo variants are neighbours at 1.0.

    Raises:
        ValueError: *recipe* names no known kind.
    """
    return _to_bytes(generator(recipe)(mol), recipe.size)


def pattern_fingerprint(mol: Chem.Mol) -> bytes:
    """RDKit's pattern fingerprint (256 bytes): where a bit of a query is missing in *mol*, the query cannot match."""
    return _to_bytes(Chem.PatternFingerprint(mol, PATTERN_BITS), PATTERN_BITS)


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

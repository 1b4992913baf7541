"""How fingerprints are made, told apart from the making: a server names its recipe long before it makes one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdkit import rdBase

RDKIT_VERSION = str(rdBase.rdkitVersion)
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

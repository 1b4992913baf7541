"""Structures as the compiler needs them: read once, in standard form, with what they state of stereo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nps_registry.chemistry.reading import read
from nps_registry.vocabulary.substance import Stereo


@dataclass(frozen=True)
class Structure:
    """A standardised structure.

    Attributes:
        mass_da: monoisotopic mass.
    """

    smiles: str
    inchi: str
    inchikey: str
    formula: str
    mass_da: float
    stereo: Stereo

    @cached_property
    def key(self) -> tuple[str, str]:
        """The identity: standard InChI and stated stereo."""
        return self.inchi, self.stereo.value

    @property
    def skeleton(self) -> str:
        """First block of the InChIKey."""
        return self.inchikey[:14]

    @property
    def is_flat(self) -> bool:
        """Whether the InChI has no stereo layer at all."""
        return not any(layer[:1] in "tbms" for layer in self.inchi.split("/")[2:])

    @property
    def curation_key(self) -> str:
        """How curated files name this structure."""
        return f"{self.inchikey}/racemic" if self.stereo is Stereo.RACEMIC else self.inchikey


def read_structure(text: str, stated: Stereo | None = None) -> Structure:
    """Parse, standardise and identify *text*.

    Raises:
        UnreadableStructure: if it cannot be read.
    """
    identity = read(text, stated).identity
    return Structure(
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        formula=identity.formula,
        mass_da=round(identity.mass_da, 4),
        stereo=identity.stereo,
    )

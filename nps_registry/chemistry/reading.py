"""A structure read to its end: drawn, standardised, identified."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.chemistry.identity import Identity, identify
from nps_registry.chemistry.notes import Note
from nps_registry.chemistry.standardise import Standardised, standardise
from nps_registry.chemistry.structure import LIMITS, Drawn, Limits, parse
from nps_registry.vocabulary.substance import Stereo


@dataclass(frozen=True, slots=True)
class Reading:
    """What a given structure is, and how that was found.

    Attributes:
        drawn: the structure as it was given.
        standardised: its parent, and what was taken away or redrawn.
        identity: which substance it is.
    """

    drawn: Drawn
    standardised: Standardised
    identity: Identity

    @property
    def notes(self) -> tuple[Note, ...]:
        """Every change made on the way, in order."""
        return self.standardised.notes


def read(text: str, stated: Stereo | None = None, *, limits: Limits = LIMITS) -> Reading:
    """Parse, standardise and identify the structure *text*.

    Args:
        text: a SMILES, an InChI or a molfile.
        stated: what is said of its stereochemistry beside the drawing.
        limits: sizes beyond which nothing is read.

    Raises:
        UnreadableStructure: the text cannot be read, draws a mixture, or contradicts *stated*.
    """
    drawn = parse(text, limits=limits)
    standardised = standardise(drawn.mol)
    return Reading(drawn, standardised, identify(standardised.parent, stated))

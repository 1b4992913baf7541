"""Why a hit is one: what it shares with the structure asked, what differs, and where the score comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nps_registry.chemistry.compare import Difference, difference
from nps_registry.chemistry.depict import draw_pair
from nps_registry.chemistry.fingerprints import RECIPES, Recipe, fingerprint
from nps_registry.chemistry.notes import Note
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.stored import restore, write_smiles
from nps_registry.chemistry.structure import parse
from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.search.questions import ExplanationQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot


@dataclass(frozen=True, slots=True)
class SharedBits:
    """Bits of two fingerprints: in both, in that of the structure asked, in that of the substance."""

    common: int
    asked: int
    found: int

    @property
    def tanimoto(self) -> float:
        """The bits in both over those in either, 0 to 1."""
        either = self.asked + self.found - self.common
        return self.common / either if either else 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """One structure beside one substance.

    Attributes:
        question: what was asked.
        notes: what was done to the structure before it was compared.
        recipe: how both became bits.
        entry: the substance.
        smiles: the structure as it was compared; the atoms of *difference* are numbered in its order.
        bits: where the score comes from.
        difference: the atoms in common, and what differs in one sentence about the substance.
        limit_s: seconds that the search for the common part might take.
        asked_svg, found_svg: both drawn, the common part laid out alike and marked, and so is what differs.
    """

    question: ExplanationQuestion
    notes: tuple[Note, ...]
    recipe: Recipe
    entry: Entry
    smiles: str
    bits: SharedBits
    difference: Difference
    limit_s: float
    asked_svg: str
    found_svg: str

    @property
    def asked_atoms(self) -> Sequence[int]:
        """Atoms of the structure asked that the substance has too."""
        return self.difference.other_atoms

    @property
    def found_atoms(self) -> Sequence[int]:
        """The corresponding atoms of the substance, in the same order."""
        return self.difference.query_atoms


def explain(
    snapshot: Snapshot, question: ExplanationQuestion, limit_s: float, visible: frozenset[int] = NOBODY
) -> Explanation:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    When *limit_s* ends the search for the common part, the largest found until then is shown and says so.

    Raises:
        UnreadableStructure: the structure cannot be read.
        NotFound: there is no such substance, or none that the asker may see, or it has no structure.
    """
    standardised = standardise(parse(question.structure).mol)
    entry = _find_entry(snapshot, question.accession, visible)
    smiles = write_smiles(standardised.parent, stereo=True)
    asked, found = restore(smiles), restore(entry.row.smiles or "")
    recipe = RECIPES[question.fingerprint.value]
    compared = difference(found, asked, limit_s=limit_s)
    told = _("The structure asked"), entry.name
    asked_svg, found_svg = draw_pair(asked, found, compared.other_atoms, compared.query_atoms, told)
    return Explanation(
        question,
        standardised.notes,
        recipe,
        entry,
        smiles,
        _share_bits(fingerprint(asked, recipe), fingerprint(found, recipe)),
        compared,
        limit_s,
        asked_svg,
        found_svg,
    )


def _find_entry(snapshot: Snapshot, accession: str, visible: frozenset[int]) -> Entry:
    position = snapshot.by_accession.get(accession.strip().upper())
    if position is None or not snapshot.visible(visible)[position]:
        sentence = _("There is no substance with the accession “%(accession)s”.")
        raise NotFound(sentence % {"accession": accession[:40]})
    entry = snapshot.entries[position]
    if not entry.row.smiles:
        raise NotFound(_("%(accession)s has no structure of its own.") % {"accession": entry.accession})
    return entry


def _share_bits(asked: bytes, found: bytes) -> SharedBits:
    one, two = int.from_bytes(asked, "little"), int.from_bytes(found, "little")
    return SharedBits((one & two).bit_count(), one.bit_count(), two.bit_count())

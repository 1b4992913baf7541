"""Identity: which substance a structure is, and which are its variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nps_registry.chemistry.positions import positional_key, positional_key_of
from nps_registry.chemistry.reading import Reading, read
from nps_registry.search.name_index import names_salt
from nps_registry.search.questions import IdentityQuestion
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What a structure is, in five lists, each by accession.

    Attributes:
        question: what was asked.
        reading: the structure as it was understood.
        exact: the same InChI with the same statement of stereochemistry; one at most.
        stereo_variants: the same connectivity, another configuration or another statement of it.
        same_skeleton: every other substance of the same connectivity, the stereo variants among them.
        tautomers: another connectivity that differs by the place of hydrogens and double bonds only.
        positional_isomers: the same formula, and the same rings carrying the same groups at other places.
        salt_names: names of salts that *exact* carries.
    """

    question: IdentityQuestion
    reading: Reading
    exact: tuple[Entry, ...]
    stereo_variants: tuple[Entry, ...]
    same_skeleton: tuple[Entry, ...]
    tautomers: tuple[Entry, ...]
    positional_isomers: tuple[Entry, ...]
    salt_names: tuple[str, ...]

    @property
    def forms(self) -> tuple[str, ...]:
        """What was given beside the substance: counter-ions, then solvents, by the names of salt forms."""
        return (*self.reading.standardised.counter_ions, *self.reading.standardised.solvents)


def find_identical(snapshot: Snapshot, question: IdentityQuestion, visible: frozenset[int] = NOBODY) -> IdentityAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*.

    Raises:
        UnreadableStructure: the structure cannot be read, or contradicts the statement beside it.
    """
    reading = read(question.structure, question.stereo)
    asked = reading.identity
    seen = snapshot.visible(visible)

    def entries(positions: Iterable[int]) -> list[Entry]:
        return [snapshot.entries[position] for position in positions if seen[position]]

    skeleton = entries(snapshot.by_skeleton.get(asked.skeleton, ()))
    exact = [entry for entry in skeleton if (entry.row.inchi, entry.row.stereo) == asked.key]
    others = [entry for entry in skeleton if entry not in exact]
    flat = _flat_inchi(asked.inchi)
    variants = [entry for entry in others if _flat_inchi(entry.row.inchi or "") == flat]
    tautomers = entries(snapshot.by_tautomer.get(asked.tautomer_key, ()))
    return IdentityAnswer(
        question,
        reading,
        exact=tuple(exact),
        stereo_variants=tuple(variants),
        same_skeleton=tuple(others),
        tautomers=tuple(entry for entry in tautomers if entry.row.skeleton != asked.skeleton),
        positional_isomers=tuple(_other_places(reading, entries(snapshot.by_formula.get(asked.formula, ())))),
        salt_names=tuple(name.name for entry in exact for name in entry.row.names if names_salt(name.name)),
    )


def _other_places(reading: Reading, isomers: Iterable[Entry]) -> Iterator[Entry]:
    """Those of *isomers* that carry the same groups on the same rings at other places."""
    key = positional_key_of(reading.standardised.parent)
    for entry in isomers:
        if entry.row.skeleton != reading.identity.skeleton and positional_key(entry.row.smiles or "") == key:
            yield entry


def _flat_inchi(inchi: str) -> str:
    """*inchi* without its stereo layers (/b, /t, /m, /s)."""
    return "/".join(layer for layer in inchi.split("/") if layer[:1] not in {"b", "t", "m", "s"})

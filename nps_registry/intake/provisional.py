"""Entries of this instance for what its laboratories report first.

Their accessions have another shape than the catalogue's and can never collide with one. Their names are
made from class and formula: the laboratory's own words are never public.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.classes import ClassSuggestion, suggest
from nps_registry.chemistry.depict import draw_svg, write_molblock
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.reading import Reading
from nps_registry.chemistry.stored import restore
from nps_registry.intake.matching import IdentityPair
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.similarity import Hit
from nps_registry.store import changes, curation
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import ControlledAnalogue, Rendering, Substance
from nps_registry.vocabulary.reference import PROVISIONAL_PREFIX, mint_reference
from nps_registry.vocabulary.substance import Kind, Nature, Occurrence, Status

NEIGHBOURS = 5
NEAR = 0.5
"""Tanimoto from which on a new structure is said to be close to a controlled one."""


@dataclass(frozen=True, slots=True)
class Novel:
    """A structure new to its sender: what it resembles and the class that suggests itself."""

    reading: Reading
    fingerprint: bytes
    neighbours: tuple[Hit, ...]
    suggestion: ClassSuggestion | None


def describe(reading: Reading, index: SubstanceIndex, rules: ClassRules) -> Novel:
    """Find the nearest known substances of *reading* and suggest its class."""
    mol = reading.standardised.parent
    bits = fingerprint(mol, MORGAN)
    neighbours = index.neighbours(bits, limit=NEIGHBOURS)
    voters = [
        (hit.score, hit.entry.row.chemical_class, hit.entry.accession)
        for hit in neighbours
        if hit.entry.row.chemical_class
    ]
    return Novel(reading, bits, neighbours, suggest(mol, rules, voters))


def create(session: Session, novel: Mapping[IdentityPair, Novel], rules: ClassRules) -> dict[IdentityPair, Substance]:
    """Make an entry for each structure in *novel*, or take the one that is there and that the sender may not know of.

    Whatever makes entries, the catalogue's load too, does so by turns, so that no structure gets two.
    """
    take_turn(session)
    made = stored.by_identities(session, novel.keys())
    fresh = {pair: entry for pair, entry in novel.items() if pair not in made}
    if fresh:
        change = changes.touch(session)
        rows = {pair: _substance(entry, rules, change) for pair, entry in fresh.items()}
        session.add_all(rows.values())
        session.flush()
        session.add_all(_rendering(rows[pair], entry, rules) for pair, entry in fresh.items())
        session.add_all(_controlled_analogues(session, {rows[pair].id: entry for pair, entry in fresh.items()}))
        made.update(rows)
    return made


def _substance(novel: Novel, rules: ClassRules, change: int) -> Substance:
    identity = novel.reading.identity
    # By rule only: whom a structure resembles depends on what is known at the time, and would tell when it was made.
    suggestion = novel.suggestion if novel.suggestion and novel.suggestion.rule else None
    called = rules.member(suggestion.key) if suggestion else "substance"
    return Substance(
        accession=mint_reference(PROVISIONAL_PREFIX),
        name=f"Unnamed {called} {identity.formula}",
        kind=Kind.CHEMICAL,
        nature=Nature.NPS,
        occurrence=Occurrence.REPORTED,
        status=Status.PROVISIONAL,
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        skeleton=identity.skeleton,
        tautomer_key=identity.tautomer_key,
        stereo=identity.stereo,
        formula=identity.formula,
        mass_da=identity.mass_da,
        chemical_class=suggestion.key if suggestion else None,
        subclass=suggestion.subclass if suggestion else None,
        effect_groups=[],
        changed=change,
    )


def _rendering(substance: Substance, novel: Novel, rules: ClassRules) -> Rendering:
    # Read back from the identity: a racemate stated beside a drawing has its stereo group only there.
    mol = restore(novel.reading.identity.smiles)
    scaffold = rules.scaffold(substance.chemical_class) if substance.chemical_class else None
    assert substance.id is not None  # flushed
    return Rendering(
        substance_id=substance.id,
        svg=draw_svg(mol, scaffold=scaffold, title=substance.name),
        molblock=write_molblock(mol, scaffold=scaffold, name=substance.accession),
        recipe=MORGAN.id,
        fingerprint=novel.fingerprint,
        pattern_fingerprint=pattern_fingerprint(mol),
    )


def _controlled_analogues(session: Session, made: Mapping[int | None, Novel]) -> list[ControlledAnalogue]:
    """For those who review: the nearest controlled substance of each new entry, where one is near."""
    near = {hit.entry.row.id for entry in made.values() for hit in entry.neighbours if hit.score >= NEAR}
    controlled = curation.controlled_among(session, near)
    found: list[ControlledAnalogue] = []
    for key, entry in made.items():
        hits = [hit for hit in entry.neighbours if hit.score >= NEAR and hit.entry.row.id in controlled]
        if hits and key is not None:
            nearest = max(hits, key=lambda hit: hit.score)
            found.append(
                ControlledAnalogue(substance_id=key, other_id=nearest.entry.row.id, score=round(nearest.score, 4))
            )
    return found


def ids_of(substances: Iterable[Substance | None]) -> Sequence[int]:
    """The ids of those that are there, each once, in order."""
    return list(dict.fromkeys(substance.id for substance in substances if substance is not None and substance.id))

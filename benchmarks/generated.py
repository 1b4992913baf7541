"""Catalogues of invented structures, of any size, to see how work grows.

They are cathinones in shape: every chain of a list with every ring of a list. The order is drawn once, with positional
isomers kept together, so that a small catalogue holds sets of isomers, and molecules of the same sizes as a large one:
in the order of the lists the first would be the smallest, and work would seem to grow with their number.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from itertools import combinations_with_replacement, islice, product
from pathlib import Path

from nps_registry.assets import find_substances
from nps_registry.catalogue.records import NameRecord, StructureRecord, SubstanceRecord
from nps_registry.catalogue.writing import substance_path, write_substance
from nps_registry.chemistry.inchi import write_inchi
from nps_registry.chemistry.masses import hill_formula, monoisotopic_mass_da
from nps_registry.chemistry.stored import restore, write_smiles
from nps_registry.vocabulary.substance import NameKind, Nature, Occurrence, Stereo

_ALKYLS = ("C", "CC", "CCC", "C(C)C", "CCCC", "C1CC1", "C1CCC1", "CCO", "CCOC", "CCF")
_SIDES = ("C", "CC", "CCC", "CCCC")
_ON_RING = ("F", "Cl", "Br", "I", "C", "CC", "OC", "O", "SC", "C#N", "C(F)(F)F", "OCC", "C(C)C", "S(C)(=O)=O")

FOLDER = "synthetic_cathinone"
"""The class of every generated entry, and the folder of its file."""


def generate_smiles() -> Iterator[str]:
    """SMILES of different structures, about 320,000 of them, always in the same order."""
    chains = product(combinations_with_replacement(_ALKYLS, 2), _SIDES)
    families = list(product(chains, combinations_with_replacement(_ON_RING, 3)))
    random.Random(7).shuffle(families)
    for ((first, second), side), substituents in families:
        for middle in sorted(set(substituents)):
            one, other = _without(substituents, middle)
            yield f"N({first})({second})C({side})C(=O)c1cc({one})c({middle})c({other})c1"


def _without(substituents: tuple[str, ...], one: str) -> list[str]:
    """The others than *one* of three."""
    others = list(substituents)
    others.remove(one)
    return others


def write_generated(directory: Path, entries: int) -> Path:
    """Write a catalogue of *entries* generated substances into *directory*, and answer it."""
    shipped = find_substances()
    shutil.copytree(shipped / "classes", directory / "classes")
    shutil.copy(shipped / "sources.toml", directory)
    (directory / FOLDER).mkdir()
    for number, smiles in enumerate(islice(generate_smiles(), entries), start=1):
        record = make_record(number, smiles)
        (directory / substance_path(record)).write_text(write_substance(record), encoding="utf-8")
    return directory


def make_record(number: int, smiles: str) -> SubstanceRecord:
    """The entry of a generated structure, which needs no standardising: neutral, with one centre left open."""
    mol = restore(smiles)
    inchi = write_inchi(mol)
    canonical, name = write_smiles(mol), f"generated substance {number}"
    return SubstanceRecord(
        accession=f"NPS-{number:06d}",
        name=name,
        nature=Nature.NPS,
        occurrence=Occurrence.LITERATURE_ONLY,
        chemical_class=FOLDER,
        structure=StructureRecord(
            smiles=canonical,
            inchi=inchi.text,
            inchikey=inchi.key,
            formula=hill_formula(mol),
            mass_da=round(monoisotopic_mass_da(mol), 4),
            stereo=Stereo.UNDEFINED,
        ),
        names=(
            NameRecord(name=name, kind=NameKind.PREFERRED, sources=("curation",)),
            NameRecord(name=f"GEN-{number}", kind=NameKind.ABBREVIATION, sources=("curation",)),
            NameRecord(name=canonical[:500], kind=NameKind.GENERATED, sources=("generated-names",)),
        ),
    )

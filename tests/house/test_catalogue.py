"""The catalogue that is shipped: free of errors, with the cases that other registries have got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pytest

from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.lint import Severity, lint
from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Nature, Stereo

# Antidotes, a medicine, a solvent, a nutrient and an analgesic that lists name as exclusions or that were
# mistaken for complexes; by connectivity, so that no other name hides them.
NEVER_CONTROLLED = {
    "naloxone": "UZHSEJADLWPNLE",
    "naltrexone": "DQCKKXVULJGBQN",
    "olanzapine": "KVWDHTXUZHCGIO",
    "tetrachloroethylene": "CYTYCFOTNPOANT",
    "betaine": "KWIUHFFTVRNATP",
    "phenazone": "VEQOALNAAJBPNY",
}

TOLD_APART: tuple[tuple[str, ...], ...] = (
    ("dextromethorphan", "levomethorphan", "racemethorphan"),
    ("codeine", "isocodeine"),
    ("HU-210", "HU-211"),
    ("9R-HHC", "9S-HHC"),
    ("alpha-PHP", "rolicyclidine"),
)


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue of this checkout."""
    return read_catalogue(find_substances())


def _named(name: str) -> list[SubstanceRecord]:
    return [
        record
        for record in shipped().substances
        if record.status is None and fold(name) in {fold(each.name) for each in record.names}
    ]


@pytest.mark.timeout(300)
def test_the_lint_finds_no_error() -> None:
    errors = [
        f"{each.rule}: {each.place}: {each.message}" for each in lint(shipped()) if each.severity is Severity.ERROR
    ]

    assert errors == []


@pytest.mark.parametrize("name", NEVER_CONTROLLED)
def test_what_lists_exclude_shows_no_control(name: str) -> None:
    records = [
        record
        for record in shipped().substances
        if record.structure and record.structure.skeleton == NEVER_CONTROLLED[name] and record.status is None
    ]
    controls = [
        f"{found.header.title}: {entry.listed_as}"
        for record in records
        for found in shipped().controls
        for entry in found.entries_of(record.accession)
    ]

    assert records, f"{name} is not in the catalogue"
    assert controls == []


@pytest.mark.parametrize("names", TOLD_APART, ids=" ".join)
def test_substances_that_others_mix_up_are_told_apart(names: Sequence[str]) -> None:
    found = {name: _named(name) for name in names}

    assert {name: len(records) for name, records in found.items()} == dict.fromkeys(names, 1)
    structures = {name: records[0].structure for name, records in found.items()}
    identities = {(each.inchi, each.stereo) for each in structures.values() if each}
    assert len(identities) == len(names)


def test_racemethorphan_is_a_racemate_and_its_enantiomers_are_not() -> None:
    stereo = {name: [record.structure.stereo for record in _named(name) if record.structure] for name in TOLD_APART[0]}

    assert stereo == {
        "dextromethorphan": [Stereo.ABSOLUTE],
        "levomethorphan": [Stereo.ABSOLUTE],
        "racemethorphan": [Stereo.RACEMIC],
    }


@pytest.mark.parametrize(
    ("name", "nature"),
    [
        ("heroin", Nature.CONTROLLED_CLASSIC),
        ("cocaine", Nature.CONTROLLED_CLASSIC),
        ("MDMA", Nature.CONTROLLED_CLASSIC),
        ("LSD", Nature.CONTROLLED_CLASSIC),
        ("caffeine", Nature.ADULTERANT),
        ("levamisole", Nature.ADULTERANT),
        ("3-MMC", Nature.NPS),
        ("metonitazene", Nature.NPS),
        ("AH-7921", Nature.NPS),
        ("MT-45", Nature.NPS),
        ("tetrazepam", Nature.MEDICINE),
    ],
)
def test_only_new_psychoactive_substances_count_as_such(name: str, nature: Nature) -> None:
    assert {record.nature for record in _named(name)} == {nature}


@pytest.mark.parametrize(
    "name",
    ["starch", "talc", "GBL", "CBD", "THCB", "cychlorphine", "muscimol", "nitrous oxide", "paracetamol", "mannitol",
     "benzocaine", "tetracaine", "diltiazem", "hydroxyzine", "dimethyl sulfone", "BTMPS", "xylazine", "medetomidine"],
)  # fmt: skip
def test_what_laboratories_meet_beside_nps_is_known(name: str) -> None:
    assert len(_named(name)) == 1

"""The control lists that the catalogue ships: complete, in order, and silent on what is not controlled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nps_registry.catalogue.compiling.structures import read_structure
from nps_registry.catalogue.records import ControlEntry, ControlList, SourceFile
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Jurisdiction, Stereo

LISTS = ("ca_cdsa", "cn_2025", "de_btmg", "de_npsg", "un_1961", "un_1971", "un_1988", "us_csa")
TREATIES = ("un_1961", "un_1971", "un_1988")

NOT_CONTROLLED = {
    "naloxone": "C=CCN1CC[C@]23[C@@H]4C(=O)CC[C@]2([C@H]1CC5=C3C(=C(C=C5)O)O4)O",
    "naltrexone": "C1CC1CN2CC[C@]34[C@@H]5C(=O)CC[C@]3([C@H]2CC6=C4C(=C(C=C6)O)O5)O",
    "olanzapine": "CC1=CC2=C(S1)NC1=CC=CC=C1N=C2N1CCN(C)CC1",
    "tetrachloroethylene": "ClC(Cl)=C(Cl)Cl",
    "betaine": "C[N+](C)(C)CC([O-])=O",
    "phenazone": "CC1=CC(=O)N(N1C)C1=CC=CC=C1",
    "papaverine": "COC1=C(OC)C=C(CC2=NC=CC3=CC(OC)=C(OC)C=C23)C=C1",
    "apomorphine": "CN1CCC2=C3C1CC1=C(C3=CC=C2)C(O)=C(O)C=C1",
    "clozapine": "CN1CCN(CC1)C1=NC2=C(NC3=CC=CC=C13)C=CC(Cl)=C2",
}
LEVOMETHORPHAN = "CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13"
DEXTROMETHORPHAN = "CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(OC)cc13"


@pytest.fixture(scope="module")
def lists(root: Path) -> Mapping[str, ControlList]:
    folder = root / "substances" / "controls"
    return {
        path.stem: ControlList.model_validate(tomli.loads(path.read_text("utf-8"))) for path in folder.glob("*.toml")
    }


@pytest.fixture(scope="module")
def inchikeys(root: Path) -> Mapping[str, str]:
    """InChIKey by accession of every substance with a structure."""
    files = (tomli.loads(path.read_text("utf-8")) for path in (root / "substances").glob("*/NPS-*.toml"))
    return {file["accession"]: file["structure"]["inchikey"] for file in files if "structure" in file}


def _named(content: ControlList, name: str) -> list[ControlEntry]:
    return [entry for entry in content.entries if fold(name) in {fold(one) for one in entry.names}]


def test_every_list_is_there(lists: Mapping[str, ControlList]) -> None:
    assert sorted(lists) == sorted(LISTS)
    assert {content.header.jurisdiction for content in lists.values()} == set(Jurisdiction)


def test_every_decision_of_2015_to_2025_is_there(lists: Mapping[str, ControlList]) -> None:
    decided = [
        entry
        for treaty in ("un_1961", "un_1971")
        for entry in lists[treaty].entries
        if entry.decided_on and entry.decided_on >= "2015"
    ]
    assert Counter((entry.decided_on or "")[:4] for entry in decided) == {
        "2015": 10, "2016": 7, "2017": 10, "2018": 12, "2019": 9, "2020": 12, "2021": 8, "2022": 3, "2023": 7,
        "2024": 5, "2025": 6,
    }  # fmt: skip


def test_the_decisions_of_2021_were_taken_in_april(lists: Mapping[str, ControlList]) -> None:
    (entry,) = _named(lists["un_1961"], "isotonitazene")
    assert entry.decided_on == "2021-04"


def test_no_decision_lies_behind_the_day_to_which_its_list_was_checked(lists: Mapping[str, ControlList]) -> None:
    late = [
        (name, entry.listed_as)
        for name, content in lists.items()
        for entry in content.entries
        for day in (entry.decided_on, entry.in_force_on, entry.worded_since, entry.ended_on)
        if day and day > content.header.checked_to.isoformat()
    ]
    assert late == []


@pytest.mark.parametrize("name", NOT_CONTROLLED)
def test_what_no_list_controls_shows_no_control(
    name: str, lists: Mapping[str, ControlList], inchikeys: Mapping[str, str]
) -> None:
    skeleton = read_structure(NOT_CONTROLLED[name]).skeleton
    shown = [
        (list_id, entry.listed_as)
        for list_id, content in lists.items()
        for entry in content.entries
        if any(one.inchikey.startswith(skeleton) for one in entry.structures)
        or any(inchikeys.get(accession, "").startswith(skeleton) for accession in entry.accessions)
    ]
    assert shown == []


def test_canada_excludes_thirty_wordings_and_lists_four_of_them_elsewhere(lists: Mapping[str, ControlList]) -> None:
    canada = lists["ca_cdsa"]
    assert len(canada.excluded) == 30
    listed_too = {one.listed_as for one in canada.excluded if _named(canada, one.listed_as)}
    assert listed_too == {"Butorphanol", "Nalbuphine", "Flunitrazepam", "Lefetamine"}


def test_no_entry_means_what_its_list_excludes(lists: Mapping[str, ControlList], inchikeys: Mapping[str, str]) -> None:
    wrong = [
        (list_id, entry.listed_as, exclusion.listed_as)
        for list_id, content in lists.items()
        for exclusion in content.excluded
        for entry in content.entries
        if {one.inchikey for one in exclusion.structures} & {inchikeys.get(one) for one in entry.accessions}
        and fold(entry.listed_as) != fold(exclusion.listed_as)
    ]
    assert wrong == []


def test_levo_and_racemethorphan_are_under_control_and_dextromethorphan_is_not(
    lists: Mapping[str, ControlList],
) -> None:
    content = lists["un_1961"]
    levo, racemate = read_structure(LEVOMETHORPHAN), read_structure(LEVOMETHORPHAN, Stereo.RACEMIC)
    dextro = read_structure(DEXTROMETHORPHAN)
    (levomethorphan,), (racemethorphan,) = _named(content, "levomethorphan"), _named(content, "racemethorphan")
    assert [(one.inchikey, one.stereo) for one in levomethorphan.structures] == [(levo.inchikey, Stereo.ABSOLUTE)]
    assert [(one.inchikey, one.stereo) for one in racemethorphan.structures] == [(racemate.inchikey, Stereo.RACEMIC)]
    assert _named(content, "dextromethorphan") == []
    assert [one.structures[0].inchikey for one in content.excluded if one.listed_as == "dextromethorphan"] == [
        dextro.inchikey
    ]


def test_china_lists_dextromethorphan_itself(lists: Mapping[str, ControlList]) -> None:
    (entry,) = _named(lists["cn_2025"], "dextromethorphan")
    assert [one.inchikey for one in entry.structures] == [read_structure(DEXTROMETHORPHAN).inchikey]


def test_codeine_and_isocodeine_are_two_entries_with_two_structures(lists: Mapping[str, ControlList]) -> None:
    (codeine,), (isocodeine,) = _named(lists["de_btmg"], "Codein"), _named(lists["de_btmg"], "Isocodein")
    assert codeine.structures[0].inchikey[:14] == isocodeine.structures[0].inchikey[:14]
    assert codeine.structures[0].inchikey != isocodeine.structures[0].inchikey
    assert not set(codeine.accessions) & set(isocodeine.accessions)


def test_what_the_commission_decided_twice_is_in_both_schedules(lists: Mapping[str, ControlList]) -> None:
    for name in ("acetylfentanyl", "carfentanil"):
        assert [entry.schedule for entry in _named(lists["un_1961"], name)] == ["I, IV"]


def test_proposals_and_notices_of_intent_are_no_controls(lists: Mapping[str, ControlList]) -> None:
    for name in ("DOI", "DOC", "ethylphenidate", "bromazolam", "2-FDCK", "4,4'-DMAR", "DiPT", "fenfluramine"):
        assert _named(lists["us_csa"], name) == [], name


def test_a_temporary_order_is_marked_until_it_is_made_permanent(lists: Mapping[str, ControlList]) -> None:
    (clonazolam,), (brorphine,) = _named(lists["us_csa"], "clonazolam"), _named(lists["us_csa"], "brorphine")
    assert (clonazolam.is_temporary, clonazolam.expires_on) == (True, "2026-07-26")
    assert (brorphine.is_temporary, brorphine.decided_on) == (False, "2021-03-01")


@pytest.mark.parametrize("treaty", TREATIES)
def test_an_entry_of_a_treaty_is_verified_only_by_a_second_source(
    treaty: str, lists: Mapping[str, ControlList], root: Path
) -> None:
    content = lists[treaty]
    known = SourceFile.model_validate(tomli.loads((root / "substances" / "sources.toml").read_text("utf-8")))
    national = {source.id for source in known.sources if source.id.split("-")[0] in {"de", "cn", "ca", "us"}}
    assert not content.header.is_primary
    for entry in content.entries:
        assert content.is_verified(entry) == bool(entry.verified_by)
        assert not set(entry.verified_by) & (set(entry.sources) | national), entry.listed_as


def test_an_unverified_decision_says_what_was_read(lists: Mapping[str, ControlList]) -> None:
    silent = [
        entry.listed_as
        for treaty in ("un_1961", "un_1971")
        for entry in lists[treaty].entries
        if entry.decided_on and not entry.verified_by and not entry.note
    ]
    assert silent == []


def test_every_source_that_a_list_names_is_known(lists: Mapping[str, ControlList], root: Path) -> None:
    known = SourceFile.model_validate(tomli.loads((root / "substances" / "sources.toml").read_text("utf-8")))
    ids = {source.id for source in known.sources}
    named: set[str] = set()
    for content in lists.values():
        named.add(content.header.source)
        for entry in content.entries:
            named.update(entry.sources, entry.verified_by)
        named.update(*(one.sources for one in content.excluded), *(one.sources for one in content.definitions))
    assert named <= ids


def test_every_accession_of_an_entry_is_a_substance_of_the_entrys_skeleton(
    lists: Mapping[str, ControlList], inchikeys: Mapping[str, str]
) -> None:
    strange = [
        (list_id, entry.listed_as, accession)
        for list_id, content in lists.items()
        for entry in content.entries
        for accession in entry.accessions
        if entry.structures
        and inchikeys.get(accession, "none")[:14] not in {one.inchikey[:14] for one in entry.structures}
    ]
    assert strange == []


def test_no_preparation_brings_its_ingredients_under_control(lists: Mapping[str, ControlList]) -> None:
    prepared = [entry for entry in lists["cn_2025"].entries if (entry.note or "").startswith("A preparation")]
    assert len(prepared) == 11
    assert all(not entry.structures and not entry.accessions for entry in prepared)


DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)


@given(DAYS, DAYS)
def test_what_is_in_force_before_it_was_decided_is_refused(first: str, second: str) -> None:
    fields = {"listed_as": "x", "schedule": "I", "sources": ["curation"], "decided_on": first, "in_force_on": second}
    if second >= first:
        assert ControlEntry.model_validate(fields).in_force_on == second
    else:
        with pytest.raises(ValidationError, match="before it was decided"):
            ControlEntry.model_validate(fields)


@pytest.mark.parametrize("day", ["2018", "2018-03", "2018-03-14"])
def test_a_date_is_as_exact_as_its_source(day: str) -> None:
    entry = ControlEntry(listed_as="x", schedule="I", sources=("curation",), decided_on=day)
    assert entry.decided_on == day


@pytest.mark.parametrize("day", ["2018-13", "2018-02-30", "14 March 2018", "18-03-14"])
def test_a_date_that_no_calendar_has_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        ControlEntry(listed_as="x", schedule="I", sources=("curation",), decided_on=day)

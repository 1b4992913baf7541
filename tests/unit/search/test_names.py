"""Names are found the way people type them, and no name leads to another substance first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.search.names import NameHit, find_by_name
from nps_registry.search.questions import NameQuestion
from nps_registry.vocabulary.substance import Nature, Status
from tests.unit.search.library import SUBSTANCES, library, make_row, snapshot_of


def find(text: str, limit: int = 50) -> tuple[NameHit, ...]:
    return find_by_name(library(), NameQuestion(text, limit)).hits


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("3-MMC", "3-MMC"),
        ("3mmc", "3-MMC"),
        ("mmc 3", "3-MMC"),
        ("3-methylmethcathinone", "3-MMC"),
        ("3–MMC HCl", "3-MMC"),
        ("mephedron", "Mephedrone"),
        ("mehpedrone", "Mephedrone"),
        ("a-PVP", "α-PVP"),
        ("alpha pvp", "α-PVP"),
        ("apvp", "α-PVP"),
        ("PVP", "α-PVP"),
        ("beta-keto-MDMA", "Methylone"),
        ("5-fluoro-MDMB-PICA", "5F-MDMB-PICA"),
        ("5fmdmbpica", "5F-MDMB-PICA"),
        ("p-fluorofentanyl", "para-Fluorofentanyl"),
        ("parafluorofentanyl", "para-Fluorofentanyl"),
        ("jwh018", "JWH-018"),
        ("JWH 081", "JWH-081"),
        ("metonitazine", "Metonitazene"),
        ("isotonitazene hydrochloride", "Isotonitazene"),
        ("4-hydroxy-MET", "4-HO-MET"),
        ("2cb", "2C-B"),
        ("44DMAR", "4,4'-DMAR"),
        ("u47700", "U-47700"),
        ("(±)-MDMA", "MDMA"),
        ("r-mdma", "(R)-MDMA"),
        ("ADB BUTINACA", "ADB-BUTINACA"),
        ("bromazolm", "Bromazolam"),
        ("corn starch", "Starch"),
        ("nps-000004", "Methylone"),
    ],
)
def test_a_name_typed_as_people_type_it_finds_its_substance_first(typed: str, name: str) -> None:
    assert find(typed)[0].entry.name == name


@pytest.mark.parametrize(
    "typed", ["3-FMA", "JWH-019", "5-MMC", "3-fluorofentanyl", "2C-D", "MDMB-BUTINACA", "ethylone"]
)
def test_a_substance_that_is_not_here_is_not_answered_with_another(typed: str) -> None:
    assert find(typed) == ()


def test_a_part_of_names_finds_all_that_have_it() -> None:
    assert {hit.entry.name for hit in find("FMA")} == {"2-FMA", "4-FMA"}
    assert [hit.entry.name for hit in find("fentanyl")] == ["Fentanyl", "para-Fluorofentanyl"]


def test_the_name_that_was_met_is_told() -> None:
    assert find("bk mdma")[0].matched == "bk-MDMA"


def test_an_exact_name_scores_1_and_everything_else_less() -> None:
    first, *others = find("ketamine")
    assert (first.entry.name, first.score) == ("Ketamine", 1.0)
    assert all(other.score < 1.0 for other in others)


@pytest.mark.parametrize("name", [name for name, _, others in SUBSTANCES for name in (name, *others)])
def test_every_name_finds_its_own_substance_first(name: str) -> None:
    best = find(name)[0]
    assert best.matched == name
    assert best.score == 1.0


def test_a_name_that_two_substances_share_is_answered_with_both_the_preferred_one_first() -> None:
    snapshot = snapshot_of([make_row(1, "Rolicyclidine", others=("PHP",)), make_row(2, "PHP")])
    hits = find_by_name(snapshot, NameQuestion("php")).hits
    assert [(hit.entry.name, hit.score) for hit in hits] == [("PHP", 1.0), ("Rolicyclidine", 1.0)]


def test_of_two_met_alike_the_listed_nps_comes_first() -> None:
    rows = [
        make_row(1, "A", others=("Twin",), status=Status.UNCONFIRMED),
        make_row(2, "B", others=("Twin",), nature=Nature.MEDICINE),
        make_row(3, "C", others=("Twin",)),
    ]
    hits = find_by_name(snapshot_of(rows), NameQuestion("twin")).hits
    assert [hit.entry.name for hit in hits] == ["C", "B", "A"]


def test_numbers_of_other_registries_find_the_substance() -> None:
    row = make_row(1, "Mephedrone", "CNC(C)C(=O)c1ccc(C)cc1", cas=("1189805-46-6",))
    snapshot = snapshot_of([row])
    for number in ("1189805-46-6", "CAS: 1189805-46-6", row.inchikey, f"InChIKey={row.inchikey}", row.skeleton):
        assert find_by_name(snapshot, NameQuestion(str(number))).hits[0].entry.name == "Mephedrone"


def test_the_limit_cuts_the_hits_and_not_the_total() -> None:
    answer = find_by_name(library(), NameQuestion("m", limit=2))
    assert len(answer.hits) <= 2
    answer = find_by_name(library(), NameQuestion("fentanyl", limit=1))
    assert (len(answer.hits), answer.total) == (1, 2)


def test_a_hidden_substance_is_met_by_nobody_but_those_who_may_know_of_it() -> None:
    snapshot = snapshot_of([make_row(1, "Seen"), make_row(2, "Unseen")], hidden=frozenset({2}))
    assert find_by_name(snapshot, NameQuestion("unseen")).total == 0
    assert find_by_name(snapshot, NameQuestion("unseen"), frozenset({2})).total == 1


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip() and "\x00" not in text))
def test_no_text_breaks_the_search(text: str) -> None:
    for hit in find(text):
        assert 0.0 < hit.score <= 1.0


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("мефедрон", "Mephedrone"),
        ("ФЕНТАНИЛ", "Fentanyl"),
        ("кетамин", "Ketamine"),
        ("метилон", "Methylone"),
        ("альфа-ПВП", "α-PVP"),
        ("а-ПВП", "α-PVP"),
        ("4-фторфентанил", "para-Fluorofentanyl"),
        ("изотонитазен", "Isotonitazene"),
        ("бромазолам", "Bromazolam"),
        ("3-ММС", "3-MMC"),  # letters that only look Latin
        ("МДМА", "MDMA"),
        ("ＭＤＭＡ", "MDMA"),  # full width
    ],
)
def test_a_name_in_other_letters_finds_its_substance_first(typed: str, name: str) -> None:
    assert find_by_name(library(), NameQuestion(typed)).hits[0].entry.name == name


def test_an_ambiguous_name_is_answered_with_all_its_meanings() -> None:
    rows = [make_row(1, "One", "CCO", ("Spice",)), make_row(2, "Two", "CCN", ("SPICE",)), make_row(3, "Spice Gold")]
    answer = find_by_name(snapshot_of(rows), NameQuestion("spice"))
    assert [hit.entry.name for hit in answer.hits[: answer.meanings]] == ["One", "Two"]


def test_a_salt_is_found_as_its_substance_and_told() -> None:
    answer = find_by_name(library(), NameQuestion("Fentanyl citrate"))
    assert (answer.hits[0].entry.name, answer.salt, answer.meanings) == ("Fentanyl", "citrate", 0)
    assert find_by_name(library(), NameQuestion("Fentanyl")).salt == ""

"""Invented reports: the same each time, plausible, marked by their references, and nobody dies."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.intake.amendment import read_submission
from nps_registry.intake.cast import Cast, Player
from nps_registry.intake.demonstration import COUNTRIES, LATE_ARRIVALS, Invented, invent, invent_racemates
from nps_registry.vocabulary.finding import EventType
from nps_registry.vocabulary.place import is_country, region_of
from nps_registry.vocabulary.report import Sharing

UNTIL = date(2026, 9, 30)


def a_cast(known: int = 40, others: int = 160) -> Cast:
    players = [
        Player(f"name {number}", "C" * (number + 1), "synthetic_cathinone", number < known, number % 3 == 0)
        for number in range(known + others)
    ]
    return Cast(tuple(players), ("caffeine", "starch"), (("2-MMC", "3-MMC", "mephedrone"),))


@pytest.fixture(scope="module")
def reports() -> list[Invented]:
    return list(invent(a_cast(), 3_000, until=UNTIL))


def test_the_same_seed_tells_the_same_story_and_another_seed_another(reports: list[Invented]) -> None:
    assert list(invent(a_cast(), 3_000, until=UNTIL)) == reports
    assert list(invent(a_cast(), 3_000, until=UNTIL, seed=1)) != reports


def test_every_report_is_one_that_a_laboratory_may_send(reports: list[Invented]) -> None:
    for report in reports:
        submission = read_submission(report.value)
        assert submission.own_reference
        assert submission.own_reference.startswith("DEMO-")


def test_nobody_dies_and_nobody_falls_ill(reports: list[Invented]) -> None:
    for report in reports:
        submission = read_submission(report.value)
        assert submission.event.type in {EventType.SEIZURE, EventType.COLLECTED_SAMPLE, EventType.TEST_PURCHASE}
        assert submission.event.outcome is None
        assert submission.event.case_type is None
        assert all(item.specimen is None for item in submission.items)


def test_nothing_happens_after_the_last_day(reports: list[Invented]) -> None:
    for report in reports:
        event = report.value["event"]
        assert event["collected_on"] <= event["analysed_on"] <= report.received_at.date().isoformat()
        assert report.received_at.date() <= UNTIL


def test_reports_come_in_the_order_of_their_arrival_under_references_of_their_own(reports: list[Invented]) -> None:
    arrivals = [report.received_at for report in reports]
    assert arrivals == sorted(arrivals)
    assert len({report.value["own_reference"] for report in reports}) == len(reports)


def test_the_story_spreads_over_years_countries_and_regions(reports: list[Invented]) -> None:
    years = Counter(report.value["event"]["collected_on"][:4] for report in reports)
    assert set(years) >= {str(year) for year in range(2019, 2027)}
    assert {report.country for report in reports} == set(COUNTRIES)
    assert len({region_of(country) for country in COUNTRIES}) >= 8
    assert all(is_country(country) for country in COUNTRIES)


def test_every_substance_of_the_cast_turns_up_in_public_first(reports: list[Invented]) -> None:
    seen: set[str] = set()
    for report in sorted(reports, key=lambda report: report.value["event"]["collected_on"]):
        detection = report.value["items"][0]["detections"][0]
        if "structure" in detection and detection["structure"] not in seen:
            seen.add(detection["structure"])
    assert len(seen) == 200


def test_some_substances_are_new_in_the_last_three_quarters(reports: list[Invented]) -> None:
    first: dict[str, str] = {}
    for report in reports:
        detection = report.value["items"][0]["detections"][0]
        if "structure" in detection:
            day = report.value["event"]["collected_on"]
            first[detection["structure"]] = min(day, first.get(detection["structure"], day))
    recent = [day for day in first.values() if day >= "2026-01-01"]
    assert len(recent) >= LATE_ARRIVALS


def test_well_known_substances_are_met_more_often(reports: list[Invented]) -> None:
    known = {player.smiles for player in a_cast().players if player.is_well_known}
    met = [report.value["items"][0]["detections"][0].get("structure") for report in reports]
    assert sum(smiles in known for smiles in met) > len(reports) / 2


def test_some_findings_are_partial_uncertain_or_kept_within_the_country(reports: list[Invented]) -> None:
    found = [report.value["items"][0]["detections"][0] for report in reports]
    assert sum("candidates" in detection for detection in found) > 20
    assert sum("chemical_class" in detection for detection in found) > 10
    assert sum("unidentified" in detection for detection in found) > 5
    assert sum(detection.get("result") == "uncertain" for detection in found) > 20
    assert {report.value["sharing"] for report in reports} == {
        Sharing.PUBLIC, Sharing.NETWORK, Sharing.COUNTRY,
    }  # fmt: skip


def test_a_few_racemates_are_stated_of_substances_whose_centre_is_open() -> None:
    stated = list(invent_racemates(a_cast(), until=UNTIL))
    assert len(stated) == 6
    assert {report.value["items"][0]["detections"][0]["stereo"] for report in stated} == {"racemic"}


@given(count=st.integers(0, 60), players=st.integers(1, 30), until=st.dates(date(2019, 1, 1), date(2040, 1, 1)))
def test_any_cast_and_any_last_day_give_so_many_reports(count: int, players: int, until: date) -> None:
    made = list(invent(a_cast(players // 2, players - players // 2), count, until=until))
    assert len(made) == count
    assert all(report.received_at.date() <= until for report in made)

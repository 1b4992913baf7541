"""A draft's flat texts and the submission they stand for are two forms of one thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.intake.amendment import read_submission
from nps_registry.intake.draft_fields import (
    DETECTION,
    EVENT,
    HERE,
    ITEM,
    REPORT,
    fields_of,
    known_fields,
    layout_of,
    name_of,
    part_of,
    value_of,
)
from nps_registry.intake.submission import DetectionPart, EventPart, ItemPart, Submission
from nps_registry.vocabulary.technique import USUAL_TECHNIQUES, recognise

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
NUMBERS = st.integers(0, 10**6) | st.floats(0, 1e6).filter(lambda number: number == round(number, 6))
LINES = st.lists(WORDS, min_size=1, max_size=3)
DETECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "structure": WORDS, "name": WORDS, "reported_as": WORDS, "candidates": LINES, "purity_percent": NUMBERS,
        "reference_material": st.booleans(), "unidentified": st.just(True),
        "techniques": st.lists(st.sampled_from(USUAL_TECHNIQUES), unique=True, min_size=1, max_size=3),
    },
)  # fmt: skip
ITEMS = st.fixed_dictionaries(
    {"detections": st.lists(DETECTIONS, max_size=3)},
    optional={
        "sold_as": WORDS,
        "net_mass_g": NUMBERS,
        "units": st.integers(0, 999),
        "counterfeit_medicine": st.booleans(),
    },
)
SUBMISSIONS = st.fixed_dictionaries(
    {
        "event": st.fixed_dictionaries(
            {},
            optional={
                "type": WORDS,
                "city": WORDS,
                "transit_countries": st.lists(st.sampled_from(["NL", "BE"]), min_size=1),
            },
        ),
        "items": st.lists(ITEMS, max_size=3),
    },
    optional={"note": WORDS, "legal_hold": st.booleans(), "own_reference": WORDS},
)


@given(SUBMISSIONS)
def test_a_submission_survives_the_way_into_a_form_and_back(value: dict[str, Any]) -> None:
    fields, _last_key = fields_of(value)
    assert value_of(fields) == value


@pytest.mark.parametrize(
    ("sorts", "model"), [(EVENT, EventPart), (ITEM, ItemPart), (DETECTION, DetectionPart), (REPORT, Submission)]
)
def test_the_form_has_every_field_of_a_submission(sorts: dict[str, object], model: type[Any]) -> None:
    assert {*sorts, "event", "items", "detections"} >= model.model_fields.keys() >= sorts.keys()


@pytest.mark.parametrize("name", USUAL_TECHNIQUES)
def test_every_technique_that_the_form_offers_is_recognised(name: str) -> None:
    assert recognise(name)


def test_what_is_no_number_stays_as_it_was_typed_and_is_refused_by_its_field() -> None:
    fields = {"items.3": HERE, "items.3.net_mass_g": "12,4", "items.3.units": "1_000"}
    assert value_of(fields)["items"][0] == {"net_mass_g": "12,4", "units": "1_000", "detections": []}


def test_a_day_to_hold_until_is_its_first_instant() -> None:
    assert value_of({"hold_until": "2026-12-31"})["hold_until"] == "2026-12-31T00:00:00Z"


def test_only_fields_that_a_report_has_are_kept_of_a_form() -> None:
    typed = [
        ("event.city", "Bonn"),
        ("event.nothing", "x"),
        ("items.1.detections.2.name", "a"),
        ("form_token", "t"),
        ("items.1.detections.2.techniques", "NMR"),
        ("items.1.detections.2.techniques", "TLC"),
        ("note", ""),
    ]
    assert known_fields(typed) == {
        "event.city": "Bonn",
        "items.1.detections.2.name": "a",
        "items.1.detections.2.techniques": "NMR\nTLC",
    }


def test_the_path_of_an_error_leads_to_the_field_whatever_was_removed_before_it() -> None:
    layout = layout_of({"items.4": HERE, "items.4.detections.7": HERE, "items.9": HERE, "items.9.detections.12": HERE})
    assert name_of("items[1].detections[0].structure", layout) == "items.9.detections.12.structure"
    assert name_of("items[1].detections[0].techniques[2]", layout) == "items.9.detections.12.techniques"
    assert name_of("items[0].net_mass_g", layout) == "items.4.net_mass_g"
    assert name_of("items[0]", layout) == "items.4"
    assert name_of("event.transit_countries[1]", layout) == "event.transit_countries"
    assert name_of("event", layout) == "event"


def test_a_part_belongs_to_the_parts_around_it() -> None:
    assert part_of("items.1.detections.2.name") == ("items.1", "items.1.detections.2")
    assert part_of("items.1.form") == ("items.1",)
    assert part_of("event.city") == ()


def test_a_full_form_is_a_valid_submission() -> None:
    fields = {
        "event.type": "seizure", "event.country": "DE", "event.collected_on": "2026-02", "items.1": HERE,
        "items.1.units": "3", "items.1.detections.2": HERE, "items.1.detections.2.candidates": "2-FMA\n3-FMA",
        "items.1.detections.2.techniques_other": "MALDI imaging", "legal_hold": "true",
    }  # fmt: skip
    submission = read_submission(value_of(fields))
    assert submission.items[0].detections[0].candidates == ["2-FMA", "3-FMA"]
    assert submission.items[0].detections[0].techniques == ["MALDI imaging"]
    assert submission.legal_hold

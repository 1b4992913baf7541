"""What a curator is warned of, and how texts become paragraphs."""

from __future__ import annotations

import pytest

from nps_registry.notices.advisory_document import _reference
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.prose import Block, blocks_of
from nps_registry.notices.wording import warn_of
from nps_registry.vocabulary.signal import TrafficLight


def words_of(details: str) -> list[str]:
    return [each.words for each in warn_of(AdvisoryText(details=details), frozenset(), signal_is_restricted=False)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A dose of 5 mg was taken.", ["dose", "5 mg"]),
        ("Tablets with 0,25 µg", ["0,25 µg"]),
        ("It can be bought from a vendor on the darknet for 20 €.", ["bought", "vendor", "darknet", "0 €"]),
        ("The synthesis uses common reagents.", ["synthesis", "reagents"]),
        ("Dosages differ", ["Dosages"]),
    ],
)
def test_words_about_doses_making_and_buying_are_pointed_at(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Blood held 12 mg/l.",
        "Samples of 3.2 µg/ml were found; naloxone may help.",
        "Synthetic cathinones, sold as other substances, m/z 178.1226.",
        "Overdose is treated like that of other opioids.",
    ],
)
def test_findings_and_advice_are_not(text: str) -> None:
    assert words_of(text) == []


def test_a_public_text_is_watched_for_what_only_restricted_reports_know() -> None:
    text = AdvisoryText(audience=TrafficLight.CLEAR, countries=("DE", "FI"))
    told = warn_of(text, frozenset({"DE"}), signal_is_restricted=True)
    assert [(each.field, each.words) for each in told] == [("audience", ""), ("countries", "FI")]
    restricted = AdvisoryText(audience=TrafficLight.AMBER, countries=("FI",))
    assert warn_of(restricted, frozenset(), signal_is_restricted=True) == []


def test_empty_lines_part_paragraphs_and_hyphens_make_lists() -> None:
    text = "One\nparagraph.\r\n\r\n- first\n- second\n  goes on\n\nThe end.\n* a\n• b"
    assert blocks_of(text) == [
        Block(False, ["One paragraph."]),
        Block(True, ["first", "second goes on"]),
        Block(False, ["The end."]),
        Block(True, ["a", "b"]),
    ]
    assert blocks_of("  \n\n ") == []


def test_a_reference_is_a_citation_an_address_or_both() -> None:
    assert _reference("Bulletin 12, 2026") == {"type": "REPORT", "title": "Bulletin 12, 2026"}
    assert _reference("https://example.org/a") == {"type": "WEB", "url": "https://example.org/a"}
    both = {"type": "WEB", "url": "https://example.org/a", "title": "Bulletin 12"}
    assert _reference("Bulletin 12: https://example.org/a.") == both

"""Words and drawings are set on pages as chemists and readers write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from nps_registry.pages.small_drawing import SCALE, draw_small, is_broad
from nps_registry.pages.typesetting import set_formula, set_formulae, set_ion, set_name, set_text, set_whole

_TAGS = re.compile(r"</?(?:sub|sup|wbr|span)(?: [^>]*)?>")


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("Has CH2 more than the other.", "Has CH<sub>2</sub> more than the other."),
        ("Has F more and CH3 less.", "Has F more and CH<sub>3</sub> less."),
        ("An isomer: the same formula.", "An isomer: the same formula."),
    ],
)
def test_a_difference_has_its_counts_below_the_line(sentence: str, written: str) -> None:
    assert set_formulae(sentence) == written


@pytest.mark.parametrize("name", ["WIN55212", "CP55940", "2C-B", "4F-MDMB-BICA", "U-47700", "AM-2201", "H4CBD"])
def test_the_name_of_a_substance_is_taken_for_no_formula(name: str) -> None:
    assert set_text(name) == set_name(name) == name


def test_an_unnamed_entry_ends_with_its_formula() -> None:
    assert set_name("Unnamed nitazene C23H30N4O3").endswith("C<sub>23</sub>H<sub>30</sub>N<sub>4</sub>O<sub>3</sub>")


def test_a_systematic_name_may_break_behind_its_brackets() -> None:
    assert set_name("1-(1-(2-chlorophenyl)cyclohexyl)piperidine").split("<wbr>") == [
        "1-(1-(2-chlorophenyl)", "cyclohexyl)", "piperidine",
    ]  # fmt: skip


@pytest.mark.parametrize("piece", ["NPS-003508", "P-YGRY-6YJ3", "2025-07-28", "2026-09", "2026-Q2", "2026 Q2"])
def test_accessions_references_dates_and_quarters_stay_on_one_line_and_in_their_own_direction(piece: str) -> None:
    assert set_whole(f"see {piece}, or not") == f'see <bdi class="unbroken">{piece}</bdi>, or not'


@pytest.mark.parametrize(
    ("adduct", "written"),
    [
        ("[M+H]+", "[M+H]<sup>+</sup>"),
        ("[M]+.", "[M]<sup>+•</sup>"),
        ("[M+2H]2+", "[M+2H]<sup>2+</sup>"),
        ("[M+NH4]+", "[M+NH<sub>4</sub>]<sup>+</sup>"),
        ("[M-H]-", "[M\u2212H]<sup>\u2212</sup>"),
    ],
)
def test_an_ion_has_its_charge_above_the_line(adduct: str, written: str) -> None:
    assert set_ion(adduct) == written


@given(st.text())
def test_whatever_is_set_says_the_same_and_lets_no_markup_through(text: str) -> None:
    for written in (set_formula(text), set_formulae(text), set_text(text), set_whole(text), set_name(text)):
        assert _TAGS.sub("", written) == escape(text)


def test_drawings_of_lists_keep_one_scale_whatever_their_size() -> None:
    small, broad = (f'<svg viewBox="0 0 {side} 90" width="{side}" height="90"></svg>' for side in (120, 700))
    assert f'width="{120 * SCALE:.0f}" height="{90 * SCALE:.0f}"' in draw_small(small)
    assert f'width="{700 * SCALE:.0f}" height="{90 * SCALE:.0f}"' in draw_small(broad)
    assert (is_broad(small), is_broad(broad), is_broad("")) == (False, True, False)

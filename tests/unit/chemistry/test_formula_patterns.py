"""A formula with open counts admits what it says and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.chemistry.formula_patterns import is_open, parse_formula_pattern
from nps_registry.chemistry.formulae import Formula, parse_formula, write_hill
from nps_registry.errors import InvalidInput


@pytest.mark.parametrize(
    ("pattern", "formula", "admitted"),
    [
        ("C17H18Cl*N2O?", "C17H18N2", True),
        ("C17H18Cl*N2O?", "C17H18Cl2N2O", True),
        ("C17H18Cl*N2O?", "C17H18ClN2O2", False),
        ("C17H18Cl*N2O?", "C17H18ClN2S", False),
        ("C(10-12)H*NO", "C11H15NO", True),
        ("C(10-12)H*NO", "C13H15NO", False),
        ("C(10-12)H*NO", "C11H15NO+", False),
        ("C5H*NO+", "C5H14NO+", True),
        ("C*H*", "C6H6", True),
        ("NOH*C₁₁", "C11H15NO", True),
    ],
)
def test_a_formula_is_admitted_as_its_counts_say(pattern: str, formula: str, admitted: bool) -> None:
    assert parse_formula_pattern(pattern).admits(parse_formula(formula)) is admitted


counts = st.dictionaries(st.sampled_from(["C", "H", "N", "O", "Cl", "S"]), st.integers(1, 60), min_size=1)


@given(counts)
def test_a_closed_formula_admits_itself_alone(given_counts: dict[str, int]) -> None:
    text = write_hill(given_counts)
    pattern = parse_formula_pattern(text)
    assert not is_open(text)
    assert pattern.admits(Formula(given_counts))
    assert not pattern.admits(Formula({**given_counts, "Br": 1}))


@given(counts, st.sampled_from(["C", "H", "N", "O", "Cl", "S"]))
def test_opening_a_count_never_shuts_anything_out(given_counts: dict[str, int], opened: str) -> None:
    text = "".join(f"{symbol}{'*' if symbol == opened else count}" for symbol, count in given_counts.items())
    assert parse_formula_pattern(text).admits(Formula(given_counts))


@pytest.mark.parametrize("text", ["?", "*", "C(4-2)H*", "C(1-)", "Xx?", "C17H18Cl**", "C?" * 101, "c*"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_formula_pattern(text)

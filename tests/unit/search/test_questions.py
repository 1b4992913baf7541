"""A question that exists can be answered; one that cannot be made names every field at fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nps_registry.errors import InvalidInput
from nps_registry.search.questions import (
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
)
from nps_registry.search.restriction import Restriction


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (lambda: SimilarityQuestion("C", threshold=2.0), ["threshold"]),
        (lambda: SimilarityQuestion("C", threshold=float("nan")), ["threshold"]),
        (lambda: SimilarityQuestion("C", threshold=-0.1), ["threshold"]),
        (lambda: SimilarityQuestion("C", limit=1_000_000_000), ["limit"]),
        (lambda: SimilarityQuestion(" ", threshold=2.0, limit=0), ["structure", "threshold", "limit"]),
        (lambda: Restriction(first_reported_from=2030, first_reported_until=2020), ["first_reported_until"]),
        (lambda: SimilarityQuestion("C", tversky_a=float("inf")), ["tversky_a"]),
        (lambda: SubstructureQuestion(""), ["pattern"]),
        (lambda: SubstructureQuestion("C\x00"), ["pattern"]),
        (lambda: IdentityQuestion("\n"), ["structure"]),
        (lambda: NameQuestion("x" * 501), ["q"]),
        (MassQuestion, ["mass_da"]),
        (lambda: MassQuestion(mass_da=1.0, formula="C"), ["formula"]),
        (lambda: MassQuestion(mz=float("nan")), ["mz"]),
        (lambda: MassQuestion(mass_da=-3.0, ppm=0.0), ["mass_da", "ppm"]),
        (lambda: MassQuestion(formula=" "), ["formula"]),
    ],
)
def test_every_field_at_fault_is_named(make: Callable[[], object], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make()
    assert [error.field for error in refusal.value.errors] == fields


def test_the_bounds_themselves_are_inside() -> None:
    SimilarityQuestion("C", threshold=0.0, limit=1)
    SimilarityQuestion("C", threshold=1.0, limit=500)
    NameQuestion("x" * 500)

"""Refusals: what a validator finds, told in the words of the request."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from nps_registry.errors import FieldError, field_of, sum_up


class _Item(BaseModel):
    form: str

    @field_validator("form")
    @classmethod
    def _is_known(cls, form: str) -> str:
        if form != "powder":
            raise ValueError("Nobody knows this form.")
        return form


class _Body(BaseModel):
    items: list[_Item]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"items": [{"form": "powder"}, {"form": "x"}]}, "items[1].form", "Nobody knows this form."),
        ({"items": ["powder"]}, "items[0]", "Give a JSON object here."),
        ({}, "items", "Field required"),
    ],
)
def test_a_fault_is_told_by_its_place_and_without_the_validators_own_words(
    body: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        _Body.model_validate(body)
    (fault,) = caught.value.errors()
    assert field_of(fault["loc"], fault) == FieldError(field, message)


def test_several_faults_are_counted_and_the_first_is_named() -> None:
    errors = [FieldError("event", "Field required"), FieldError("items", "Field required")]
    assert sum_up(errors[:1]) == "event: Field required"
    assert sum_up(errors) == "2 fields are not valid; the first: event: Field required"

"""What keeps a draft from being sent, field by field, under the draft's own names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.draft_fields import HERE, Fields, layout_of, name_of, part_of, value_of


def faults_of(fields: Fields) -> list[FieldError]:
    """Every field that a submission would be refused for, before its structures are read."""
    try:
        read_submission(value_of(fields))
    except InvalidInput as refusal:
        return renamed(refusal.errors, fields)
    return []


def renamed(errors: Iterable[FieldError], fields: Fields) -> list[FieldError]:
    """*errors* of a submission, each under the name of its field in the draft *fields*."""
    layout = layout_of(fields)
    return [FieldError(name_of(error.field, layout), error.message) for error in errors]


def typed_only(errors: Sequence[FieldError], fields: Fields) -> list[FieldError]:
    """Those of *errors* that are about something typed: what is still empty is no fault of a draft."""
    return [error for error in errors if _says_something(fields, error.field)]


def _says_something(fields: Fields, name: str) -> bool:
    """Whether the field has a text, or the item or detection of this name has one in any of its own fields."""
    text = fields.get(name, "")
    if text != HERE:
        return bool(text.strip())
    return any(part_of(each)[-1:] == (name,) for each in fields if each != name)

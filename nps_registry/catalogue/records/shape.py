"""The base of every record, and the shapes of the short texts that records hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


class Record(BaseModel):
    """A frozen record of the catalogue; a field that the format does not have is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


Accession = Annotated[str, StringConstraints(pattern=r"^NPS-[0-9]{6}$")]
"""Minted once by the catalogue, never reused."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=80)]
"""A lower-case key of a class, a subclass or a list."""

SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
"""The id of a source in ``sources.toml``."""

Text = Annotated[str, StringConstraints(pattern=r"^\S(?:[^\x00-\x1f]*\S)?$", max_length=1000)]
"""One line without space at its ends and without control characters."""

Prose = Annotated[str, StringConstraints(pattern=r"^\S(?:[\s\S]*\S)?$", max_length=4000)]
"""Sentences, perhaps over several lines."""

Year = Annotated[int, Field(ge=1800, le=2100)]
SourceIds = Annotated[tuple[SourceId, ...], Field(min_length=1)]
"""The sources of a fact: at least one."""


def _written(value: object) -> object:
    """A TOML date as its text; anything else as it is."""
    return value.isoformat() if type(value) is date else value


def _exists(text: str) -> str:
    """*text*, if a calendar has that year, month or day.

    Raises:
        ValueError: there is no such month or day.
    """
    year, month, day = (*text.split("-"), "1", "1")[:3]
    date(int(year), int(month), int(day))
    return text


PartialDate = Annotated[
    str,
    StringConstraints(pattern=r"^[12][0-9]{3}(?:-[0-9]{2}(?:-[0-9]{2})?)?$"),
    BeforeValidator(_written),
    AfterValidator(_exists),
]
"""A day, a month or a year: no more than the source says ("2018-03")."""

InchiKey = Annotated[str, StringConstraints(pattern=r"^[A-Z]{14}-[A-Z]{10}-[A-Z]$")]

"""The base of every record, and the shapes of the short texts that records hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


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

"""Files that hold lists: the sources, and the accessions that must not be given again."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import model_validator

from nps_registry.catalogue.records.shape import Accession, Prose, Record
from nps_registry.catalogue.records.source import SourceRecord


class SourceFile(Record):
    """``substances/sources.toml``."""

    sources: tuple[SourceRecord, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [source.id for source in self.sources]
        if doubled := sorted({source_id for source_id in ids if ids.count(source_id) > 1}):
            raise ValueError(f"these source ids are given twice: {', '.join(doubled)}")
        return self


class RetiredAccession(Record):
    """A number that was given once, has no file any more, and is never given again.

    ``instead`` is the entry of what was meant, where there is one.
    """

    accession: Accession
    reason: Prose
    on: date
    instead: Accession | None = None


class RetiredFile(Record):
    """``substances/retired.toml``."""

    retired: tuple[RetiredAccession, ...] = ()

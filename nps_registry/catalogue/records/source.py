"""A source: who states something, under which licence, and of whom it is independent."""

from __future__ import annotations

from nps_registry.catalogue.records.shape import Key, Prose, Record, SourceId, Text
from nps_registry.vocabulary.catalogue import SourceKind


class SourceRecord(Record):
    """One source that facts of the catalogue rest on."""

    id: SourceId
    title: Text
    publisher: Text
    licence: Text
    edition: Text
    """Version or date of what was read; "undated" where the source does not say."""
    kind: SourceKind
    group: Key | None = None
    """Independence group: claims of one group are not independent. Its own id where it stands alone."""
    url: Text | None = None
    note: Prose | None = None
    """How names and structures came out of it, and what its silence means."""

    @property
    def independence_group(self) -> str:
        """The group within which claims count once."""
        return self.group or self.id

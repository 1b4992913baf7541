"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.term import Term


def byte_ordered(length: int | None = None) -> String:
    """A text that both databases sort alike, by its code points and not by a language's rules."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """A point in time, kept in UTC with its zone; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn *value* to UTC; SQLite keeps no zone, so it is dropped there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its time zone.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[Term]):
    """A vocabulary term, kept as its stored key so that a new term needs no migration."""

    impl = String(48)
    cache_ok = True

    def __init__(self, terms: type[Term]) -> None:
        super().__init__()
        self.terms = terms
        self._term_of = {term.value: term for term in terms}

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The stored key; a value outside the vocabulary is refused."""
        return None if value is None else self._term(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Term | None:
        """The term of the stored key."""
        return None if value is None else self._term(value)

    def _term(self, key: str) -> Term:
        term = self._term_of.get(key)
        if term is None:
            raise ValueError(f"{key!r} is not a term of {self.terms.__name__}")
        return term


class PartialDay(TypeDecorator[PartialDate]):
    """A partial date, kept as its ISO text, which sorts in time order."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | None, dialect: Dialect) -> str | None:
        """The ISO text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PartialDate | None:
        """The date of the ISO text."""
        return None if value is None else PartialDate.read(value)

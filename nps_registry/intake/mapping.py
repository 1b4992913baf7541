"""How a laboratory's own table says what a report says: a small TOML file, written once.

A value is a constant (``country = "CA"``), or taken from a column (``{column = "Date"}``), turned by a
table of words where the laboratory's words are not the vocabulary's (``{column = "Type", words = {...}}``).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _

Scalar = str | int | float | bool


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Part):
    """A value taken from a column.

    Attributes:
        column: the column's heading.
        words: what the cell's text stands for; a text that is not among them is an error, unless *other* says.
        other: what any other text stands for.
    """

    column: str
    words: dict[str, Scalar] = {}
    other: Scalar | None = None


Value = Cell | Scalar


class Findings(_Part):
    """A column that says what was found.

    Attributes:
        column: the column's heading.
        split: how a cell holds several names: one, separated by a text, a JSON list, or a list as Python writes it.
        separator: the text between names, for ``separated``.
        results: for a column of yes and no: what its texts mean; other texts say nothing and are counted.
        detection: fields of every detection from this column (``name``, ``chemical_class``, ``techniques`` ...).
    """

    column: str
    split: Literal["one", "separated", "json", "python_list"] = "one"
    separator: str = ";"
    results: dict[str, Literal["positive", "uncertain", "negative"]] = {}
    detection: dict[str, Any] = {}


class Mapping(_Part):
    """The whole mapping of one kind of table."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    sharing: str = "country"
    own_reference: Value | None = None
    event: dict[str, Value]
    item: dict[str, Value] = {}
    findings: Annotated[list[Findings], Field(min_length=1)]
    nothing_found: list[str] = []

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the table must have."""
        values = [*self.event.values(), *self.item.values(), self.own_reference]
        cells = [value.column for value in values if isinstance(value, Cell)]
        return tuple(dict.fromkeys([*cells, *(finding.column for finding in self.findings)]))


def read_mapping(path: Path) -> Mapping:
    """The mapping in the TOML file at *path*.

    Raises:
        InvalidInput: it is not there, not TOML, or not a mapping; the fields at fault are named.
    """
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise InvalidInput(
            _("The mapping %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            _("The mapping %(path)s is not TOML: %(reason)s.") % {"path": path, "reason": error}
        ) from None
    except ValidationError as error:
        errors = [FieldError(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in error.errors()]
        raise InvalidInput(
            _("The mapping %(path)s has faults; the first: %(field)s: %(message)s")
            % {"path": path, "field": errors[0].field, "message": errors[0].message},
            errors=errors,
        ) from None

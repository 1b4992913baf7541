"""How a laboratory's own table says what a report says: a small TOML file, or columns chosen once on the batch desk.

A value is a constant (``country = "CA"``), or taken from a column (``{column = "Date"}``), turned by a
table of words where the laboratory's words are not the vocabulary's (``{column = "Type", words = {...}}``).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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
    """What was found: a column that names it, or several columns that together describe one detection.

    Attributes:
        column: the heading of the column that names what was found; empty where *fields* say it.
        fields: fields of one detection per row, each a constant or taken from a column.
        split: how a cell holds several names: one, separated by a text, a JSON list, or a list as Python writes it.
        separator: the text between names, for ``separated``.
        results: for a column of yes and no: what its texts mean; other texts say nothing and are counted.
        detection: fields of every detection from this column (``name``, ``chemical_class``, ``techniques`` ...).
    """

    column: str = ""
    fields: dict[str, Value] = {}
    split: Literal["one", "separated", "json", "python_list"] = "one"
    separator: str = ";"
    results: dict[str, Literal["positive", "uncertain", "negative"]] = {}
    detection: dict[str, Any] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.column) == bool(self.fields):
            raise ValueError(_("Findings take either a column or fields."))
        return self


class Mapping(_Part):
    """The whole mapping of one kind of table.

    Attributes:
        report: fields of the report itself beside ``own_reference`` (``sharing``, ``note``, ``hold_until`` ...).
        item_number: what tells the items of one report apart; without it, items that say the same are one.
        grouped: whether rows with the same own reference are one report.
        whole: the column that holds whole reports as JSON; nothing else is mapped then.
        ignored: columns that are known and left out.
    """

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    sharing: str = "country"
    own_reference: Value | None = None
    report: dict[str, Value] = {}
    event: dict[str, Value] = {}
    item: dict[str, Value] = {}
    item_number: Value | None = None
    findings: list[Findings] = []
    nothing_found: list[str] = []
    grouped: bool = False
    whole: str = ""
    ignored: list[str] = []

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.whole and (not self.findings or not self.event):
            raise ValueError(_("A mapping says where event and findings stand."))
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the table must have."""
        if self.whole:
            return (self.whole,)
        values = [*self.report.values(), *self.event.values(), *self.item.values(), self.own_reference]
        values.append(self.item_number)
        for finding in self.findings:
            values += [Cell(column=finding.column)] if finding.column else finding.fields.values()
        return tuple(dict.fromkeys(value.column for value in values if isinstance(value, Cell)))


def read_mapping(path: Path) -> Mapping:
    """The mapping in the TOML file at *path*.

    Raises:
        InvalidInput: it is not there, not TOML, or not a mapping; the fields at fault are named.
    """
    try:
        return mapping_of(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise InvalidInput(
            _("The mapping %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(
            _("The mapping %(path)s is not TOML: %(reason)s.") % {"path": path, "reason": error}
        ) from None


def mapping_of(text: str, path: str) -> Mapping:
    """The mapping that *text* says in TOML; *path* is what people call it.

    Raises:
        InvalidInput: not TOML, or not a mapping; the fields at fault are named.
    """
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
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

"""What a validator found, as sentences with file, line and field that a curator can act on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nps_registry.errors import CatalogueFault, FieldError
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark, ngettext

_HEADER = re.compile(r"^\[{1,2}\s*([A-Za-z0-9_.\-]+)\s*\]{1,2}")
_KEY = re.compile(r"^([A-Za-z0-9_\-]+)\s*=")
_SHOWN_CHARACTERS = 80

# Words for the shapes of records/shape.py, keyed by their regular expressions' beginnings.
_SHAPES = (
    ("^NPS-", mark("an accession looks like NPS-000123")),
    ("^[A-Z]{14}-", mark("an InChIKey has 14, 10 and 1 capital letters with hyphens between")),
    ("^InChI=", mark("a standard InChI begins with InChI=1S/ and has no spaces")),
    ("^[a-z0-9]+", mark("it is written in small letters and digits, joined by single hyphens or underscores")),
    (r"^\S+(?: \|", mark("a SMILES has no spaces, save before a stereo group such as |&1:3|")),
    (r"^\S+$", mark("it has no spaces")),
    (r"^\S", mark("it has no space at its ends, is not empty and has no control characters")),
    ("^[A-Z][A-Za-z0-9", mark("a formula looks like C11H15NO")),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it is and what to do about it.

    Attributes:
        path: file below the catalogue's directory.
        field: path of the field (``names[2].kind``); empty for the file as a whole.
        message: one sentence.
        line: 1-based line of the file, where it is known.
    """

    path: str
    field: str
    message: str
    line: int | None = None

    @property
    def place(self) -> str:
        """File, line and field, for a person."""
        line = f":{self.line}" if self.line else ""
        field = f": {self.field}" if self.field else ""
        return f"{self.path}{line}{field}"


def refuse(faults: Sequence[Fault]) -> CatalogueFault:
    """One refusal that holds every fault; its sentence names the first."""
    count = len(faults)
    first = f"{faults[0].place}: {faults[0].message}"
    detail = ngettext(
        "The catalogue has a fault: {first}", "The catalogue has {count} faults; the first: {first}", count
    )
    errors = [FieldError(fault.place, fault.message) for fault in faults]
    return CatalogueFault(detail.format(count=count, first=first), errors=errors)


def explain(error: ValidationError, path: str, text: str) -> list[Fault]:
    """The faults that the validator found in the file *path* with the content *text*."""
    details = error.errors(include_url=False)
    # A list whose only value is at fault is reported a second time as too short: that is no fault of its own.
    inner = {detail["loc"][:1] for detail in details if len(detail["loc"]) > 1}
    return [
        Fault(path, spell_field(detail["loc"]), _sentence(detail), find_line(text, detail["loc"]))
        for detail in details
        if not (detail["type"] == "too_short" and detail["loc"] in inner)
    ]


def spell_field(loc: Sequence[str | int]) -> str:
    """The field's path as people write it: ``names[2].kind``."""
    spelt = ""
    for part in loc:
        spelt += f"[{part}]" if isinstance(part, int) else f".{part}"
    return spelt.lstrip(".")


def find_line(text: str, loc: Sequence[str | int]) -> int | None:
    """The 1-based line where the field *loc* of a TOML file stands, or the table that should hold it."""
    if not loc:
        return None
    parts = list(loc)
    table = str(parts.pop(0))
    index = parts.pop(0) if parts and isinstance(parts[0], int) else None
    key = str(parts[0]) if parts else None
    current, seen, header_line = "", -1, None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            current = header[1]
            seen += current == table
            if current == table and index in (None, seen):
                header_line = number
        elif (entry := _KEY.match(line)) and (
            (current == "" and entry[1] == table) or (current == table and index in (None, seen) and entry[1] == key)
        ):
            return number
    return header_line


def _sentence(detail: ErrorDetails) -> str:
    """What is wrong with one field, in words."""
    given = _shorten(detail["input"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return _("it is missing; add it")
        case "extra_forbidden":
            return _("the format has no such field; remove it or correct its spelling")
        case "enum" | "literal_error":
            return _("it is {given}; it must be one of {expected}").format(given=given, expected=context["expected"])
        case "string_pattern_mismatch":
            return _("it is {given}; {shape}").format(given=given, shape=_shape(str(context["pattern"])))
        case "value_error":
            return str(context["error"])
        case _:
            return _("it is {given}: {message}").format(given=given, message=detail["msg"])


def _shape(pattern: str) -> str:
    return next((_(words) for start, words in _SHAPES if pattern.startswith(start)), pattern)


def _shorten(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"

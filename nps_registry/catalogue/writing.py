"""Writing the catalogue's files: one layout for every file, so that a diff shows only what changed.

Reading what was written gives the same record. Values that equal the format's default are left out,
SMILES with backslashes stand in quotes that need no escapes, and long lists have one value per line.

The layout is the point here, and the general writers either do not offer it or take 4 ms per file; what
they would take off us is the escaping of strings, and a TOML basic string is a JSON string save for DEL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.catalogue.records.shape import Record

_LINE_CHARACTERS = 118
_ALWAYS_WRITTEN = frozenset({"kind"})


def substance_path(record: SubstanceRecord) -> str:
    """Where the record's file belongs below the catalogue's directory, with ``/``."""
    return f"{record.folder}/{record.accession}.toml"


def write_substance(record: SubstanceRecord) -> str:
    """The text of the record's file."""
    return write_record(record)


def write_record(record: Record) -> str:
    """The text of a file that holds *record*: plain fields, then one table per nested record.

    Records nested within nested ones are written in braces, on one line.
    """
    plain, tables = [], []
    for name, value in _stated(record):
        if isinstance(value, Record):
            tables.append(f"\n[{name}]\n{_fields(value)}")
        elif isinstance(value, tuple) and isinstance(value[0], Record):
            tables.extend(f"\n[[{name}]]\n{_fields(part)}" for part in value)
        else:
            plain.append(_field(name, value))
    return "".join(plain + tables).lstrip("\n")


def _stated(record: Record) -> Iterable[tuple[str, Any]]:
    """Fields that say something, in the order of the format."""
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if value != field.get_default() or (name in _ALWAYS_WRITTEN and value is not None):
            yield name, value


def _fields(record: Record) -> str:
    return "".join(_field(name, value) for name, value in _stated(record))


def _field(name: str, value: Any) -> str:
    line = f"{name} = {_value(value)}\n"
    if isinstance(value, tuple) and len(line) > _LINE_CHARACTERS:
        return f"{name} = [\n" + "".join(f"    {_value(part)},\n" for part in value) + "]\n"
    return line


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    if isinstance(value, Record):
        return "{ " + ", ".join(f"{name} = {_value(part)}" for name, part in _stated(value)) + " }"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, Enum):
        return _string(str(value.value))
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} has no form in the catalogue's files")


def _string(value: str) -> str:
    plain = value.isprintable()
    if "\n" in value and value.replace("\n", "").isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"""\n{escaped}"""'
    if plain and "'" not in value and ("\\" in value or '"' in value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

"""JSON Schemas of the catalogue's files, written by the models that validate them.

Editors that know TOML check a file against its schema while a curator types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nps_registry.catalogue.records import ClassRecord, ControlList, RetiredFile, SourceFile, SubstanceRecord
from nps_registry.catalogue.records.shape import Record

FOLDER = "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: Mapping[str, type[Record]] = {
    "substance": SubstanceRecord,
    "class": ClassRecord,
    "control-list": ControlList,
    "sources": SourceFile,
    "retired": RetiredFile,
}


def describe_format() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each sort of file, under the sort's name."""
    return {
        sort: {"$schema": _DIALECT, **model.model_json_schema(mode="validation")} for sort, model in _MODELS.items()
    }


def write_schemas(directory: Path) -> list[Path]:
    """Write every schema to ``schemas/`` below the catalogue's *directory*; gives the files' paths."""
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True)
    written = []
    for sort, schema in describe_format().items():
        path = folder / f"{sort}.schema.json"
        path.write_text(spell(schema), encoding="utf-8")
        written.append(path)
    return written


def spell(schema: Mapping[str, Any]) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

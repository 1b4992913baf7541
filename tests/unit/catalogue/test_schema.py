"""The JSON Schemas of the catalogue's files."""

from __future__ import annotations

import tomllib

import jsonschema_rs
import pytest
from hypothesis import given

from nps_registry.assets import find_substances
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.catalogue.schema import FOLDER, describe_format, spell
from nps_registry.catalogue.writing import write_substance
from tests.unit.catalogue.records import make_substance, substances


@pytest.mark.parametrize("sort", describe_format())
def test_the_schema_in_the_catalogue_is_the_one_the_models_write(sort: str) -> None:
    path = find_substances() / FOLDER / f"{sort}.schema.json"

    assert path.read_text("utf-8") == spell(describe_format()[sort]), "run: nps-registry catalogue schema --write"


@given(record=substances())
def test_every_file_that_is_written_meets_the_schema(record: SubstanceRecord) -> None:
    jsonschema_rs.validate(describe_format()["substance"], tomllib.loads(write_substance(record)))


def test_a_field_that_the_format_does_not_have_fails_the_schema() -> None:
    stated = tomllib.loads(write_substance(make_substance()) + '\n[invented]\nfield = "x"\n')

    with pytest.raises(jsonschema_rs.ValidationError, match="invented"):
        jsonschema_rs.validate(describe_format()["substance"], stated)


def test_the_example_in_the_catalogues_readme_is_of_the_format() -> None:
    text = (find_substances() / "README.md").read_text("utf-8")
    example = tomllib.loads(text.split("```toml\n", 1)[1].split("```", 1)[0])
    stated = {table: field for table, field in example.items() if table not in ("members", "subclass")}

    assert set(example) <= set(SubstanceRecord.model_fields)
    for table in ("names", "identifiers", "claims", "relations"):
        allowed = describe_format()["substance"]["$defs"][f"{table[:-1].capitalize()}Record"]["properties"]
        assert set(stated[table][0]) <= set(allowed), table


def test_the_catalogues_readme_shows_every_field_of_the_format() -> None:
    text = (find_substances() / "README.md").read_text("utf-8")

    assert [field for field in SubstanceRecord.model_fields if f"{field}" not in text] == []

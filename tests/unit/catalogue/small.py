"""The small catalogue that the tests alter, entry by entry."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.records import Catalogue, ControlList, SubstanceRecord

DIRECTORY = Path(__file__).parents[2] / "cases" / "catalogue"

MMC, MEPHEDRONE, FLUOROFENTANYLS, LEVO, RACE = "NPS-000001", "NPS-000002", "NPS-000008", "NPS-000009", "NPS-000011"
MITRAGYNINE, NALOXONE, MERGED, WITHDRAWN = "NPS-000014", "NPS-000016", "NPS-000022", "NPS-000023"


@lru_cache(maxsize=1)
def small() -> Catalogue:
    """The catalogue in ``tests/cases/catalogue``."""
    return read_catalogue(DIRECTORY)


def altered(accession: str, **changes: Any) -> Catalogue:
    """The small catalogue with other values in the fields of one entry."""
    catalogue = small()
    fields = catalogue.by_accession[accession].model_dump() | changes
    record = SubstanceRecord.model_validate(fields)
    records = tuple(record if each.accession == accession else each for each in catalogue.substances)
    return replace(catalogue, substances=records)


def with_part(entry: str, part: str, position: int, **changes: Any) -> Catalogue:
    """The small catalogue with other values in one name, claim, identifier or relation of one entry."""
    parts = [each.model_dump() for each in getattr(small().by_accession[entry], part)]
    parts[position] |= changes
    return altered(entry, **{part: parts})


def with_more(entry: str, part: str, **fields: Any) -> Catalogue:
    """The small catalogue with one more name, claim, identifier, relation or member on one entry."""
    parts = [each.model_dump() for each in getattr(small().by_accession[entry], part)]
    return altered(entry, **{part: [*parts, fields]})


def with_structure(accession: str, **changes: Any) -> Catalogue:
    """The small catalogue with other values in the structure of one entry."""
    structure = small().by_accession[accession].structure
    assert structure is not None
    return altered(accession, structure=structure.model_dump() | changes)


def with_name(accession: str, name: str, **fields: Any) -> Catalogue:
    """The small catalogue with one more name on one entry."""
    return with_more(accession, "names", **{"name": name, "kind": "synonym", "sources": ["curation"]} | fields)


def with_preferred(accession: str, name: str) -> Catalogue:
    """The small catalogue with another preferred name on one entry."""
    names = [each.model_dump() for each in small().by_accession[accession].names]
    names[0] |= {"name": name, "sources": ["curation"]}
    return altered(accession, name=name, names=names)


def with_control(position: int, **changes: Any) -> Catalogue:
    """The small catalogue with other values in one entry of the 1961 list."""
    catalogue = small()
    fields = catalogue.controls[0].model_dump()
    entries = list(fields["entries"])
    entries[position] |= changes
    changed = ControlList.model_validate(fields | {"entries": entries})
    return replace(catalogue, controls=(changed, *catalogue.controls[1:]))

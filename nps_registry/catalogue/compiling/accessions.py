"""Accessions: kept for every identity that has one, minted in a stable order for those that have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import tomli

Identity = tuple[str, str]


def read_accessions(directory: Path) -> dict[Identity, str]:
    """Accession by identity of every substance file below *directory*, whatever else the files say.

    The identity of a chemical is its InChI with its stereo, that of another kind its kind with its name.
    Only these fields are read, so that the accessions survive a change of the format.
    """
    found: dict[Identity, str] = {}
    for path in sorted(directory.glob("*/NPS-*.toml")):
        data = tomli.loads(path.read_text(encoding="utf-8"))
        structure = data.get("structure")
        identity = (structure["inchi"], structure["stereo"]) if structure else (data["kind"], data["name"])
        found[identity] = data["accession"]
    return found


def read_controlled(directory: Path) -> frozenset[str]:
    """Accessions that an entry of a control list below *directory* names, as the lists were resolved last."""
    lists = [tomli.loads(path.read_text(encoding="utf-8")) for path in sorted(directory.glob("controls/*.toml"))]
    return frozenset(
        accession for found in lists for entry in found.get("entries", ()) for accession in entry.get("accessions", ())
    )


def retired_numbers(directory: Path) -> frozenset[int]:
    """Numbers that must never be given again."""
    path = directory / "retired.toml"
    if not path.is_file():
        return frozenset()
    entries = tomli.loads(path.read_text(encoding="utf-8")).get("retired", [])
    return frozenset(number_of(entry["accession"]) for entry in entries)


def number_of(accession: str) -> int:
    """The number in ``NPS-000123``."""
    return int(accession.removeprefix("NPS-"))


def mint(wanted: Iterable[Identity], known: Mapping[Identity, str], retired: Iterable[int] = ()) -> dict[Identity, str]:
    """An accession for each identity *wanted*, in their order; the known ones keep theirs.

    A number above every known and retired one is next, so that a number never changes hands.
    """
    highest = max([0, *map(number_of, known.values()), *retired])
    given: dict[Identity, str] = {}
    for identity in wanted:
        if identity in given:
            continue
        if identity in known:
            given[identity] = known[identity]
        else:
            highest += 1
            given[identity] = f"NPS-{highest:06d}"
    return given


def unwanted(known: Mapping[Identity, str], given: Mapping[Identity, str]) -> list[str]:
    """Accessions that files have and this compilation does not give: they are told, never dropped silently."""
    return sorted(set(known.values()) - set(given.values()))

"""National lists drafted from the texts of the laws: header, entries with their structures, definitions.

A draft replaces the list's file; what a curator has decided about single entries stands in :mod:`.decisions` and
:mod:`.remarks`, so that drafting again gives the same file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from nps_registry.catalogue.compiling.controls.anchors import AnchorFinder, Doubt, Spelling
from nps_registry.catalogue.compiling.controls.canada import read_canadian_schedules
from nps_registry.catalogue.compiling.controls.china import date_entries, read_batches, read_chinese_lists
from nps_registry.catalogue.compiling.controls.germany import read_german_annexes
from nps_registry.catalogue.compiling.controls.remarks import (
    CHINESE_DEFINITIONS,
    CHINESE_REMOVED,
    NAMED_TWICE,
    NEWLY_LISTED_2025,
    remark,
)
from nps_registry.catalogue.records import (
    ControlEntry,
    ControlList,
    ControlListHeader,
    ExcludedRecord,
)
from nps_registry.vocabulary.substance import Jurisdiction

GERMAN_TEXT, CANADIAN_ITEMS = "BtMG.md", "canada_cdsa_items.csv"
CHINESE_TEXT, CHINESE_BATCHES = "china_2025_list.md", "china_batches_2015_2025.csv"
AnyListed = TypeVar("AnyListed", ControlEntry, ExcludedRecord)


@dataclass(frozen=True, slots=True)
class Draft:
    """A list as drafted, and the wordings whose structures are in doubt."""

    list_id: str
    content: ControlList
    doubts: tuple[Doubt, ...]


def draft_national_lists(texts: Path, finder: AnchorFinder) -> tuple[Draft, ...]:
    """Draft the lists of Germany, Canada and China from the files in *texts*."""
    return (_german(texts, finder), _canadian(texts, finder), _chinese(texts, finder))


def _german(texts: Path, finder: AnchorFinder) -> Draft:
    header = ControlListHeader(
        jurisdiction=Jurisdiction.DE,
        instrument="Betäubungsmittelgesetz (BtMG)",
        title="Narcotics Act, annexes I to III",
        edition="consolidated text, undated",
        source="de-btmg",
        checked_to=date(2025, 12, 31),
        is_primary=True,
        note=(
            "Annex I: not marketable; annex II: marketable, not prescribable; annex III: prescribable. The text gives "
            "no days of listing, and bears no date itself; it includes changes of 2025. Stereoisomers of every annex "
            "fall under annex I if they are meant for abuse. Where an entry exempts preparations, the annex says which."
        ),
    )
    entries = read_german_annexes((texts / GERMAN_TEXT).read_text(encoding="utf-8"))
    anchored, doubts = _anchor(entries, finder, "de_btmg", ("btmg_opsin",), _english_spelling)
    return Draft("de_btmg", ControlList(header=header, entries=_remarked("de_btmg", anchored)), doubts)


def _canadian(texts: Path, finder: AnchorFinder) -> Draft:
    header = ControlListHeader(
        jurisdiction=Jurisdiction.CA,
        instrument="Controlled Drugs and Substances Act",
        title="Schedules I to IV and VI",
        edition="consolidated text with provisions in force up to 12 April 2026",
        source="ca-cdsa",
        checked_to=date(2026, 4, 12),
        is_primary=True,
        note=(
            "The text dates each provision by its present wording; a substance may have been controlled long before, "
            "so no day of control is given. Derivatives and analogues beyond the named substances are covered where "
            'the scope says so. Substances that the schedules name as "not including" are exclusions of that heading '
            "only: butorphanol, nalbuphine, flunitrazepam and lefetamine stand in another place of the schedules."
        ),
    )
    schedules = read_canadian_schedules(_rows(texts / CANADIAN_ITEMS))
    entries, doubts = _anchor(schedules.entries, finder, "ca_cdsa", ("canada_cdsa_opsin",))
    excluded, more = _anchor(schedules.excluded, finder, "ca_cdsa", ("canada_cdsa_opsin",))
    content = ControlList(
        header=header,
        entries=_remarked("ca_cdsa", entries),
        excluded=excluded,
        definitions=schedules.definitions,
    )
    return Draft("ca_cdsa", content, (*doubts, *more))


def _chinese(texts: Path, finder: AnchorFinder) -> Draft:
    header = ControlListHeader(
        jurisdiction=Jurisdiction.CN,
        instrument="Regulations on the Administration of Narcotic Drugs and Psychotropic Substances",
        title="Catalogues of controlled narcotic drugs and psychotropic substances",
        edition="2025 edition, notices of 28 July 2025",
        source="cn-catalogue-2025",
        checked_to=date(2025, 7, 28),
        is_primary=True,
        note=(
            "Read from a copy of the official notices. The day of entry into force is that of the batch of the "
            "supplementary list that first named the substance; entries taken over from the catalogues of 2013 have "
            "none here. The non-medical list does not tell narcotic from psychotropic substances."
        ),
    )
    entries = date_entries(
        read_chinese_lists((texts / CHINESE_TEXT).read_text(encoding="utf-8")),
        read_batches(_rows(texts / CHINESE_BATCHES)),
    )
    entries = tuple(_dated_by_edition(entry) for entry in entries)
    own = ("china2025_opsin", "china_sf_name_opsin")
    anchored, doubts = _anchor(entries, finder, "cn_2025", own)
    content = ControlList(
        header=header,
        entries=_remarked("cn_2025", anchored),
        excluded=CHINESE_REMOVED,
        definitions=CHINESE_DEFINITIONS,
    )
    return Draft("cn_2025", content, doubts)


def _dated_by_edition(entry: ControlEntry) -> ControlEntry:
    """An entry that no batch dates is known since the edition, newly decided or taken over."""
    if entry.in_force_on:
        return entry
    dated = "decided_on" if entry.listed_as in NEWLY_LISTED_2025 else "worded_since"
    return entry.model_copy(update={dated: "2025-07-28"})


def _anchor(
    listed: Iterable[AnyListed], finder: AnchorFinder, list_id: str, own: Sequence[str], spell: Spelling | None = None
) -> tuple[tuple[AnyListed, ...], tuple[Doubt, ...]]:
    found: list[AnyListed] = []
    doubts: list[Doubt] = []
    for one in listed:
        anchored = finder.find(one, list_id, own, spell or _no_other_spelling)
        found.append(one.model_copy(update={"structures": anchored.structures}))
        if anchored.doubt:
            doubts.append(anchored.doubt)
    return tuple(found), tuple(doubts)


def _remarked(list_id: str, entries: Iterable[ControlEntry]) -> tuple[ControlEntry, ...]:
    entries = tuple(entries)
    repeated = {other: first for first, other in NAMED_TWICE.get(list_id, ())}
    return tuple(remark(list_id, entry, repeated) for entry in entries if entry.listed_as not in repeated)


def _english_spelling(name: str) -> Iterable[str]:
    """The English form of a German nonproprietary name: most lack only the last letter."""
    return (f"{name}e",)


def _no_other_spelling(_name: str) -> Iterable[str]:
    return ()


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

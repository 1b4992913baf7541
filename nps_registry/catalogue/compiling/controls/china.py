"""The Chinese lists of controlled narcotic and psychotropic substances, read from a Markdown copy of the notices.

The 2025 edition has four tables: the non-medical list, the medical narcotics, and the two classes of medical
psychotropics. A second table gives the batches in which the supplementary list grew, with the day on which each
came into force. The classes defined by structure (fentanyl-related substances, synthetic cannabinoids, nitazenes)
stand as running text and are kept as definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nps_registry.catalogue.compiling.controls.wording import plain_dashes
from nps_registry.catalogue.records import ControlEntry
from nps_registry.vocabulary.catalogue import ControlScope

_NON_MEDICAL = "Non-medical list"
SOURCE, SUPPLEMENTS = "cn-catalogue-2025", "cn-supplements"
_SALTS_AND_STEREO = (ControlScope.SALTS, ControlScope.STEREOISOMERS)
_ESTERS_TOO = (*_SALTS_AND_STEREO, ControlScope.ESTERS, ControlScope.ETHERS)
_CAS = re.compile(r"\b\d{2,7}-\d{2}-\d\b")
_ROW = re.compile(r"^\|\s*(\d+)\s*\|(.*)\|\s*$")
_MISSPELT = {"Isoutomidate": "Isobutomidate"}
_FIRST_WITH_ESTERS = 305
"""The non-medical list's second note: from this number on, esters and ethers are covered too."""


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    schedule: str
    scope: tuple[ControlScope, ...]


_SECTIONS = (
    _Section("## 非药用类", _NON_MEDICAL, _SALTS_AND_STEREO),
    _Section("## 药用类麻醉", "Narcotic drugs", (*_ESTERS_TOO, ControlScope.PREPARATIONS)),
    _Section("### 第一类", "Psychotropic substances, class I", (*_SALTS_AND_STEREO, ControlScope.PREPARATIONS)),
    _Section("### 第二类", "Psychotropic substances, class II", (*_SALTS_AND_STEREO, ControlScope.PREPARATIONS)),
)
_REMARKS = (
    ("制剂除外", "Medicinal preparations approved in China that contain it are exempt."),
    ("原料药及注射剂除外", "The active ingredient and injections stand in class I."),
    ("单方", "Single-ingredient preparations are included."),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """One substance of a batch of the supplementary list."""

    english: str
    alias: str
    cas: tuple[str, ...]
    in_force_on: str


def read_chinese_lists(text: str) -> tuple[ControlEntry, ...]:
    """The entries of the four tables in *text*, in their order."""
    entries: list[ControlEntry] = []
    section: _Section | None = None
    for line in text.splitlines():
        section = next((one for one in _SECTIONS if line.startswith(one.heading)), section)
        row = _ROW.match(line)
        if section and row:
            entries.append(_entry(section, int(row[1]), [cell.strip() for cell in row[2].split("|")]))
    return tuple(entries)


def read_batches(rows: Iterable[Mapping[str, str]]) -> tuple[Batch, ...]:
    """The substances of every batch, from a table with ``english``, ``note``, ``cas`` and ``effective_date``."""
    return tuple(
        Batch(_flat(row["english"]), _flat(row["note"]), tuple(_CAS.findall(row["cas"])), row["effective_date"])
        for row in rows
    )


def date_entries(entries: Iterable[ControlEntry], batches: Iterable[Batch]) -> tuple[ControlEntry, ...]:
    """*entries* with the day on which the batch that first listed each came into force."""
    dates: dict[str, str] = {}
    for batch in batches:
        for key in (*batch.cas, _key(batch.alias), _key(batch.english)):
            dates.setdefault(key, batch.in_force_on)
    dates.pop("", None)
    return tuple(_dated(entry, dates) for entry in entries)


def _dated(entry: ControlEntry, dates: Mapping[str, str]) -> ControlEntry:
    keys = [*_CAS.findall(entry.cas or ""), *(_key(name) for name in entry.names)]
    day = next((dates[key] for key in keys if key in dates), None)
    if day is None:
        return entry
    moved = "Listed on that day in the supplementary list; moved to this one in 2025."
    return entry.model_copy(
        update={
            "in_force_on": day,
            "sources": (SOURCE, SUPPLEMENTS),
            "note": None if entry.schedule == _NON_MEDICAL else moved,
        }
    )


def _entry(section: _Section, number: int, cells: list[str]) -> ControlEntry:
    chinese, english, cas, remark = (*cells, "", "", "", "")[:4]
    also = [*_aliases(remark), _flat(chinese).rstrip("*")]
    names = [name for name in (*_english_names(english), *also) if name]
    with_esters = section.schedule == _NON_MEDICAL and number >= _FIRST_WITH_ESTERS
    numbers = _CAS.findall(plain_dashes(cas))
    return ControlEntry(
        listed_as=names[0],
        also=tuple(dict.fromkeys(names[1:])),
        cas=", ".join(numbers) or None,
        schedule=section.schedule,
        sources=(SOURCE,),
        place=f"No. {number}",
        scope=_ESTERS_TOO if with_esters else section.scope,
        exclusions=tuple(sentence for mark, sentence in _REMARKS if mark in remark),
    )


def _english_names(cell: str) -> Iterator[str]:
    yield from (_flat(part) for part in re.split(r"、|<br>(?=\d)", cell) if part.strip(" <br>"))


def _aliases(remark: str) -> list[str]:
    """Abbreviations in the remarks, misspelt ones corrected beside them; what is Chinese there is no name."""
    parts = [_flat(part) for part in re.split(r"<br>|、", re.sub(r"（.*?）", "", remark))]
    aliases = [part for part in parts if part and not re.search(r"[\u4e00-\u9fff]", part)]
    return [*aliases, *(_MISSPELT[alias] for alias in aliases if alias in _MISSPELT)]


def _flat(text: str) -> str:
    text = plain_dashes(text.replace("<br>", " ").replace("’", "'").replace("，", ",").replace("\u3000", " "))
    return re.sub(r"(?<=-) (?=\w)|(?<=[,)\]]) (?=[\dN(\[])", "", text).strip()


def _key(name: str) -> str:
    return re.sub(r"[\s\-()\[\],']", "", name).casefold()

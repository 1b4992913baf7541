"""The schedules of the Canadian Controlled Drugs and Substances Act, read from a table of their items.

The table has one row per item of the consolidated text in its order, with the columns ``schedule``, ``text`` and
``inforce_start``. It does not keep the levels of the text, so three things are read from the words:

- a heading ("Fentanyls, their salts, ... including:") gives its scope to the items after it;
- "but not including" opens a block of exclusions, which ends at the next heading;
- ``inforce_start`` says since when the provision has its present wording. The substance may have been controlled
  for decades before, so this is no date of control.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nps_registry.catalogue.compiling.controls.wording import peel_brackets, plain_dashes, split_aliases
from nps_registry.catalogue.records import ControlEntry, ExcludedRecord, GenericDefinition
from nps_registry.vocabulary.catalogue import ControlScope

SOURCE = "ca-cdsa"
_SCHEDULE = re.compile(r"^SCHEDULE (IV|III|II|I|VI)\b")
_NOT_SUBSTANCES = re.compile(r"^\[Repealed|^Any preparation or mixture|^and the salts, derivatives and salts of")
_GROUP = re.compile(r"^(?:[A-Z0-9][\w -]*s,? (?:and )?their |Synthetic cannabinoid receptor|[Aa]ny substance that has)")
_EXCLUDES = re.compile(r"^but not including:?$")
_TAIL = re.compile(
    r"(?:,? (?:its|and its|and any salts?|and any of its|and all|and salts?|and any essential oil)\b.*"
    r"|, including:?|:)$"
    r"|, but not peyote.*$"
)
_SCOPE_WORDS = (
    (ControlScope.ISOMERS, re.compile(r"\bisomers\b")),
    (ControlScope.DERIVATIVES, re.compile(r"\bderivatives\b")),
    (ControlScope.ANALOGUES, re.compile(r"\banalogues\b")),
    (ControlScope.SALTS, re.compile(r"\bsalts?\b")),
    (ControlScope.PREPARATIONS, re.compile(r"\bpreparations\b")),
    (ControlScope.INTERMEDIATES, re.compile(r"\bintermediates\b")),
)


@dataclass(frozen=True)
class CanadianSchedules:
    """What the schedules list, what they exclude by name, and what they define as a group."""

    entries: tuple[ControlEntry, ...]
    excluded: tuple[ExcludedRecord, ...]
    definitions: tuple[GenericDefinition, ...]


@dataclass
class _Reading:
    entries: list[ControlEntry] = field(default_factory=list)
    excluded: list[ExcludedRecord] = field(default_factory=list)
    definitions: list[GenericDefinition] = field(default_factory=list)
    schedule: str = ""
    heading: str = ""
    heading_since: str = ""
    scope: tuple[ControlScope, ...] = ()
    excluding: bool = False


def read_canadian_schedules(rows: Iterable[Mapping[str, str]]) -> CanadianSchedules:
    """Read the items of schedules I to IV and VI; devices (IX) and amendments not in force are left out."""
    reading = _Reading()
    for row in rows:
        found = _SCHEDULE.match(row["schedule"])
        if found:
            _read_item(reading, f"Schedule {found[1]}", plain_dashes(row["text"]), row["inforce_start"])
    return CanadianSchedules(tuple(reading.entries), tuple(reading.excluded), tuple(reading.definitions))


def _read_item(reading: _Reading, schedule: str, text: str, since: str) -> None:
    if schedule != reading.schedule:
        reading.schedule, reading.excluding = schedule, False
        _close_group(reading)
    if reading.heading and since != reading.heading_since:
        _close_group(reading)  # an item added later stands by itself
    if _NOT_SUBSTANCES.match(text):
        return
    if _EXCLUDES.match(text):
        reading.excluding = True
        return
    if text.rstrip(": ").endswith("including") or "analogues" in text:
        reading.excluding = False
    if reading.excluding:
        reading.excluded.append(_excluded(reading, text))
    elif _GROUP.match(text):
        _open_group(reading, text, since)
    else:
        _list_item(reading, text, since)


def _close_group(reading: _Reading) -> None:
    reading.heading, reading.heading_since, reading.scope = "", "", ()


def _open_group(reading: _Reading, text: str, since: str) -> None:
    core = re.search(r"has an? (.+?) structure", text)
    if core is None:
        reading.heading = re.split(r",? (?:and )?their ", text)[0]
        reading.heading_since, reading.scope = since, scope_of(text)
    covered = ", ".join(scope.value for scope in reading.scope)
    reading.definitions.append(
        GenericDefinition(
            title=f"Substances with a {core[1]} structure" if core else reading.heading,
            schedule=reading.schedule,
            wording=(
                f"Substances with this core, substituted as the schedule describes, under {reading.heading}."
                if core
                else f"The group with its {covered}, beyond the substances that the schedule names."
            ),
            sources=(SOURCE,),
            place=f"{reading.schedule}, wording since {since}",
        )
    )


def _list_item(reading: _Reading, text: str, since: str) -> None:
    own = scope_of(text[len(_TAIL.sub("", text)) :])
    if own:
        reading.scope = own if text.rstrip(": ").endswith("including") or text.endswith("derivatives:") else ()
        reading.heading, reading.heading_since = (_names(text)[0], since) if reading.scope else ("", "")
    names = _names(text)
    reading.entries.append(
        ControlEntry(
            listed_as=names[0],
            also=names[1:],
            schedule=reading.schedule,
            sources=(SOURCE,),
            place=f"{reading.schedule}, under {reading.heading}"
            if reading.heading and reading.heading != names[0]
            else reading.schedule,
            worded_since=since or None,
            scope=own or reading.scope,
            exclusions=("Peyote (Lophophora) is not included.",) if "but not peyote" in text else (),
        )
    )


def _excluded(reading: _Reading, text: str) -> ExcludedRecord:
    names = _names(text)
    return ExcludedRecord(
        listed_as=names[0],
        also=names[1:],
        from_heading=f"{reading.schedule}: {reading.heading}" if reading.heading else reading.schedule,
        sources=(SOURCE,),
    )


def scope_of(text: str) -> tuple[ControlScope, ...]:
    """What the words "its salts, derivatives, isomers and analogues" cover."""
    return tuple(scope for scope, pattern in _SCOPE_WORDS if pattern.search(text))


def _names(text: str) -> tuple[str, ...]:
    text = re.sub(r"(?<=[\dαβß]), (?=\d)", ",", text)
    text = _TAIL.sub("", text.replace("\xad", "").replace("ß", "β")).strip()
    text = re.sub(r" \[(\w+)\], namely (.+)$", r" (\1) (\2)", text)
    if text.count("(") < text.count(")"):
        text = re.sub(r"^(\w+) \((.+)\)$", r"\1", text)  # a bracket of the chemical name is missing in the text
    head, brackets = peel_brackets(text)
    names = [head]
    for bracket in brackets:
        names.extend(split_aliases(bracket))
    return tuple(dict.fromkeys(name for name in names if name))

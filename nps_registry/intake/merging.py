"""Two people type into one draft: what each changed since the state that both began from, joined by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nps_registry.intake.draft_fields import HERE, Fields, part_of

Before = Mapping[str, str | None]
"""What a save replaced: the text before, none where there was nothing."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Two versions joined.

    Attributes:
        fields: what the draft says now; where both changed a field, what was typed here.
        displaced: where both changed a field to different texts, what stood there; empty where it was emptied.
        brought: fields that somebody else changed and that were not touched here.
    """

    fields: dict[str, str]
    displaced: dict[str, str]
    brought: frozenset[str]


def merge(base: Fields, typed: Fields, now: Fields) -> Merged:
    """Join *typed* with what the draft says *now*; *base* is the state that *typed* was made from.

    Nothing is lost: a text that both changed is in ``displaced``, and an item that one removed while the other
    typed into it comes back whole.
    """
    fields: dict[str, str] = {}
    displaced: dict[str, str] = {}
    brought: set[str] = set()
    own: set[str] = set()
    for name in {*base, *typed, *now}:
        before, mine, theirs = base.get(name, ""), typed.get(name, ""), now.get(name, "")
        if mine == before:
            text = theirs
            if theirs != before:
                brought.add(name)
        else:
            text = mine
            own.add(name)
            if theirs not in {before, mine}:
                displaced[name] = theirs
        if text:
            fields[name] = text
    _bring_back(fields, own, base)
    return Merged(fields, displaced, frozenset(brought))


def _bring_back(fields: dict[str, str], own: Iterable[str], base: Fields) -> None:
    """Where something was typed into a part that somebody else removed, put the part back as it was."""
    missing = {part for name in own if name in fields for part in part_of(name) if part not in fields}
    for part in missing:
        fields[part] = base.get(part, HERE)
    for name, text in base.items():
        if name not in fields and missing.intersection(part_of(name)):
            fields[name] = text


def difference(before: Fields, after: Fields) -> dict[str, str | None]:
    """What going from *before* to *after* replaces, by name."""
    return {name: before.get(name) for name in {*before, *after} if before.get(name) != after.get(name)}


def rewind(fields: Fields, replaced: Iterable[Before]) -> dict[str, str]:
    """What the draft said before saves that *replaced* these, the last save first."""
    earlier = dict(fields)
    for before in replaced:
        for name, text in before.items():
            if text is None:
                earlier.pop(name, None)
            else:
                earlier[name] = text
    return earlier

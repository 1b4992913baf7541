"""What became of a catalogue's entry in this registry, day by day: kept in the entry's own row, told on its page.

Only what a load or a curator did to a public entry is kept. What made a provisional substance is a report, of which
the reader may know nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance, SubstanceName
from nps_registry.vocabulary.substance import EntryChange, Status

History = list[dict[str, Any]]
_QUIETLY = {"synchronize_session": False}

_TOLD_OF: Mapping[str, EntryChange] = {
    "name": EntryChange.NAME,
    "inchi": EntryChange.STRUCTURE,
    "stereo": EntryChange.STRUCTURE,
    "chemical_class": EntryChange.CHEMICAL_CLASS,
    "subclass": EntryChange.CHEMICAL_CLASS,
    "effect_groups": EntryChange.EFFECTS,
    "nature": EntryChange.NATURE,
    "occurrence": EntryChange.NATURE,
    "evidence": EntryChange.EVIDENCE,
    "status": EntryChange.STATUS,
    "conflicts": EntryChange.CONFLICTS,
    "comment": EntryChange.COMMENT,
}
"""The columns whose change is told, and as what."""


def begin(now: datetime | None = None) -> History:
    """The history of an entry that enters the registry."""
    return add([], [EntryChange.ENTERED], now)


def add(history: History, what: Iterable[EntryChange], now: datetime | None = None) -> History:
    """*history* with *what* changed today; changes of one day are told together."""
    day = (now or datetime.now(UTC)).date().isoformat()
    earlier = [dict(each) for each in history if each["on"] != day]
    today = [key for each in history if each["on"] == day for key in each["what"]]
    keys = dict.fromkeys([*today, *(change.value for change in what)])
    return [*earlier, {"on": day, "what": list(keys)}] if keys else earlier


def note_changes(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[int, Collection[str]],
    merged: Collection[int],
) -> list[dict[str, Any]]:
    """*rows* of entries that are there already (their id as ``key``), each with the history it has from now on.

    Args:
        session: what is written in.
        rows: columns that the entries are about to get.
        names: by id, the names that they are about to get.
        merged: ids of those that are about to be merged, or stay so.
    """
    before = _read(session, [row["key"] for row in rows])
    called = _names_of(session, [row["key"] for row in rows])
    noted: list[dict[str, Any]] = []
    for row in rows:
        entry = before[row["key"]]
        changed = [told for column, told in _TOLD_OF.items() if column in row and row[column] != getattr(entry, column)]
        if row["key"] in merged:  # its status is written when all entries are there
            changed = [each for each in changed if each is not EntryChange.STATUS]
            changed += [] if entry.status is Status.MERGED else [EntryChange.STATUS]
        if called.get(row["key"], set()) != set(names.get(row["key"], ())):
            changed.append(EntryChange.NAMES)
        more = {"history": add(entry.history, changed), "revision": entry.revision + 1} if changed else {}
        noted.append({**row, **more})
    return noted


def note_withdrawn(session: Session, ids: Collection[int]) -> None:
    """Tell of entries that are withdrawn."""
    for key, entry in _read(session, ids).items():
        told = {"history": add(entry.history, [EntryChange.WITHDRAWN]), "revision": entry.revision + 1}
        session.execute(update(Substance).where(col(Substance.id) == key).values(**told), execution_options=_QUIETLY)


def _read(session: Session, ids: Collection[int]) -> dict[int, Any]:
    columns = [getattr(Substance, name) for name in ("id", "history", "revision", *_TOLD_OF)]
    parts = [session.execute(select(*columns).where(col(Substance.id).in_(part))) for part in in_batches(ids)]
    return {row.id: row for part in parts for row in part}


def _names_of(session: Session, ids: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for part in in_batches(ids):
        named = select(col(SubstanceName.substance_id), col(SubstanceName.name))
        for substance_id, name in session.execute(named.where(col(SubstanceName.substance_id).in_(part))):
            found.setdefault(substance_id, set()).add(name)
    return found

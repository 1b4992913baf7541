"""The derived index of one process: built from the store, swapped whole, following every change.

A query takes the snapshot of the moment and is never waited for. Who writes refreshes after the commit
and so reads what it wrote; every other process asks the registry's change counter twice a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nps_registry.chemistry.recipes import MORGAN, Recipe
from nps_registry.deferred import IMPORTS
from nps_registry.errors import NotReady, Refusal
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Engine, Session, reading
from nps_registry.store.index_rows import (
    IndexRow,
    IndexState,
    read_index_rows,
    read_index_state,
    read_visible_provisional,
)
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.substance import Status

if TYPE_CHECKING:
    from nps_registry.search.similarity import Hit, OtherPlanes
    from nps_registry.search.snapshot import Entry, Snapshot

# What a snapshot is made with (NumPy and the search over it) is imported with the first snapshot: a server
# that starts needs none of it yet.
FOLLOW_EVERY_S = 0.5
RELEASE_EVERY_S = 60.0
"""A hold can end without any change being written; provisional substances are looked at this often."""

KERNEL_AFTER_S = 3.0
"""A server has answered its first requests by then; NumPy answers until the compiled kernel is here."""

_LEFT = (Status.MERGED, Status.WITHDRAWN)
_log = logging.getLogger(__name__)


class SubstanceIndex:
    """The snapshot in force, and what keeps it in step with the store.

    Attributes:
        recipe: how the fingerprints are made, here and in the store.
    """

    def __init__(self, engine: Engine, recipe: Recipe = MORGAN, directory: Path | None = None) -> None:
        self.recipe = recipe
        self._engine = engine
        self._directory = directory
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._follower: threading.Thread | None = None
        self._released_at = 0.0

    @classmethod
    def of(cls, engine: Engine, directory: Path | None = None) -> SubstanceIndex:
        """The index of the registry behind *engine*, up to date; files of fingerprints are kept in *directory*.

        Raises:
            NotReady: the fingerprints in the store are of another recipe, or the database cannot be reached.
        """
        index = cls(engine, directory=directory)
        index.refresh()
        return index

    @classmethod
    def soon(cls, engine: Engine, directory: Path | None = None) -> SubstanceIndex:
        """The same, built by the thread that follows, or by the first question if that is earlier: a server starts so.

        Raises:
            NotReady: the fingerprints in the store are of another recipe, or the database cannot be reached.
        """
        index = cls(engine, directory=directory)
        with reading(engine) as session:
            index._require_recipe({read_index_state(session).recipe})
        return index

    @cached_property
    def other_planes(self) -> OtherPlanes:
        """Fingerprints of other recipes, made when they are asked for."""
        from nps_registry.search.similarity import OtherPlanes

        return OtherPlanes()

    @property
    def snapshot(self) -> Snapshot:
        """The state of the moment. It never changes; the next one takes its place."""
        return self._snapshot or self.refresh()

    @property
    def known_change(self) -> int:
        """The registry's change that this process has followed up to; -1 before the first."""
        return self._snapshot.change if self._snapshot is not None else -1

    @property
    def public_count(self) -> int:
        """How many substances a visitor can find."""
        return int(self.snapshot.public.sum())

    def refresh(self) -> Snapshot:
        """Take in what was committed since the last time; one short query where that is nothing.

        Raises:
            NotReady: the fingerprints in the store are of another recipe, or the database cannot be reached.
        """
        with self._refreshing, reading(self._engine) as session:
            state, before = read_index_state(session), self._snapshot
            due = time.monotonic() - self._released_at > RELEASE_EVERY_S
            if before is None or due or state.change != before.change:
                self._snapshot = self._take_in(session, state, before)
                return self._snapshot
            return before

    def _take_in(self, session: Session, state: IndexState, before: Snapshot | None) -> Snapshot:
        with IMPORTS:
            from nps_registry.search.shelf import Shelf
            from nps_registry.search.snapshot import Snapshot

        before = before or Snapshot.of((), -1, self.recipe, Shelf(self._directory))
        after = before.change if state.change >= before.change else -1
        changed = read_index_rows(session, after)
        self._require_recipe({state.recipe} | {row.recipe for row in changed if row.fingerprint})
        released = read_visible_provisional(session, VISITOR, datetime.now(UTC))
        kept = {entry.row.id: entry for entry in before.entries} if after >= 0 else {}
        entries = _merge(kept, changed, released)
        self._released_at = time.monotonic()
        return before.at(state.change) if entries == before.entries else before.succeeded_by(entries, state.change)

    def _require_recipe(self, recipes: set[str]) -> None:
        others = recipes - {"", self.recipe.id}
        if others:
            told = {"stored": min(others), "here": self.recipe.id}
            sentence = _(
                "The stored fingerprints are %(stored)s and this version makes %(here)s; "
                "run: nps-registry search rebuild"
            )
            raise NotReady(sentence % told)

    def follow(self) -> None:
        """Follow the changes of other processes from a thread of its own until :meth:`stop`."""
        self._stopping.clear()
        self._follower = threading.Thread(target=self._follow, name="follow-changes", daemon=True)
        self._follower.start()

    def _follow(self) -> None:
        kernel_at = time.monotonic() + KERNEL_AFTER_S
        while not self._stopping.wait(FOLLOW_EVERY_S):
            try:
                snapshot = self.refresh()
                snapshot.prepare()
                self.other_planes.prepare(snapshot)
                if time.monotonic() >= kernel_at and self._fetch_kernel(snapshot):
                    kernel_at = float("inf")
            except Refusal as refusal:
                # The last good snapshot goes on answering; the next round may succeed.
                _log.warning("the search index cannot follow: %s", refusal.detail)
            except Exception:  # noqa: BLE001 - the edge of this thread, which must outlive a server that restarts
                _log.exception("the search index cannot follow")

    def _fetch_kernel(self, snapshot: Snapshot) -> bool:
        """Have the compiled kernel fetched where that pays and it can be kept; whether it was."""
        from nps_registry.search.compiled import KERNEL_FROM, fetch_kernel_soon

        if self._directory is None or len(snapshot.structures.positions) < KERNEL_FROM:
            return False
        fetch_kernel_soon(self._directory / "kernel", self._stopping)
        return True

    def stop(self) -> None:
        """End the thread that follows; the snapshot stays."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()
            self._follower = None

    def neighbours(self, fingerprint: bytes, *, limit: int) -> tuple[Hit, ...]:
        """The public substances nearest to *fingerprint* by Tanimoto."""
        from nps_registry.search.similarity import find_neighbours

        return find_neighbours(self.snapshot, fingerprint, limit)

    def neighbours_of(self, substance_id: int, *, limit: int) -> tuple[Hit, ...]:
        """The public substances nearest to one that is known, itself left out; none without a structure."""
        from nps_registry.search.similarity import find_neighbours

        snapshot = self.snapshot
        position = snapshot.by_id.get(substance_id)
        bits = snapshot.entries[position].row.fingerprint if position is not None else b""
        found = find_neighbours(snapshot, bits, limit + 1) if bits else ()
        return tuple(hit for hit in found if hit.entry.row.id != substance_id)[:limit]

    def visible_beyond_public(self, session: Session, viewer: Viewer) -> frozenset[int]:
        """Ids of the provisional substances that *viewer* may know of; asked of the store, nothing for visitors."""
        return frozenset() if viewer == VISITOR else read_visible_provisional(session, viewer, datetime.now(UTC))


def _merge(kept: dict[int, Entry], changed: Iterable[IndexRow], released: frozenset[int]) -> tuple[Entry, ...]:
    """The entries after a change; *released* are the provisional ones that the public may know of."""
    from nps_registry.search.cards import render_card
    from nps_registry.search.snapshot import Entry

    for row in changed:
        if row.status in _LEFT:
            kept.pop(row.id, None)
        else:
            kept[row.id] = Entry(row, _is_public(row, released), render_card(row))
    return tuple(
        entry if entry.is_public == _is_public(entry.row, released) else replace(entry, is_public=not entry.is_public)
        for entry in kept.values()
    )


def _is_public(row: IndexRow, released: frozenset[int]) -> bool:
    return row.status is not Status.PROVISIONAL or row.id in released

"""The look-up of matching, answered from the index in memory: for what is asked often and kept nowhere.

It answers what :func:`nps_registry.intake.matching.look_up` answers, at most half a second late: the index holds every
living substance. What the index does not know (merged and withdrawn entries) and names are asked of the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from nps_registry.intake.matching import Known, Names, look_up, look_up_names, pair_of
from nps_registry.intake.steps import Working
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.snapshot import Entry, Snapshot
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session
from nps_registry.store.index_rows import IndexRow
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.substance import Status


def recall(session: Session, index: SubstanceIndex, workings: Collection[Working], viewer: Viewer) -> Known:
    """Everything that *workings* name, as far as *viewer* may know of it."""
    snapshot = index.snapshot
    readings = {pair_of(working.reading): working.reading for working in workings if working.reading}
    met = _entries(snapshot, {reading.identity.skeleton for reading in readings.values()})
    known_pairs = {(entry.row.inchi, entry.row.stereo) for entry in met}
    if stored.identities_exist(session, [pair for pair in readings if pair not in known_pairs]):
        return look_up(session, workings, viewer)
    names = _names(session, {text for working in workings for text in (working.name, *working.part.candidates) if text})
    # The catalogue is public; what reports made is known to those who see such a report.
    hidden = {entry.row.id for entry in met if not entry.is_public}
    hidden |= {row.id for row in names.met if row.id is not None and row.status is Status.PROVISIONAL}
    visible = visible_substance_ids(session, hidden, viewer) if hidden else set()
    rows = {
        entry.row.id: _as_substance(entry.row) for entry in met if entry.row.id not in hidden or entry.row.id in visible
    }
    return Known(
        identities={
            (row.inchi, row.stereo): row
            for row in rows.values()
            if row.inchi and row.stereo and (row.inchi, row.stereo) in readings
        },
        skeletons=_by_skeleton(rows.values()),
        names=names.restricted_to(
            {row.id for row in names.met if row.id and (row.id not in hidden or row.id in visible)}
        ),
    )


def _entries(snapshot: Snapshot, skeletons: Collection[str]) -> list[Entry]:
    positions = [position for skeleton in skeletons for position in snapshot.by_skeleton.get(skeleton, ())]
    return [snapshot.entries[position] for position in positions]


def _names(session: Session, texts: Collection[str]) -> Names:
    return look_up_names(session, texts) if texts else Names({}, {}, {})


def _by_skeleton(rows: Iterable[Substance]) -> dict[str, list[Substance]]:
    found: dict[str, list[Substance]] = {}
    for row in rows:
        found.setdefault(row.skeleton or "", []).append(row)
    return {skeleton: sorted(each, key=lambda row: row.accession) for skeleton, each in found.items()}


def _as_substance(known: IndexRow) -> Substance:
    """What the index knows of a substance has everything that matching reads of one; a test holds the two together."""
    return cast("Substance", known)

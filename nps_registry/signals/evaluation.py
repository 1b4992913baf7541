"""What the rules say now of what moved, brought into the rows of the signals.

The same functions serve one accepted report and a registry's whole past. They work on substances and on units (a
substance in a place), and each rule is a function of what the ledger holds: neither the order of reports nor the way in
which they came matters, and evaluating again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from nps_registry.collection import collection_paused
from nps_registry.signals import analogue, harm, judging, re_emergence, spread
from nps_registry.signals.firsts import Holders, adds_nothing, find_arrivals, find_firsts, notice_firsts
from nps_registry.signals.noticed import FIRSTS, Noticed, audiences_of, drop_what_wider_audiences_know
from nps_registry.signals.rows import rows_of
from nps_registry.store import signal_facts, signal_reports, signal_rows, watched
from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.signal_rows import Changes, Known, Quarters
from nps_registry.store.watch import Moved
from nps_registry.store.watch_counts import NETWORK, PUBLIC, WORLD, Unit, is_region, layers_of, places_of
from nps_registry.store.watched import FirstSeen, Month
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import quarter_of

_OF_SUBSTANCE = (*FIRSTS, SignalKind.SPREAD)
_OF_UNIT = (SignalKind.RE_EMERGENCE, SignalKind.HARM)
_SUBSTANCES_AT_ONCE = 25


def evaluate(session: Session, moved: Moved, now: datetime | None = None) -> Changes:
    """Bring the signals up to date with what *moved* in the ledger; answers what changed."""
    now = now or datetime.now(UTC)
    changes = Changes()
    at = {(where.substance_id, where.year, where.quarter) for where in moved.came_or_went}
    if moved.firsts:
        changes.add(_evaluate_substances(session, moved.firsts, now, at))
    elsewhen = set(changes.changed)  # a first or a spread can stand for another quarter now
    known = signal_rows.known_in(session, _with_wider_places(moved.seen))
    if moved.came_or_went:
        changes.add(_evaluate_units(session, moved, known, now, at))
    if moved.looked_at:
        anew = {*changes.raised, *elsewhen}
        signal_reports.put(session, signal_rows.read_known(session, sorted(anew)), now)
        settled = anew.union(changes.retracted)
        kept = [signal for signal in _standing_for(known, moved) if signal.id not in settled]
        signal_reports.follow(session, kept, moved.events, now)
    changes.add(analogue.evaluate(session, moved.reports, now))
    return changes


@collection_paused()
def evaluate_all(session: Session, now: datetime | None = None) -> Changes:
    """Evaluate every rule over the whole past of every substance; answers what changed."""
    now = now or datetime.now(UTC)
    changes = Changes()
    everything = sorted({*watched.watched_substances(session), *signal_rows.signalled_substances(session)})
    for ids in in_batches(everything, _SUBSTANCES_AT_ONCE):
        changes.add(_evaluate_substances(session, ids, now))
        months = watched.read_substances(session, ids)
        known = signal_rows.known_about(session, ids, _OF_UNIT)
        changes.add(signal_rows.bring_up_to(session, rows_of(session, _notice_units(months)), known, now))
        signal_reports.put(session, signal_rows.known_about(session, ids, (*_OF_SUBSTANCE, *_OF_UNIT)), now)
    changes.add(judging.evaluate_all(session, now))
    changes.add(analogue.evaluate_substances(session, signal_facts.all_analogues(session), now))
    return changes


def _evaluate_substances(
    session: Session, substance_ids: Collection[int], now: datetime, at: Quarters | None = None
) -> Changes:
    """Firsts and spread, which are read from when each country first had a substance."""
    by_substance: defaultdict[int, list[FirstSeen]] = defaultdict(list)
    for row in watched.first_seen(session, substance_ids):
        by_substance[row.substance_id].append(row)
    known = signal_rows.known_about(session, substance_ids, _OF_SUBSTANCE)
    holders: defaultdict[str, dict[tuple[int, str], set[SignalKind]]] = defaultdict(dict)
    for signal in known:
        if not signal.retracted and signal.kind in FIRSTS and signal.country is not None:
            holders[signal.audience].setdefault((signal.substance_id, signal.country), set()).add(signal.kind)
    noticed = [each for rows in by_substance.values() for each in _notice_firsts(rows, holders)]
    return signal_rows.bring_up_to(session, rows_of(session, noticed), known, now, at)


def _notice_firsts(rows: Sequence[FirstSeen], holders: Mapping[str, Holders]) -> list[Noticed]:
    """Firsts and spread of one substance, for each audience that reads others than a wider one."""
    by_layer: defaultdict[str, list[FirstSeen]] = defaultdict(list)
    for row in rows:
        by_layer[row.layer].append(row)
    wide = [row for layer in (PUBLIC, NETWORK) if layer in by_layer for row in by_layer[layer]]
    arrivals, told = find_arrivals(wide), holders.get(NETWORK if NETWORK in by_layer else PUBLIC, {})
    found: list[Noticed] = []
    for audience in audiences_of(by_layer):
        held = holders.get(audience, {})
        if audience not in {PUBLIC, NETWORK} and adds_nothing(by_layer[audience], arrivals, held, told):
            continue  # a country's laboratories tell some country alone of nearly every substance
        firsts = find_firsts([row for layer in layers_of(audience) for row in by_layer.get(layer, ())], held)
        found += [*notice_firsts(firsts, audience), *spread.find_spreads(firsts, audience)]
    return drop_what_wider_audiences_know(found)


def _evaluate_units(session: Session, moved: Moved, known: Collection[Known], now: datetime, at: Quarters) -> Changes:
    """Re-emergence, harm and increase, where something *moved*; *known* holds all signals of the units concerned."""
    changes = Changes()
    if told := {unit for unit in moved.months if not is_region(unit[1])}:
        months = watched.read_units(session, told)
        there = [signal for signal in known if signal.kind in _OF_UNIT and signal.unit in months]
        changes.add(signal_rows.bring_up_to(session, rows_of(session, _notice_units(months)), there, now, at))
    changes.add(judging.follow(session, moved, known, now))
    return changes


def _notice_units(months: Mapping[Unit, Sequence[Month]]) -> list[Noticed]:
    """Re-emergence and harm."""
    noticed: list[Noticed] = []
    for unit, rows in months.items():
        found: list[Noticed] = []
        for audience in audiences_of({row.layer for row in rows}):
            seen = [row for row in rows if row.layer in layers_of(audience)]
            found += [*re_emergence.find_returns(unit, audience, seen), *harm.find_harm(unit, audience, seen)]
        noticed += drop_what_wider_audiences_know(found)
    return noticed


def _with_wider_places(units: Iterable[Unit]) -> set[Unit]:
    """*units* with region and world: what stays in a country can be the first in the world, as far as it may see."""
    wider = {
        (substance_id, place)
        for substance_id, country in units
        if len(country) == 2
        for place in (region_of(country), WORLD)
    }
    return wider.union(units)


def _standing_for(known: Iterable[Known], moved: Moved) -> Iterator[Known]:
    """Those of *known* that may rest on events that were looked at: by their quarter, or by others."""
    looked_at = {
        (*unit, year, quarter)
        for (substance_id, place), touched in moved.seen.items()
        for unit in _with_wider_places([(substance_id, place)])
        for year, quarter, _month in touched
    }
    became_known = {
        (where.substance_id, place, quarter_of(where.week))
        for where in moved.looked_at
        for place in places_of(where.country, where.is_wide)
    }
    for signal in known:
        if signal.kind is SignalKind.INCREASE:
            rests_on_them = (*signal.unit, signal.year * 4 + signal.quarter - 1) in became_known
        elif signal.kind is SignalKind.SPREAD:
            rests_on_them = not looked_at.isdisjoint(signal_reports.list_places(signal))
        else:
            rests_on_them = (*signal.unit, signal.year, signal.quarter) in looked_at
        if rests_on_them and not signal.retracted and signal.kind is not SignalKind.ANALOGUE_OF_CONTROLLED:
            yield signal

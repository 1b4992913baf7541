"""What the rules say now of what moved, brought into the rows of the signals.

The same functions serve one accepted report and a registry's whole past. They work on substances and on units (a
substance in a place), and each rule is a function of what the ledger holds: neither the order of reports nor the way in
which they came matters, and evaluating again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from nps_registry.signals import analogue, harm, increases, re_emergence, spread
from nps_registry.signals.firsts import find_firsts, notice_firsts
from nps_registry.signals.noticed import FIRSTS, Noticed, audiences_of, drop_what_wider_audiences_know
from nps_registry.signals.rows import rows_of
from nps_registry.store import signal_facts, signal_reports, signal_rows, watched
from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.signal_rows import Changes, Known, Quarters
from nps_registry.store.watch import Moved
from nps_registry.store.watch_counts import WORLD, layers_of
from nps_registry.store.watched import FirstSeen, Month, Unit
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind

_OF_SUBSTANCE = (*FIRSTS, SignalKind.SPREAD)
_OF_UNIT = (SignalKind.RE_EMERGENCE, SignalKind.HARM)
_SUBSTANCES_AT_ONCE = 25
_SIGNALS_AT_ONCE = 2_000

Period = tuple[int, int, int]


def evaluate(session: Session, moved: Moved, now: datetime | None = None) -> Changes:
    """Bring the signals up to date with what *moved* in the ledger; answers what changed."""
    now = now or datetime.now(UTC)
    changes = Changes()
    at = {(unit[0], year, quarter) for unit, touched in moved.periods.items() for year, quarter, _month in touched}
    if moved.firsts:
        changes.add(_evaluate_substances(session, moved.firsts, now, at))
    if moved.periods:
        months = watched.read_units(session, list(moved.periods))
        since = {unit: min(_month_of(period) for period in touched) for unit, touched in moved.periods.items()}
        quarters = increases.quarters_touched(moved.periods)
        changes.add(_evaluate_units(session, months, since, (quarters, at), now))
        changes.add(_evaluate_quarters(session, quarters, months, now))
    if moved.seen:
        signal_reports.put(session, _resting_on(session, moved, changes))
    changes.add(analogue.evaluate(session, moved.reports, now))
    return changes


def evaluate_all(session: Session, now: datetime | None = None) -> Changes:
    """Evaluate every rule over the whole past of every substance; answers what changed."""
    now = now or datetime.now(UTC)
    changes = Changes()
    quarters: set[int] = set()
    everything = sorted({*watched.watched_substances(session), *signal_rows.signalled_substances(session)})
    for ids in in_batches(everything, _SUBSTANCES_AT_ONCE):
        changes.add(_evaluate_substances(session, ids, now))
        units = {*watched.units_of(session, ids), *signal_rows.units_of(session, ids)}
        months = watched.read_units(session, units)
        changes.add(_evaluate_units(session, months, dict.fromkeys(months, 0), (quarters, None), now))
    changes.add(_evaluate_quarters(session, quarters, {}, now))
    for part in in_batches(signal_rows.standing_ids(session), _SIGNALS_AT_ONCE):
        signal_reports.put(session, signal_rows.read_known(session, part))
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
    noticed: list[Noticed] = []
    for rows in by_substance.values():
        found: list[Noticed] = []
        for audience in audiences_of({row.layer for row in rows}):
            seen = [row for row in rows if row.layer in layers_of(audience)]
            firsts = find_firsts(seen, holders[audience])
            found += [*notice_firsts(firsts, audience), *spread.find_spreads(firsts, audience)]
        noticed += drop_what_wider_audiences_know(found)
    return signal_rows.bring_up_to(session, rows_of(session, noticed), known, now, at)


def _evaluate_units(
    session: Session,
    months: Mapping[Unit, Sequence[Month]],
    since: Mapping[Unit, int],
    given: tuple[set[int], Quarters | None],
    now: datetime,
) -> Changes:
    """Re-emergence and harm; judges the series from *since* on, and adds the quarters to be decided to those given."""
    quarters, at = given
    noticed: list[Noticed] = []
    for unit, rows in months.items():
        found: list[Noticed] = []
        for audience in audiences_of({row.layer for row in rows}):
            seen = [row for row in rows if row.layer in layers_of(audience)]
            found += [*re_emergence.find_returns(unit, audience, seen), *harm.find_harm(unit, audience, seen)]
        noticed += drop_what_wider_audiences_know(found)
    rose = increases.judge_units(months, since)
    watched.replace_judgements(session, {unit: since[unit] for unit in months}, rose)
    known = signal_rows.known_in(session, list(months), (*_OF_UNIT, SignalKind.INCREASE))
    for signal in known:  # one that rose no longer has no judgement to be found by
        quarter = signal.year * 4 + signal.quarter - 1
        if signal.kind is SignalKind.INCREASE and quarter >= since[signal.substance_id, signal.place] // 3:
            quarters.add(quarter)
    quarters |= increases.quarters_of(rose)
    others = [signal for signal in known if signal.kind in _OF_UNIT]
    return signal_rows.bring_up_to(session, rows_of(session, noticed), others, now, at)


def _evaluate_quarters(
    session: Session, quarters: Collection[int], months: Mapping[Unit, Sequence[Month]], now: datetime
) -> Changes:
    """Decide which rises of *quarters* are signals; *months* are those of the units that moved."""
    changes = Changes()
    for quarter in sorted(quarters):
        noticed = increases.find_increases(session, quarter)
        known = signal_rows.known_of_quarter(session, SignalKind.INCREASE, quarter // 4, quarter % 4 + 1)
        if not noticed and not known:
            continue
        standing = {signal.key: signal for signal in known if not signal.retracted}
        told = [each for each in noticed if each.key not in standing or (each.substance_id, each.place) in months]
        needed = {(each.substance_id, each.place) for each in told} - months.keys()
        read = {**watched.read_units(session, needed), **months}
        fresh = [
            replace(each, evidence=increases.tell_evidence(each, read[each.substance_id, each.place])) for each in told
        ]
        wanted = rows_of(session, fresh)
        kept = {each.key for each in noticed} - wanted.keys()  # nothing of theirs moved
        compared = [signal for signal in known if signal.key not in kept]
        changes.add(signal_rows.bring_up_to(session, wanted, compared, now))
    return changes


def _month_of(period: Period) -> int:
    year, quarter, month = period
    return year * 12 + (month - 1 if month else 3 * quarter - 3 if quarter else 0)


def _resting_on(session: Session, moved: Moved, changes: Changes) -> list[Known]:
    """The signals whose reports may be others now: what changed, and what stands for a quarter that moved."""
    periods = {unit: set(touched) for unit, touched in moved.seen.items()}
    for (substance_id, place), touched in moved.seen.items():
        if len(place) == 2:  # what stays in a country can be the first in the world, as far as the country may see
            for wider in (region_of(place), WORLD):
                periods.setdefault((substance_id, wider), set()).update(touched)
    touched_signals = signal_rows.known_at(session, periods)
    spreads = signal_rows.known_about(session, moved.substances, [SignalKind.SPREAD])
    found = {signal.id: signal for signal in (*touched_signals, *spreads)}
    others = {*changes.raised, *changes.changed} - found.keys()
    return [*found.values(), *signal_rows.read_known(session, sorted(others))]

"""The rows of signals, brought to what the rules say now: raised, retracted, never deleted; judgements stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlmodel import col

from nps_registry.store import outbox
from nps_registry.store.batches import in_batches, is_among, name_keys
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Signal, SignalStep, Table
from nps_registry.store.tables.base import random_id
from nps_registry.store.watch_counts import layers_of
from nps_registry.vocabulary.signal import SignalAct, SignalKind, SignalState

TOPIC = "notice.signal"
NEWS_QUARTERS = 4
"""A signal whose place in time lies further back is history: it is shown, and nobody is told of it."""

_AT_ONCE = 200
Row = Mapping[str, object]
Quarters = Collection[tuple[object, object, object]]
"""Substances with year and quarter."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a signal that an evaluation compares with."""

    id: str
    key: str
    kind: SignalKind
    substance_id: int
    place: str
    audience: str
    country: str | None
    region: str | None
    year: int
    quarter: int
    public: bool
    retracted: bool
    state: SignalState
    revision: int
    evidence: Mapping[str, object]

    @property
    def unit(self) -> tuple[int, str]:
        """Substance and place."""
        return self.substance_id, self.place


@dataclass
class Changes:
    """What an evaluation changed, by the ids of signals; *public* says whether any of it shows in public."""

    raised: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    public: bool = False

    def add(self, other: Changes) -> None:
        """Count what *other* changed too."""
        self.raised += other.raised
        self.retracted += other.retracted
        self.changed += other.changed
        self.public = self.public or other.public


def known_in(session: Session, units: Collection[tuple[int, str]]) -> list[Known]:
    """The signals about each substance and place in *units*."""
    found: list[Known] = []
    for part in in_batches(sorted(units), _AT_ONCE):
        found += [Known(*row) for row in select_plain(session, _KNOWN_IN, name_keys(part))]
    return found


def known_about(session: Session, substance_ids: Collection[int], kinds: Collection[SignalKind]) -> list[Known]:
    """The signals of *kinds* about *substance_ids*, wherever."""
    found: list[Known] = []
    for ids in in_batches(substance_ids):
        found += _known(session, and_(col(Signal.substance_id).in_(ids), col(Signal.kind).in_(kinds)))
    return found


def known_by_key(session: Session, keys: Collection[str]) -> list[Known]:
    """The signals with these *keys*."""
    found: list[Known] = []
    for part in in_batches(keys):
        found += _known(session, col(Signal.key).in_(part))
    return found


def _known(session: Session, wanted: ColumnElement[bool]) -> list[Known]:
    return [Known(*row) for row in session.connection().execute(_KNOWN.where(wanted))]


_KNOWN = select(*(col(getattr(Signal, name)) for name in Known.__dataclass_fields__))
# Asked with every report, so that it is put together once.
_KNOWN_IN = _KNOWN.where(is_among((col(Signal.substance_id), col(Signal.place))))


def bring_up_to(
    session: Session, wanted: Mapping[str, Row], known: Collection[Known], now: datetime, moved: Quarters | None = None
) -> Changes:
    """Make the signals *known* those in *wanted*, by key: the missing are raised, those that hold no longer retracted.

    One that held before and holds again is raised anew; what a curator made of it stays. Where it is said what
    *moved*, a signal of another quarter is no news: a report that arrived late made it, not what happened in its time.
    Nor is it the end of a signal that a wider audience is told the same from now on.
    """
    there = {each.key: each for each in known}
    changes = Changes()
    steps: list[Row] = []
    news: list[tuple[str, SignalAct]] = []
    others: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    fresh = [
        {**row, "id": random_id(), "key": key, "raised_at": now} for key, row in wanted.items() if key not in there
    ]
    for each in fresh:
        changes.raised.append(str(each["id"]))
        changes.public |= bool(each["public"])
        if _is_news(each, now, moved):
            news.append((str(each["id"]), SignalAct.RAISED))
    insert_rows(session, Signal, fresh)
    for key, signal in there.items():
        row = wanted.get(key)
        act = SignalAct.RETRACTED if row is None else SignalAct.RAISED if signal.retracted else None
        if act is SignalAct.RETRACTED and signal.retracted:
            continue
        values = _difference(row, signal)
        if act is not None:
            values["retracted"] = act is SignalAct.RETRACTED
            values |= {"raised_at": now} if act is SignalAct.RAISED else {}
            steps.append(_step(signal, act, now))
            (changes.retracted if act is SignalAct.RETRACTED else changes.raised).append(signal.id)
            at = row or {"year": signal.year, "quarter": signal.quarter}
            became_wider = row is None and _is_told_wider(signal, wanted)
            if not became_wider and _is_news(at, now, moved if act is SignalAct.RAISED else None):
                news.append((signal.id, act))
        elif values:
            changes.changed.append(signal.id)
        if values:
            changes.public |= signal.public
            others[tuple(values)].append(
                {"of_id": signal.id} | {f"new_{name}": value for name, value in values.items()}
            )
    for names, given in others.items():
        _update(session, names, given)
    insert_rows(session, SignalStep, steps)
    outbox.add(session, TOPIC, [{"signal": signal_id, "change": act.value} for signal_id, act in news])
    return changes


def _update(session: Session, names: Sequence[str], given: Sequence[Row]) -> None:
    """Write the columns *names* of several signals: *given* holds each one's id and new values."""
    rows = Table.metadata.tables[str(Signal.__tablename__)]
    values = {name: bindparam(f"new_{name}", type_=rows.c[name].type) for name in names}
    session.connection().execute(update(rows).where(rows.c.id == bindparam("of_id")).values(values), given)


def _difference(row: Row | None, signal: Known) -> dict[str, object]:
    """What of *row* is stored otherwise."""
    if row is None:
        return {}
    names = ("year", "quarter", "country", "region")
    values = {name: row[name] for name in names if row[name] != getattr(signal, name)}
    if dict(signal.evidence) != row["evidence"]:
        values |= {"evidence": row["evidence"], "score": row["score"], "rule": row["rule"]}
    return values


def _is_news(row: Row, now: datetime, moved: Quarters | None) -> bool:
    year, quarter = row["year"], row["quarter"]
    if moved is not None and (row["substance_id"], year, quarter) not in moved:
        return False
    assert isinstance(year, int)
    assert isinstance(quarter, int)
    return now.year * 4 + (now.month - 1) // 3 - (year * 4 + (quarter or 4) - 1) <= NEWS_QUARTERS


def _is_told_wider(signal: Known, wanted: Mapping[str, Row]) -> bool:
    """Whether a wider audience than that of *signal* is to be told the same, by *wanted*."""
    same = signal.key.removesuffix(signal.audience)
    wider = (wanted.get(same + audience) for audience in layers_of(signal.audience) if audience != signal.audience)
    return any(row is not None and (row["year"], row["quarter"]) == (signal.year, signal.quarter) for row in wider)


def _step(signal: Known, act: SignalAct, now: datetime) -> Row:
    return {
        "signal_id": signal.id,
        "act": act,
        "state": signal.state,
        "revision": signal.revision,
        "made_at": now,
    }


def read_known(session: Session, signal_ids: Collection[str]) -> list[Known]:
    """The signals with these ids."""
    found: list[Known] = []
    for ids in in_batches(signal_ids):
        found += _known(session, col(Signal.id).in_(ids))
    return found


def known_of_quarter(session: Session, kind: SignalKind, quarter: int) -> list[Known]:
    """The signals of *kind* in one quarter (4 a year)."""
    year, number = quarter // 4, quarter % 4 + 1
    return _known(session, and_(col(Signal.kind) == kind, col(Signal.year) == year, col(Signal.quarter) == number))


def quarters_of(session: Session, kind: SignalKind) -> set[int]:
    """The quarters (4 a year) that a signal of *kind* stands or stood for."""
    columns = (col(Signal.year), col(Signal.quarter))
    found = session.execute(select(*columns).where(col(Signal.kind) == kind).distinct())
    return {year * 4 + quarter - 1 for year, quarter in found}


def signalled_substances(session: Session) -> list[int]:
    """Every substance that a signal is or was about."""
    about = select(col(Signal.substance_id)).where(col(Signal.substance_id).is_not(None)).distinct()
    return [substance_id for substance_id in session.scalars(about) if substance_id is not None]

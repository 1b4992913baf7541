"""What a notice is about, read in a few queries: the signal or advisory, and the substances it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, select, true
from sqlmodel import col

from nps_registry.store.engine import Session
from nps_registry.store.tables import Advisory, Delivery, Notice, Rendering, Signal, Substance
from nps_registry.vocabulary.notice import CORRECTIONS, DeliveryState, NoticeKind
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature


@dataclass(frozen=True, slots=True)
class SubstanceFacts:
    """A substance as far as subscriptions ask for it.

    Attributes:
        accessions: its own, and those that redirect to it.
        recipe: id of the recipe that made *fingerprint*; empty where there is no structure.
    """

    id: int
    accession: str
    name: str
    accessions: frozenset[str]
    nature: Nature = Nature.NPS
    chemical_class: str = ""
    effect_groups: frozenset[str] = frozenset()
    smiles: str = ""
    recipe: str = ""
    fingerprint: bytes = b""
    pattern_fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as far as criteria ask.

    Attributes:
        countries: those that it names; none named means that it concerns *region*, or everybody.
        region: UN M49 sub-region.
        signal_kind: none where it is no signal.
        severity: key of a severity; empty where it is no advisory.
    """

    kind: NoticeKind
    substances: tuple[SubstanceFacts, ...] = ()
    countries: frozenset[str] = frozenset()
    region: str | None = None
    signal_kind: SignalKind | None = None
    severity: str = ""
    signal: Signal | None = field(default=None, compare=False)
    advisory: Advisory | None = field(default=None, compare=False)


def read_subject(session: Session, notice: Notice) -> Subject | None:
    """What *notice* is about as it stands now; none where that is gone."""
    if notice.signal_id is not None:
        signal = session.get(Signal, notice.signal_id, populate_existing=True)
        return _of_signal(session, signal) if signal else None
    if notice.advisory_id is not None:
        advisory = session.get(Advisory, notice.advisory_id, populate_existing=True)
        return _of_advisory(session, advisory) if advisory else None
    ids = [notice.substance_id] if notice.substance_id is not None else []
    return Subject(notice.kind, tuple(read_substances(session, ids).values()))


def _of_signal(session: Session, signal: Signal) -> Subject:
    ids = [signal.substance_id] if signal.substance_id is not None else []
    arrivals = signal.evidence.get("arrivals")  # of a spread: country, year, quarter
    countries = {str(each[0]) for each in arrivals} if isinstance(arrivals, list) else set()
    return Subject(
        NoticeKind.SIGNAL,
        tuple(read_substances(session, ids).values()),
        frozenset({signal.country} if signal.country else countries),
        signal.region,
        signal.kind,
        signal=signal,
    )


def _of_advisory(session: Session, advisory: Advisory) -> Subject:
    return Subject(
        NoticeKind.ADVISORY,
        tuple(read_substances(session, advisory.substance_ids).values()),
        frozenset(advisory.countries),
        severity=str(advisory.severity).lower(),
        advisory=advisory,
    )


def read_substances(session: Session, substance_ids: Collection[int]) -> dict[int, SubstanceFacts]:
    """The facts of *substance_ids*, by id and in their order."""
    if not substance_ids:
        return {}
    statement = (
        select(Substance, Rendering)
        .outerjoin(Rendering, col(Rendering.substance_id) == col(Substance.id))
        .where(col(Substance.id).in_(substance_ids))
    )
    merged: defaultdict[int | None, set[str]] = defaultdict(set)
    into = select(col(Substance.merged_into_id), col(Substance.accession))
    for target, accession in session.execute(into.where(col(Substance.merged_into_id).in_(substance_ids))):
        merged[target].add(accession)
    found = {row.id: _facts(row, rendering, merged[row.id]) for row, rendering in session.execute(statement)}
    return {each: found[each] for each in dict.fromkeys(substance_ids) if each in found}


def _facts(row: Substance, rendering: Rendering | None, merged: set[str]) -> SubstanceFacts:
    return SubstanceFacts(
        row.id or 0,
        row.accession,
        row.name,
        frozenset({row.accession, *merged}),
        row.nature,
        row.chemical_class or "",
        frozenset(row.effect_groups),
        row.smiles or "",
        rendering.recipe if rendering else "",
        rendering.fingerprint if rendering else b"",
        rendering.pattern_fingerprint if rendering else b"",
    )


def told_of(session: Session, subscription_id: str, notice: Notice) -> DeliveryState | None:
    """What became of other notices on the subject of *notice*, for one subscriber.

    ``SENT`` where the last one that reached them told of it, ``WAITING`` where the first one is still on its way, none
    where there is nothing to take back, or it was taken back already.
    """
    return _read_told(session, notice, col(Delivery.subscription_id) == subscription_id).get(subscription_id)


def subscriptions_told_of(session: Session, notice: Notice) -> list[str]:
    """Ids of the subscriptions that believe what *notice* is about, or are about to be told of it."""
    return sorted(_read_told(session, notice, true()))


def _read_told(session: Session, notice: Notice, whose: ColumnElement[bool]) -> dict[str, DeliveryState]:
    """The same for those subscriptions for which something can be taken back."""
    same = (
        col(Notice.signal_id) == notice.signal_id
        if notice.signal_id is not None
        else col(Notice.advisory_id) == notice.advisory_id
    )
    reached = col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.WAITING))
    ended = col(Delivery.ended_at)
    deliveries = (
        select(col(Delivery.subscription_id), col(Delivery.state), col(Notice.change))
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .where(same, col(Notice.id) != notice.id, reached, whose)
        .order_by(ended.is_(None), ended, col(Notice.made_at))  # as they arrived, and then what is on its way
    )
    told: dict[str, DeliveryState] = {}
    for subscription_id, state, change in session.execute(deliveries):
        if change not in CORRECTIONS:
            told.setdefault(subscription_id, state)
        elif state is DeliveryState.SENT:
            told.pop(subscription_id, None)
    return told


def is_known(session: Session, notice_id: str) -> bool:
    """Whether the notice was made already."""
    return bool(session.scalar(select(exists().where(col(Notice.id) == notice_id))))

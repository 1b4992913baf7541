"""Facts about substances that signals are weighed by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlmodel import col

from nps_registry.store.batches import IDS, has_id_in, in_batches
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import (
    Control,
    ControlledAnalogue,
    ControlList,
    Detection,
    Event,
    Report,
    Signal,
    Substance,
)
from nps_registry.vocabulary.finding import Result
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature, Status

INTERNATIONAL = "UN"


@dataclass(frozen=True, slots=True)
class SubstanceFacts:
    """What is weighed of a substance; controlled means under international control, now."""

    effect_groups: tuple[str, ...]
    is_controlled: bool
    status: Status
    nature: Nature


@dataclass(frozen=True, slots=True)
class NearControlled:
    """A reported substance close to one under international control, and the report that found it first.

    Attributes:
        other: accession and name of the controlled one.
        similarity: Tanimoto over Morgan fingerprints, 0 to 1.
        reports: ids of all submitted reports of it that stand.
    """

    substance_id: int
    other: tuple[str, str]
    similarity: float
    country: str
    year: int
    quarter: int
    reports: tuple[str, ...]


def read_facts(session: Session, substance_ids: Collection[int]) -> dict[int, SubstanceFacts]:
    """The facts of each of *substance_ids*."""
    controlled = (
        exists()
        .where(
            col(Control.substance_id) == col(Substance.id),
            col(Control.ended_on) == "",
            col(ControlList.id) == col(Control.list_id),
            col(ControlList.jurisdiction) == INTERNATIONAL,
        )
        .correlate(Substance)
    )
    columns = (
        col(Substance.id),
        col(Substance.effect_groups),
        controlled,
        col(Substance.status),
        col(Substance.nature),
    )
    found: dict[int, SubstanceFacts] = {}
    for ids in in_batches(sorted(substance_ids)):
        for substance_id, groups, is_controlled, status, nature in session.execute(
            select(*columns).where(col(Substance.id).in_(ids))
        ):
            if substance_id is not None:
                found[substance_id] = SubstanceFacts(tuple(groups), bool(is_controlled), status, nature)
    return found


def near_controlled(session: Session, *, substance_ids: Collection[int]) -> list[NearControlled]:
    """Those of *substance_ids* that are close to an internationally controlled one and reported as it stands."""
    found: list[NearControlled] = []
    for ids in in_batches(sorted(substance_ids)):
        near = (
            select(col(ControlledAnalogue.substance_id), col(Substance.accession), col(Substance.name),
                   col(ControlledAnalogue.score))
            .join(Substance, col(Substance.id) == col(ControlledAnalogue.other_id))
            .where(
                col(ControlledAnalogue.substance_id).in_(ids),
                exists().where(
                    col(Control.substance_id) == col(ControlledAnalogue.other_id),
                    col(Control.ended_on) == "",
                    col(ControlList.id) == col(Control.list_id),
                    col(ControlList.jurisdiction) == INTERNATIONAL,
                ),
            )
        )  # fmt: skip
        others = {row[0]: row[1:] for row in session.execute(near)}
        reported = (
            select(col(Detection.substance_id), col(Report.id), col(Event.country), col(Event.year), col(Event.quarter))
            .join(Report, col(Report.id) == col(Detection.report_id))
            .join(Event, col(Event.id) == col(Report.event_id))
            .where(
                col(Detection.substance_id).in_(others),
                col(Detection.result) != Result.NEGATIVE,
                col(Report.state).not_in((ReportState.DRAFT, ReportState.WITHDRAWN, ReportState.REDACTED)),
            )
            .distinct()
        )
        told: dict[int, list[tuple[int, int, str, str]]] = {}
        for substance_id, report_id, country, year, quarter in session.execute(reported):
            told.setdefault(substance_id or 0, []).append((year, quarter or 5, country, report_id))
        for substance_id, rows in sorted(told.items()):
            (year, quarter, country, _report), reports = min(rows), tuple(sorted({row[3] for row in rows}))
            accession, name, score = others[substance_id]
            period = (country, year, quarter if quarter <= 4 else 0)
            found.append(NearControlled(substance_id, (accession, name), score, *period, reports))
    return found


def analogues_in(session: Session, report_ids: Collection[str]) -> set[int]:
    """The substances that are close to a controlled one and that one of *report_ids* found."""
    found: set[int] = set()
    for ids in in_batches(report_ids):
        near = select_plain(session, _ANALOGUES_IN_REPORTS, {"ids": ids}).scalars()
        found |= {substance_id for substance_id in near if substance_id is not None}
    return found


# Asked with every report, so that it is put together once.
_ANALOGUES_IN_REPORTS = (
    select(col(Detection.substance_id))
    .join(ControlledAnalogue, col(ControlledAnalogue.substance_id) == col(Detection.substance_id))
    .where(has_id_in(col(Detection.report_id), IDS))
    .distinct()
)


def all_analogues(session: Session) -> list[int]:
    """Every substance that is close to a controlled one, or that a signal says so of."""
    near = session.scalars(select(col(ControlledAnalogue.substance_id)))
    kind = col(Signal.kind) == SignalKind.ANALOGUE_OF_CONTROLLED
    signalled = session.scalars(select(col(Signal.substance_id)).where(kind))
    return sorted({*near, *(substance_id for substance_id in signalled if substance_id is not None)})

"""Is a substance new: to the world, to a region, to a country, among what the viewer may see?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session
from nps_registry.store.tables import Detection, Event, Report
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.place import region_of


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the viewer has seen a substance.

    Attributes:
        world: anywhere at all.
        regions: UN M49 sub-regions.
        countries: ISO 3166-1 alpha-2.
    """

    world: bool
    regions: frozenset[str]
    countries: frozenset[str]


def seen(
    session: Session,
    substance_ids: Collection[int],
    viewer: Viewer,
    *,
    excluding_report_ids: Collection[str] = (),
    now: datetime | None = None,
) -> dict[int, Seen]:
    """Where *viewer* has seen each of *substance_ids*; one that it has not seen is left out.

    What is seen are positive results in reports that it may see. Wastewater tells of no event and is left out.
    """
    countries: dict[int, set[str]] = {}
    for ids in in_batches(substance_ids):
        statement = (
            select(col(Detection.substance_id), col(Event.country))
            .join(Report, col(Report.id) == col(Detection.report_id))
            .join(Event, col(Event.id) == col(Report.event_id))
            .where(
                col(Detection.substance_id).in_(ids),
                col(Detection.result) == Result.POSITIVE,
                col(Event.type) != EventType.WASTEWATER,
                visible_to(viewer, now),
            )
            .distinct()
        )
        if excluding_report_ids:
            statement = statement.where(col(Report.id).not_in(excluding_report_ids))
        for substance_id, country in session.execute(statement):
            if substance_id is not None:
                countries.setdefault(substance_id, set()).add(country)
    return {
        substance_id: Seen(True, frozenset(region_of(country) for country in met), frozenset(met))
        for substance_id, met in countries.items()
    }

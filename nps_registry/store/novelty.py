"""Is a substance new: to the world, to a region, to a country, among what the viewer may see?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import cast

from sqlalchemy import Select, bindparam, select
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.columns import Instant
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Detection, Event, Report
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.report import Role


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
    statement = _statement(viewer.role, viewer.organisation_id is not None, viewer.country is not None)
    told = {
        "organisation_id": viewer.organisation_id,
        "country": viewer.country,
        "now": now or datetime.now(UTC),
        "excluded": list(excluding_report_ids),
    }
    for ids in in_batches(substance_ids):
        for substance_id, country in select_plain(session, statement, {**told, "ids": ids}):
            if substance_id is not None:
                countries.setdefault(substance_id, set()).add(country)
    return {
        substance_id: Seen(True, frozenset(region_of(country) for country in met), frozenset(met))
        for substance_id, met in countries.items()
    }


@cache  # asked with every key typed into a form; putting it together would take longer than its answer
def _statement(role: Role, has_organisation: bool, has_country: bool) -> Select[int | None, str]:
    """The question of :func:`seen` for any viewer of *role*; who it is, and when, are its parameters."""
    viewer = Viewer(
        role,
        cast("str", bindparam("organisation_id")) if has_organisation else None,
        cast("str", bindparam("country")) if has_country else None,
    )
    return (
        select(col(Detection.substance_id), col(Event.country))
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(
            col(Detection.substance_id).in_(bindparam("ids", expanding=True)),
            col(Detection.result) == Result.POSITIVE,
            col(Event.type) != EventType.WASTEWATER,
            visible_to(viewer, cast("datetime", bindparam("now", type_=Instant()))),
            col(Report.id).not_in(bindparam("excluded", expanding=True)),
        )
        .distinct()
    )

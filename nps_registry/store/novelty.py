"""Is a substance new: to the world, to a region, to a country, among what the viewer may see?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import cast

from sqlalchemy import ColumnElement, Exists, Select, bindparam, select, true
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.columns import Instant
from nps_registry.store.engine import Session
from nps_registry.store.plain_columns import select_plain
from nps_registry.store.tables import Detection, Event, Report, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_to
from nps_registry.vocabulary.finding import EventType, Result
from nps_registry.vocabulary.place import is_country, places, region_of
from nps_registry.vocabulary.report import Role


@dataclass(frozen=True, slots=True)
class Seen:
    """Where, of the places asked about, the viewer has seen a substance.

    Attributes:
        world: anywhere at all.
        regions: UN M49 sub-regions of the countries asked about.
        countries: ISO 3166-1 alpha-2.
    """

    world: bool
    regions: frozenset[str]
    countries: frozenset[str]


def seen(
    session: Session,
    substance_ids: Collection[int],
    viewer: Viewer,
    countries: Iterable[str],
    *,
    excluding_report_ids: Collection[str] = (),
    now: datetime | None = None,
) -> dict[int, Seen]:
    """Whether *viewer* has seen each of *substance_ids* in *countries*, in their regions, and at all.

    One that it has not seen at all is left out. What is seen are positive results in reports that it may see.
    Wastewater tells of no event and is left out.
    """
    found: dict[int, tuple[set[str], set[str]]] = {}
    statement = _statement(viewer.role, viewer.organisation_id is not None, viewer.country is not None)
    told = {
        "organisation_id": viewer.organisation_id,
        "country": viewer.country,
        "now": now or datetime.now(UTC),
        "excluded": list(excluding_report_ids),
    }
    for place in sorted(set(countries)):
        region = region_of(place) if is_country(place) else ""
        told |= {"place": place, "region": [code for code, each in places().items() if each.region == region]}
        for ids in in_batches(substance_ids):
            for substance_id, in_world, in_region, in_country in select_plain(session, statement, {**told, "ids": ids}):
                if substance_id is not None and in_world:
                    met = found.setdefault(substance_id, (set(), set()))
                    met[0].update([region] if in_region else ())
                    met[1].update([place] if in_country else ())
    return {
        substance_id: Seen(True, frozenset(regions), frozenset(met)) for substance_id, (regions, met) in found.items()
    }


@cache  # asked with every key typed into a form; putting it together would take longer than its answer
def _statement(role: Role, has_organisation: bool, has_country: bool) -> Select[int | None, bool, bool, bool]:
    """The question of :func:`seen` for any viewer of *role*; who it is, when and of which place, are its parameters.

    Each answer ends at the first report that proves it: of a well-known substance there are thousands.
    """
    viewer = Viewer(
        role,
        cast("str", bindparam("organisation_id")) if has_organisation else None,
        cast("str", bindparam("country")) if has_country else None,
    )
    within = (
        true(),
        col(Event.country).in_(bindparam("region", expanding=True)),
        col(Event.country) == bindparam("place"),
    )
    in_world, in_region, in_country = (_is_seen(viewer, place) for place in within)
    return select(col(Substance.id), in_world, in_region, in_country).where(
        col(Substance.id).in_(bindparam("ids", expanding=True))
    )


def _is_seen(viewer: Viewer, place: ColumnElement[bool]) -> Exists:
    """The condition on ``substance`` that *viewer* sees a positive result of it in an event at *place*."""
    return (
        select(1)
        .select_from(Detection)
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(
            col(Detection.substance_id) == col(Substance.id),
            col(Detection.result) == Result.POSITIVE,
            col(Event.type) != EventType.WASTEWATER,
            visible_to(viewer, cast("datetime", bindparam("now", type_=Instant()))),
            col(Report.id).not_in(bindparam("excluded", expanding=True)),
            place,
        )
        .correlate(Substance)
        .exists()
    )

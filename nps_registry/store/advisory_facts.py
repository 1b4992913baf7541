"""What the registry knows that an advisory is written from: spread, harm, control, isomers. All of it public."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import col

from nps_registry.store.dossiers import Listing, class_labels, find_dossier
from nps_registry.store.engine import Session
from nps_registry.store.marks import root_of_event
from nps_registry.store.tables import Detection, Event, PublicCount, Report, Substance
from nps_registry.store.viewer import VISITOR
from nps_registry.store.visibility import counts_in_public
from nps_registry.vocabulary.finding import Outcome, Result
from nps_registry.vocabulary.substance import IdentifierScheme, NameKind, RelationKind


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """Public events of a substance in one country, and its first quarter there (0 where only the year is known)."""

    country: str
    events: int
    year: int
    quarter: int


@dataclass(frozen=True, slots=True)
class SubstanceFacts:
    """One substance, as an advisory needs it.

    Attributes:
        names: other names, common ones first.
        cas: CAS Registry Numbers.
        places: where it was found, most events first.
        isomers: accession and name of the positional isomers listed.
        fatal: public events with a fatal outcome in which it was found; *severe* likewise.
    """

    substance: Substance
    class_label: str
    names: list[str]
    cas: list[str]
    places: list[PlaceFact]
    isomers: list[tuple[str, str]]
    listings: list[Listing]
    fatal: int
    severe: int

    @property
    def events(self) -> int:
        """Public events in all."""
        return sum(place.events for place in self.places)


def read_facts(session: Session, rows: Collection[Substance]) -> list[SubstanceFacts]:
    """The facts of each of *rows*, in their order, as a visitor may know them."""
    labels = class_labels(session)
    harms = _harms(session, [row.id for row in rows if row.id is not None])
    found = []
    for row in rows:
        dossier = find_dossier(session, row, VISITOR)
        fatal, severe = (harms.get((row.id or 0, outcome), 0) for outcome in (Outcome.FATAL, Outcome.SEVERE))
        found.append(
            SubstanceFacts(
                substance=row,
                class_label=labels.get(row.chemical_class or "", ""),
                names=[
                    name.name
                    for name in dossier.names
                    if name.kind is not NameKind.SYSTEMATIC and name.name != row.name
                ],
                cas=[each.value for each in dossier.identifiers if each.scheme is IdentifierScheme.CAS],
                places=_places(dossier.counts),
                isomers=[
                    (relative.other.accession, relative.other.name)
                    for relative in dossier.relatives
                    if relative.relation.kind is RelationKind.POSITIONAL_ISOMER
                ],
                listings=dossier.listings,
                fatal=fatal,
                severe=severe,
            )
        )
    return found


def _places(counts: Collection[PublicCount]) -> list[PlaceFact]:
    met: dict[str, PlaceFact] = {}
    for row in counts:  # earliest first
        if row.events:
            before = met.get(row.country)
            year, quarter = (before.year, before.quarter) if before else (row.year, row.quarter)
            events = row.events + (before.events if before else 0)
            met[row.country] = PlaceFact(row.country, events, year, quarter)
    return sorted(met.values(), key=lambda place: (-place.events, place.country))


def _harms(session: Session, substance_ids: Collection[int]) -> dict[tuple[int, Outcome], int]:
    """Distinct public events per substance and outcome, fatal and severe ones only."""
    event = root_of_event()
    statement = (
        select(col(Detection.substance_id), col(Event.outcome), func.count(event.distinct()))
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Event, col(Event.id) == col(Report.event_id))
        .where(
            col(Detection.substance_id).in_(list(substance_ids)),
            col(Detection.result) == Result.POSITIVE,
            col(Event.outcome).in_((Outcome.FATAL, Outcome.SEVERE)),
            counts_in_public(datetime.now(UTC)),
        )
        .group_by(col(Detection.substance_id), col(Event.outcome))
    )
    return {(row[0], row[1]): row[2] for row in session.execute(statement) if row[0] and row[1]}

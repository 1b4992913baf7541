"""Who could read a report, and so has to be told when what it says was wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.accounts import list_organisations
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation, Report
from nps_registry.store.visibility import STANDING
from nps_registry.vocabulary.report import ReportState, Sharing


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far one report could be read.

    Attributes:
        name: what others call it; its laboratory calls it by its id.
    """

    name: str
    organisation_id: str
    country: str
    in_country: bool
    in_network: bool
    in_public: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """The organisations and the reports that each of them could read."""

    organisations: list[Organisation]
    reaches: Mapping[str, _Reach]

    def messages(self, contents: Mapping[str, dict[str, object]]) -> list[dict[str, object]]:
        """One message for each organisation that could read one of the reports, and one for the public.

        Each holds ``reports``: what is told of each report, named as its reader knows it.
        """
        told: list[dict[str, object]] = []
        for organisation in self.organisations:
            mine = [
                {"report": report_id if reach.organisation_id == organisation.id else reach.name, **contents[report_id]}
                for report_id, reach in self.reaches.items()
                if _reads(organisation, reach)
            ]
            if mine:
                told.append({"organisation_id": organisation.id, "reports": mine})
        public = [
            {"report": reach.name, **contents[report_id]}
            for report_id, reach in self.reaches.items()
            if reach.in_public
        ]
        if public:
            told.append({"public": True, "reports": public})
        return told


def _reads(organisation: Organisation, reach: _Reach) -> bool:
    if organisation.id == reach.organisation_id or reach.in_network:
        return True
    return reach.in_country and organisation.country == reach.country


def of_reports(session: Session, reports: Collection[Report], now: datetime | None = None) -> Audience:
    """Who could read *reports* as they stand at *now*."""
    now = now or datetime.now(UTC)
    holders = {report.organisation_id for report in reports}
    found = select(col(Organisation.id), col(Organisation.country)).where(col(Organisation.id).in_(holders))
    countries = {row[0]: row[1] for row in session.execute(found)}
    return Audience(
        list_organisations(session),
        {report.id: _reach(report, countries[report.organisation_id], now) for report in reports},
    )


def _reach(report: Report, country: str, now: datetime) -> _Reach:
    held = report.legal_hold or (report.hold_until is not None and report.hold_until > now)
    accepted = report.state is ReportState.ACCEPTED and not held
    return _Reach(
        name=report.reference or report.id,
        organisation_id=report.organisation_id,
        country=country,
        in_country=report.state in STANDING and not held and report.sharing is not Sharing.LABORATORY,
        in_network=accepted and report.sharing in {Sharing.NETWORK, Sharing.PUBLIC},
        in_public=accepted and report.sharing is Sharing.PUBLIC,
    )

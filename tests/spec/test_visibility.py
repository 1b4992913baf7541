"""Who sees which report: every combination of state, sharing, hold and laboratory, for every viewer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from nps_registry.store.bulk import insert_objects
from nps_registry.store.engine import Engine, Session, open_session
from nps_registry.store.tables import Country, Detection, Report, Substance
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import substances_visible_to, visible_to
from nps_registry.vocabulary.finding import Result
from nps_registry.vocabulary.report import ReportState, Role, Sharing
from nps_registry.vocabulary.substance import Status
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance, report_rows

HOLDS: tuple[tuple[datetime | None, bool], ...] = (
    (None, False),
    (NOON - timedelta(days=1), False),
    (NOON + timedelta(days=1), False),
    (None, True),
)
LABORATORIES = {"berlin": "DE", "munich": "DE", "paris": "FR"}

BERLIN = Viewer(Role.LABORATORY, "berlin", "DE")
MUNICH = Viewer(Role.LABORATORY, "munich", "DE")
PARIS = Viewer(Role.LABORATORY, "paris", "FR")
GERMAN_FOCAL_POINT = Viewer(Role.FOCAL_POINT, "bonn", "DE")
FRENCH_FOCAL_POINT = Viewer(Role.FOCAL_POINT, "lyon", "FR")
SCIENTIST = Viewer(Role.SCIENTIST, "university", "DE")
CURATOR = Viewer(Role.CURATOR)
EVERYBODY = (VISITOR, BERLIN, MUNICH, PARIS, GERMAN_FOCAL_POINT, FRENCH_FOCAL_POINT, SCIENTIST, CURATOR)


@dataclass(frozen=True)
class Case:
    """One report of all there can be."""

    laboratory: str
    state: ReportState
    sharing: Sharing
    hold_until: datetime | None
    legal_hold: bool

    @property
    def held(self) -> bool:
        """Whether a hold keeps it back."""
        return self.legal_hold or (self.hold_until is not None and self.hold_until > NOON)


CASES = [Case(*row[:3], *row[3]) for row in itertools.product(LABORATORIES, ReportState, Sharing, HOLDS)]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        yield opened


@pytest.fixture
def reports(session: Session) -> dict[str, Case]:
    for name, country in LABORATORIES.items():
        add_laboratory(session, name, country)
    rows = [
        report_rows(
            case.laboratory,
            found=Found(state=case.state, sharing=case.sharing, hold_until=case.hold_until, legal_hold=case.legal_hold),
        )
        for case in CASES
    ]
    insert_objects(session, itertools.chain.from_iterable(rows))
    return {report.id: case for (_, report, _, *_), case in zip(rows, CASES, strict=True)}


def seen(session: Session, viewer: Viewer, reports: dict[str, Case]) -> set[Case]:
    statement = select(col(Report.id)).where(visible_to(viewer, NOON))
    return {reports[report_id] for report_id in session.scalars(statement)}


def is_public(case: Case) -> bool:
    return case.state is ReportState.ACCEPTED and case.sharing is Sharing.PUBLIC and not case.held


def is_for_the_network(case: Case) -> bool:
    return case.state is ReportState.ACCEPTED and case.sharing in (Sharing.PUBLIC, Sharing.NETWORK) and not case.held


def is_for_germany(case: Case) -> bool:
    stands = case.state.value in ("submitted", "queried", "released", "accepted")
    german = case.laboratory in ("berlin", "munich")
    return german and stands and case.sharing is not Sharing.LABORATORY and not case.held


def test_a_visitor_sees_accepted_public_reports_that_no_hold_keeps_back(
    session: Session, reports: dict[str, Case]
) -> None:
    assert seen(session, VISITOR, reports) == {case for case in CASES if is_public(case)}


def test_a_laboratory_sees_its_own_reports_in_every_state(session: Session, reports: dict[str, Case]) -> None:
    own = {case for case in CASES if case.laboratory == "berlin"}
    assert own <= seen(session, BERLIN, reports)


def test_a_laboratory_sees_what_its_country_and_the_network_share(session: Session, reports: dict[str, Case]) -> None:
    expected = {
        case for case in CASES if case.laboratory == "munich" or is_for_germany(case) or is_for_the_network(case)
    }
    assert seen(session, MUNICH, reports) == expected


def test_a_laboratory_of_another_country_sees_what_is_accepted_for_the_network(
    session: Session, reports: dict[str, Case]
) -> None:
    others = {case for case in seen(session, PARIS, reports) if case.laboratory != "paris"}
    assert others == {case for case in CASES if case.laboratory != "paris" and is_for_the_network(case)}


def test_a_scientist_reads_the_network_and_not_the_country(session: Session, reports: dict[str, Case]) -> None:
    assert seen(session, SCIENTIST, reports) == {case for case in CASES if is_for_the_network(case)}


def test_a_focal_point_reviews_all_that_its_country_submitted(session: Session, reports: dict[str, Case]) -> None:
    german = {case for case in CASES if case.laboratory != "paris" and case.state is not ReportState.DRAFT}
    elsewhere = {case for case in CASES if case.laboratory == "paris" and is_for_the_network(case)}
    assert seen(session, GERMAN_FOCAL_POINT, reports) == german | elsewhere


def test_a_focal_point_that_waived_the_release_does_not_see_what_stays_with_the_laboratory(
    session: Session, reports: dict[str, Case]
) -> None:
    session.add(Country(iso2="DE", waives_release=True))
    session.flush()
    german = {case for case in seen(session, GERMAN_FOCAL_POINT, reports) if case.laboratory != "paris"}
    assert {case.sharing for case in german} == {Sharing.COUNTRY, Sharing.NETWORK, Sharing.PUBLIC}


def test_a_curator_sees_all_but_drafts(session: Session, reports: dict[str, Case]) -> None:
    assert seen(session, CURATOR, reports) == {case for case in CASES if case.state is not ReportState.DRAFT}


def test_everybody_sees_at_least_what_a_visitor_sees(session: Session, reports: dict[str, Case]) -> None:
    public = seen(session, VISITOR, reports)
    for viewer in EVERYBODY:
        assert public <= seen(session, viewer, reports), viewer


def test_nobody_outside_the_review_sees_a_held_report(session: Session, reports: dict[str, Case]) -> None:
    for viewer in (VISITOR, MUNICH, PARIS, SCIENTIST, FRENCH_FOCAL_POINT):
        foreign = {
            case
            for case in seen(session, viewer, reports)
            if LABORATORIES[case.laboratory] != "FR" and case.laboratory != viewer.organisation_id
        }
        assert not any(case.held for case in foreign), viewer


def known(session: Session, viewer: Viewer) -> set[str]:
    statement = select(col(Substance.accession)).where(substances_visible_to(viewer, NOON))
    return set(session.scalars(statement))


def test_the_catalogue_is_known_to_everybody(session: Session) -> None:
    for number, status in enumerate((Status.LISTED, Status.UNCONFIRMED, Status.MERGED, Status.WITHDRAWN)):
        add_substance(session, f"NPS-{number:06d}", status=status)
    for viewer in EVERYBODY:
        assert len(known(session, viewer)) == 4, viewer


def test_a_provisional_substance_is_known_to_those_who_see_a_report_of_it(session: Session) -> None:
    for name, country in LABORATORIES.items():
        add_laboratory(session, name, country)
    new = add_substance(session, "PRV-1", status=Status.PROVISIONAL, from_catalogue=False)
    add_report(session, "berlin", (new,), Found(state=ReportState.SUBMITTED, sharing=Sharing.COUNTRY))
    knowing = {viewer for viewer in EVERYBODY if known(session, viewer)}
    assert knowing == {BERLIN, MUNICH, GERMAN_FOCAL_POINT, CURATOR}


def test_a_negative_result_makes_no_provisional_substance_known(session: Session) -> None:
    add_laboratory(session, "berlin", "DE")
    new = add_substance(session, "PRV-1", status=Status.PROVISIONAL, from_catalogue=False)
    report_id = add_report(session, "berlin", (new,), Found(result=Result.NEGATIVE))
    assert known(session, VISITOR) == set()
    detection = session.scalars(select(Detection).where(col(Detection.report_id) == report_id)).one()
    detection.result = Result.UNCERTAIN
    session.flush()
    assert known(session, VISITOR) == {"PRV-1"}

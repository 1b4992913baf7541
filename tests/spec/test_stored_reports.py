"""Reports as the store answers them: listed, found, seen before, replaced; and the registry's own row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from nps_registry.errors import Conflict, InvalidInput, NotFound, NotReady
from nps_registry.store import accounts, changes, novelty, reports, substances
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Engine, Session, open_session
from nps_registry.store.registry import create_registry, find_registry
from nps_registry.store.tables import Country, Detection, Event, Item, Report, Substance, Table
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.finding import EventType, Match, Result
from nps_registry.vocabulary.report import RegistryMode, ReportState, Role, Sharing
from nps_registry.vocabulary.substance import Status
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance

BERLIN = Viewer(Role.LABORATORY, "berlin", "DE")
PARIS = Viewer(Role.LABORATORY, "paris", "FR")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        add_laboratory(opened, "berlin", "DE")
        add_laboratory(opened, "paris", "FR")
        yield opened


def test_pages_of_a_laboratorys_reports_tell_each_once_newest_first(session: Session) -> None:
    ids = [add_report(session, "berlin") for _number in range(7)]
    add_report(session, "paris")
    for number, report_id in enumerate(ids):  # three of them in the same instant
        session.get_one(Report, report_id).submitted_at = NOON + timedelta(hours=max(number, 2))
    session.flush()
    told: list[Report] = []
    cursor: str | None = None
    while True:
        page = reports.list_reports(session, BERLIN, limit=2, cursor=cursor)
        told += page.items
        assert page.total == 7
        cursor = page.next
        if cursor is None:
            break
    sent = [report.submitted_at for report in told if report.submitted_at]
    assert sent == sorted(sent, reverse=True)
    assert sorted(report.id for report in told) == sorted(ids)


def test_a_list_of_one_state_holds_no_other(session: Session) -> None:
    add_report(session, "berlin", found=Found(state=ReportState.RETURNED))
    add_report(session, "berlin")
    page = reports.list_reports(session, BERLIN, state=ReportState.RETURNED)
    assert ([report.state for report in page.items], page.total) == ([ReportState.RETURNED], 1)


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwiYiJd", "WyIyMDI2LTAxLTAxIiwieCJd"])
def test_a_forged_cursor_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        reports.list_reports(session, BERLIN, cursor=cursor)


def test_a_report_is_found_by_either_name_by_those_who_may_see_it(session: Session) -> None:
    found = Found(state=ReportState.ACCEPTED, sharing=Sharing.NETWORK)
    report = session.get_one(Report, add_report(session, "berlin", found=found))
    report.reference = "R-7K3F-9Q2M"
    session.flush()
    for name in (report.id, "R-7K3F-9Q2M"):
        seen = [reports.find_report(session, name, viewer) is not None for viewer in (VISITOR, BERLIN, PARIS)]
        assert seen == [False, True, True]


def test_a_report_that_is_not_there_cannot_be_locked(session: Session) -> None:
    with pytest.raises(NotFound):
        reports.lock_report(session, "none")


def test_contents_come_in_the_reports_order_with_their_substances(session: Session) -> None:
    one, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    report_id = add_report(session, "berlin", (other, one))
    contents = reports.contents(session, [report_id])[report_id]
    ((_item, detections),) = contents.items
    assert [detection.substance_id for detection in detections] == [other, one]
    assert set(contents.substances) == {one, other}
    assert (contents.organisation.id, contents.event.country) == ("berlin", "DE")


def test_replaced_contents_leave_nothing_of_the_old_and_keep_the_event(session: Session) -> None:
    one, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    report = session.get_one(Report, add_report(session, "berlin", (one,)))
    event_id = report.event_id
    event = {"id": "another", "type": EventType.TEST_PURCHASE, "country": "FR", "year": 2025, "quarter": 3}
    rows: dict[type[Table], list[dict[str, object]]] = {
        Item: [{"id": "i", "report_id": report.id, "position": 0}],
        Detection: [{"id": "d", "item_id": "i", "report_id": report.id, "position": 0, "substance_id": other}],
    }
    reports.replace_contents(session, report, event, rows)
    kept = session.get_one(Event, event_id)
    assert (kept.country, kept.year, report.event_id) == ("FR", 2025, event_id)
    assert reports.substance_ids_of(session, report.id) == {other}
    assert len(session.scalars(select(Detection)).all()) == 1


def test_rows_written_in_bulk_get_the_defaults_of_their_columns(session: Session) -> None:
    report_id = add_report(session, "berlin")
    insert_rows(session, Item, [{"id": "a", "report_id": report_id, "position": 1}])
    insert_rows(session, Detection, [{"id": "d", "item_id": "a", "report_id": report_id, "position": 0}])
    detection = session.get_one(Detection, "d")
    assert (detection.match, detection.result, detection.techniques) == (Match.NONE, Result.POSITIVE, [])


def test_a_substance_is_new_where_the_viewer_has_not_seen_it(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), Found(country="DE"))
    own = add_report(session, "paris", (substance,), Found(country="JP", sharing=Sharing.LABORATORY))
    add_report(session, "berlin", (substance,), Found(country="US", result=Result.UNCERTAIN))
    add_report(session, "berlin", (substance,), Found(country="CN", type=EventType.WASTEWATER))
    asked = ("DE", "JP", "US", "CN")
    seen = {viewer: novelty.seen(session, [substance], viewer, asked)[substance] for viewer in (VISITOR, PARIS)}
    assert seen[VISITOR].countries == {"DE"}
    assert seen[PARIS].countries == {"DE", "JP"}
    assert seen[PARIS].regions == {"155", "030"}
    without = novelty.seen(session, [substance], PARIS, asked, excluding_report_ids=[own])
    assert without[substance].countries == {"DE"}


def test_of_a_place_it_is_told_whether_the_substance_was_seen_there_nearby_or_elsewhere(session: Session) -> None:
    substance = add_substance(session, "NPS-000001")
    add_report(session, "berlin", (substance,), Found(country="DE"))
    told = {place: novelty.seen(session, [substance], PARIS, [place])[substance] for place in ("DE", "FR", "JP", "")}
    assert [(each.world, bool(each.regions), bool(each.countries)) for each in told.values()] == [
        (True, True, True), (True, True, False), (True, False, False), (True, False, False),
    ]  # fmt: skip


def test_what_nobody_reported_was_never_seen(session: Session) -> None:
    assert novelty.seen(session, [add_substance(session, "NPS-000001")], PARIS, ["FR"]) == {}


def test_redirects_are_followed_to_their_end(session: Session) -> None:
    ids = [add_substance(session, f"NPS-00000{number}") for number in range(3)]
    for key, target in pairwise(ids):
        row = session.get_one(Substance, key)
        row.merged_into_id, row.status = target, Status.MERGED
    session.flush()
    start = session.get_one(Substance, ids[0])
    assert substances.follow_merges(session, [start])[ids[0]].id == ids[2]


def test_changes_are_counted_and_found_since_any_of_them(session: Session) -> None:
    create_registry(session, RegistryMode.REAL)
    one, other = add_substance(session, "NPS-000001"), add_substance(session, "NPS-000002")
    first = changes.touch(session, [one])
    second = changes.touch(session, [other])
    assert second == first + 1 == changes.last_change(session)
    assert changes.changed_since(session, 0) == [one, other]
    assert changes.changed_since(session, first) == [other]


def test_a_demonstration_never_becomes_real(session: Session) -> None:
    create_registry(session, RegistryMode.DEMONSTRATION)
    assert create_registry(session, RegistryMode.DEMONSTRATION).id == 1
    with pytest.raises(Conflict, match="demonstration"):
        create_registry(session, RegistryMode.REAL)


def test_a_registry_that_was_never_filled_says_how_to_fill_it(session: Session) -> None:
    with pytest.raises(NotReady, match="nps-registry catalogue load"):
        find_registry(session)


def test_a_country_waives_the_release_only_where_it_said_so(session: Session) -> None:
    session.add_all([Country(iso2="DE", waives_release=True), Country(iso2="FR")])
    session.flush()
    assert [accounts.country_waives_release(session, code) for code in ("DE", "FR", "JP")] == [True, False, False]

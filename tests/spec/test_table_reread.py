"""A laboratory's table read again once a curator has answered: the same reports, better identified."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.errors import InvalidInput
from nps_registry.intake.amendment import amend, withdraw
from nps_registry.intake.importing import import_table
from nps_registry.intake.mapping import read_mapping
from nps_registry.intake.outcome import Outcome
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.search.index import SubstanceIndex
from nps_registry.store import audit, counts, substances
from nps_registry.store import reports as stored
from nps_registry.store.accounts import find_organisation
from nps_registry.store.engine import Engine, Session, make_engine, reading, writing
from nps_registry.store.tables import Report
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.report import ReportState, RevisionCause, Role
from tests.spec.served import CASES, a_report, served

MAPPING = """
sharing = "public"
[event]
type = "collected_sample"
country = "CA"
collected_on = {column = "Date"}
[[findings]]
column = "Found"
split = "separated"
detection = {techniques = ["portable FTIR"]}
"""
BY_REFERENCE = MAPPING.replace('sharing = "public"', 'sharing = "public"\nown_reference = {column = "Number"}')
ROWS = ("A1,2024-05-01,Sugar;Caffeine", "A2,2024-05-02,Fent or so", "A3,2024-05-03,Starch")
Import = Callable[..., Outcome]


@pytest.fixture
def filled(database_url: str) -> Iterator[Engine]:
    with served(database_url):
        made = make_engine(database_url)
        yield made
        made.dispose()


@pytest.fixture
def sender(filled: Engine) -> Sender:
    with reading(filled) as session:
        organisation = find_organisation(session, "Organisation jp")
    assert organisation is not None
    return Sender(organisation, Viewer(Role.LABORATORY, organisation.id, organisation.country, actor="command"))


@pytest.fixture
def desk(filled: Engine) -> Desk:
    return Desk(SubstanceIndex.of(filled), ClassRules.build(read_classes(CASES)), demonstration=False)


@pytest.fixture
def read_in(filled: Engine, desk: Desk, sender: Sender, tmp_path: Path) -> Import:
    """Import a table of the rows given, with these answers."""

    def run(*rows: str, mapping: str = MAPPING, **answers: str) -> Outcome:
        table, columns = tmp_path / "table.csv", tmp_path / "mapping.toml"
        table.write_text("\n".join(("Number,Date,Found", *(rows or ROWS))) + "\n")
        columns.write_text(mapping)
        given = {name.replace("_", " "): answer for name, answer in answers.items()}
        return import_table(filled, desk, sender, table, mapping=read_mapping(columns), answers=given)

    return run


def reports_of(session: Session, sender: Sender) -> dict[int, Report]:
    found = stored.list_reports(session, sender.viewer).items
    return {report.file_row: report for report in found if report.file_row}


def public_events(session: Session, name: str) -> int:
    substance = substances.by_folded_names(session, [name])[name][0]
    assert substance.id is not None
    return sum(row.events for row in counts.counts_of(session, [substance.id]))


def test_an_answer_improves_the_reports_that_are_here_and_makes_no_further_one(
    filled: Engine, read_in: Import, sender: Sender
) -> None:
    first = read_in()
    again = read_in(Sugar="starch", Fent_or_so="class:fentanyl_analogue")
    assert (first.reports, first.unrecognised) == (3, {"Sugar": 1, "Fent or so": 1})
    assert (again.reports, again.repeated, again.reidentified, again.left) == (0, 3, 2, 0)
    assert not again.unrecognised
    assert again.matches == {Match.NAME: 3, Match.PARTIAL: 1}
    with reading(filled) as session:
        assert len(reports_of(session, sender)) == 3
        assert (public_events(session, "starch"), public_events(session, "caffeine")) == (2, 1)


def test_what_was_identified_before_is_kept_with_who_changed_it_and_when(
    filled: Engine, read_in: Import, sender: Sender
) -> None:
    read_in()
    read_in(Sugar="starch")
    with reading(filled) as session:
        report = reports_of(session, sender)[1]
        before, after = stored.revisions(session, report.id)
        assert (after.cause, after.revision, report.revision) == (RevisionCause.REIDENTIFIED, 2, 2)
        assert before.identifications[0]["accession"] is None
        assert [found["reported_as"] for found in after.identifications] == ["Sugar", "Caffeine"]
        assert after.identifications[0]["accession"]
        assert json.loads(report.payload)["Found"] == "Sugar;Caffeine"
        assert [event.action for event in audit.history_of(session, "report", report.id)] == [
            "report.submitted",
            "report.reidentified",
        ]
        assert audit.verify(session) is None


def test_a_third_reading_with_the_same_answers_changes_nothing(read_in: Import) -> None:
    read_in()
    read_in(Sugar="starch", Fent_or_so="uncertain:fentanyl")
    third = read_in(Sugar="starch", Fent_or_so="uncertain:fentanyl")
    assert (third.reports, third.reidentified, third.repeated) == (0, 0, 3)


def test_an_answer_that_is_taken_back_leaves_the_name_unrecognised_again(
    filled: Engine, read_in: Import, sender: Sender
) -> None:
    read_in(Sugar="starch")
    again = read_in()
    assert again.reidentified == 1
    assert again.unrecognised["Sugar"] == 1
    with reading(filled) as session:
        assert public_events(session, "starch") == 1


def test_a_set_of_candidates_counts_for_none_of_them_until_it_is_narrowed_to_one(
    filled: Engine, read_in: Import
) -> None:
    read_in("B1,2024-05-01,Fent", Fent="candidates:fentanyl|starch")
    with reading(filled) as session:
        assert public_events(session, "fentanyl") == 0
    read_in("B1,2024-05-01,Fent", Fent="trace:fentanyl")
    with reading(filled) as session:
        assert public_events(session, "fentanyl") == 1


def test_a_row_that_waited_because_of_an_ambiguous_name_is_accepted_with_the_answer(
    filled: Engine, read_in: Import, sender: Sender
) -> None:
    waiting = read_in("B1,2024-05-01,fluorofentanyl")
    with reading(filled) as session:
        assert (waiting.accepted, reports_of(session, sender)[1].state) == (0, ReportState.SUBMITTED)
    answered = read_in("B1,2024-05-01,fluorofentanyl", fluorofentanyl="uncertain:starch")
    with reading(filled) as session:
        report = reports_of(session, sender)[1]
        assert (answered.accepted, report.state, report.accepted_at is not None) == (1, ReportState.ACCEPTED, True)
        assert report.reference


def test_a_row_of_a_table_can_be_amended_like_any_report(
    filled: Engine, read_in: Import, desk: Desk, sender: Sender
) -> None:
    read_in()
    with writing(filled) as session:
        report = reports_of(session, sender)[1]
        receipt = amend(session, desk, sender, report.id, {"event": {"city": "Riverton"}})
    detections = receipt["detections"]
    assert isinstance(detections, list)
    assert [found["reported_as"] for found in detections] == ["Sugar", "Caffeine"]
    with reading(filled) as session:
        first, _second = stored.revisions(session, report.id)
        contents = stored.contents(session, [report.id])[report.id]
        assert json.loads(first.payload)["Found"] == "Sugar;Caffeine"
        assert (contents.event.city, str(contents.event.collected_on)) == ("Riverton", "2024-05-01")


def test_a_report_that_its_laboratory_changed_meanwhile_is_left_alone(
    filled: Engine, read_in: Import, desk: Desk, sender: Sender
) -> None:
    read_in()
    with writing(filled) as session:
        reports = reports_of(session, sender)
        amend(session, desk, sender, reports[1].id, {"event": {"city": "Riverton"}})
        withdraw(session, sender, reports[2].id, "Sent by mistake.")
    again = read_in(Sugar="starch", Fent_or_so="fentanyl")
    assert (again.reidentified, again.left, again.reports, again.repeated) == (0, 2, 0, 3)
    with reading(filled) as session:
        assert reports_of(session, sender)[2].state is ReportState.WITHDRAWN
        assert public_events(session, "fentanyl") == 0


def test_rows_with_a_reference_are_known_again_in_another_file(read_in: Import) -> None:
    read_in(mapping=BY_REFERENCE)
    longer = read_in(*ROWS, "A4,2024-05-04,Caffeine", mapping=BY_REFERENCE, Sugar="starch")
    assert (longer.reports, longer.repeated, longer.reidentified) == (1, 3, 1)


def test_a_reference_that_says_something_else_now_is_refused_and_holds_up_no_other(read_in: Import) -> None:
    read_in(mapping=BY_REFERENCE)
    other = read_in("A1,2024-05-01,Fentanyl", "A5,2024-05-01,Caffeine", "A5,2024-05-01,Starch", mapping=BY_REFERENCE)
    assert (other.reports, [fault.number for fault in other.faults]) == (1, [1, 3])
    assert "says something else" in other.faults[0].errors[0].message
    assert "twice" in other.faults[1].errors[0].message


def test_a_reference_that_came_by_table_is_no_new_report_over_http(database_url: str, tmp_path: Path) -> None:
    with served(database_url) as registry:
        engine = make_engine(database_url)
        with reading(engine) as session:
            organisation = find_organisation(session, "Organisation jp")
        assert organisation is not None
        sender = Sender(organisation, Viewer(Role.LABORATORY, organisation.id, organisation.country, actor="command"))
        desk = Desk(SubstanceIndex.of(engine), ClassRules.build(read_classes(CASES)), demonstration=False)
        table, columns = tmp_path / "table.csv", tmp_path / "mapping.toml"
        table.write_text("Number,Date,Found\nA1,2024-05-01,Caffeine\n")
        columns.write_text(BY_REFERENCE)
        import_table(engine, desk, sender, table, mapping=read_mapping(columns), answers={})
        answer = registry.report("jp", a_report(country="CA") | {"own_reference": "A1"})
        assert answer.status_code == 409
        assert "amend" in answer.json()["detail"]
        engine.dispose()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("class:sugars", "not the key of a chemical class"),
        ("no such thing", "not a name in the registry"),
        ("candidates:starch|no such thing", "not a name in the registry"),
        ("uncertain:", "nothing behind its colon"),
    ],
)
def test_an_answer_that_means_nothing_is_refused_before_any_row_is_read(
    filled: Engine, read_in: Import, sender: Sender, answer: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_in(Sugar=answer)
    with reading(filled) as session:
        assert not reports_of(session, sender)


def test_an_accession_is_an_answer(filled: Engine, read_in: Import) -> None:
    with reading(filled) as session:
        starch = substances.by_folded_names(session, ["starch"])["starch"][0]
    outcome = read_in("B1,2024-05-01,Sugar", Sugar=starch.accession)
    assert outcome.matches == {Match.NAME: 1}


def test_a_visitor_sees_a_table_that_was_answered_as_it_stands_now(filled: Engine, read_in: Import) -> None:
    read_in()
    read_in(Sugar="starch")
    with reading(filled) as session:
        starch = substances.by_folded_names(session, ["starch"])["starch"][0]
        reference = session.query(Report).filter_by(file_row=1).one().reference
        assert reference is not None
        report = stored.find_report(session, reference, VISITOR)
        assert report is not None
        assert starch.id in stored.substance_ids_of(session, report.id)

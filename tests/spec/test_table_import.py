"""A laboratory's own table: what became reports, what was recognised, what a curator is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.errors import InvalidInput
from nps_registry.intake.importing import import_table
from nps_registry.intake.mapping import read_mapping
from nps_registry.intake.outcome import Outcome
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.accounts import find_organisation
from nps_registry.store.engine import Engine, make_engine, reading
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.report import Role
from tests.spec.served import CASES, served

TABLE = CASES.parent / "drug_checking"


@pytest.fixture
def filled(database_url: str) -> Iterator[Engine]:
    with served(database_url):
        made = make_engine(database_url)
        yield made
        made.dispose()


def run(engine: Engine, answers: dict[str, str] | None = None) -> Outcome:
    desk = Desk(SubstanceIndex.of(engine), ClassRules.build(read_classes(CASES)), demonstration=False)
    with reading(engine) as session:
        organisation = find_organisation(session, "Organisation jp")
    assert organisation is not None
    sender = Sender(organisation, Viewer(Role.LABORATORY, organisation.id, organisation.country))
    mapping = read_mapping(TABLE / "mapping.toml")
    return import_table(engine, desk, sender, TABLE / "table.csv", mapping=mapping, answers=answers or {})


def test_good_rows_become_reports_and_bad_ones_are_named(filled: Engine) -> None:
    outcome = run(filled)
    assert (outcome.rows, outcome.reports) == (7, 5)
    assert [fault.number for fault in outcome.faults] == [6, 7]
    first, second = outcome.faults
    assert "2024-13-03" in first.errors[0].message
    assert second.errors[0].field == "FTIR Spectrometer"


def test_adulterants_and_materials_without_a_structure_are_recognised(filled: Engine) -> None:
    outcome = run(filled)
    # 3-MMC, caffeine twice, starch, fentanyl, kratom
    assert outcome.matches[Match.NAME] == 6
    assert outcome.unrecognised == {"Uncertain Oil": 2, "Fentanyl or Analog": 1}


def test_a_table_read_again_makes_no_second_report(filled: Engine) -> None:
    run(filled)
    again = run(filled)
    assert (again.reports, again.repeated) == (0, 5)


def test_the_curators_answers_are_used(filled: Engine) -> None:
    outcome = run(filled, {"Fentanyl or Analog": "class:fentanyl_analogue", "Uncertain Oil": "unidentified"})
    assert not outcome.unrecognised
    assert outcome.matches[Match.NONE] >= 2


def test_no_database_keeps_half_a_table_when_the_file_cannot_be_read(filled: Engine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes((TABLE / "table.csv").read_bytes() + b'"2024-05-05","\xff')
    desk = Desk(SubstanceIndex.of(filled), ClassRules.build(read_classes(CASES)), demonstration=False)
    with reading(filled) as session:
        organisation = find_organisation(session, "Organisation jp")
    assert organisation is not None
    sender = Sender(organisation, Viewer(Role.LABORATORY, organisation.id, organisation.country))
    with pytest.raises(InvalidInput, match="cannot be read"):
        import_table(filled, desk, sender, broken, mapping=read_mapping(TABLE / "mapping.toml"), answers={})
    assert run(filled).reports == 5

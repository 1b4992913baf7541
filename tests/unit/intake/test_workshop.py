"""Structures derived in processes are those derived here; a fault there is the same fault here."""

from __future__ import annotations

import pytest

from nps_registry.catalogue.class_rules import read_scaffolds
from nps_registry.errors import CatalogueFault
from nps_registry.intake import workshop
from nps_registry.intake.derivation import Given, derive_all
from nps_registry.intake.seed_structures import given_by
from nps_registry.intake.workshop import open_workshop, start_helpers
from tests.unit.catalogue.small import small


@pytest.fixture
def given() -> list[Given]:
    return [each for record in small().substances if (each := given_by(record, ""))]


def test_processes_derive_what_this_one_does_and_in_order(given: list[Given], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "STRUCTURES_AT_ONCE", 3)
    scaffolds = read_scaffolds(small().classes)
    with start_helpers(workshop.WORTH_PROCESSES, 2) as helpers, open_workshop(helpers) as opened:
        opened.learn(scaffolds)
        assert opened.order(given).collect() == derive_all(given, scaffolds)


def test_few_structures_are_derived_here(given: list[Given]) -> None:
    with start_helpers(len(given), 8) as helpers, open_workshop(helpers) as opened:
        opened.learn({})
        assert helpers == []
        assert opened.order(given).collect() == derive_all(given, {})


def test_a_fault_in_a_process_is_told_and_ends_them_all(given: list[Given]) -> None:
    wrong = Given("NPS-000099", "nonsense", "C1CC", "C3H6", 42.0, "other", "")

    def order() -> None:
        with start_helpers(workshop.WORTH_PROCESSES, 2) as helpers, open_workshop(helpers) as opened:
            opened.learn({})
            opened.order([*given, wrong]).collect()

    with pytest.raises(CatalogueFault, match=r"NPS-000099.*cannot be read"):
        order()


def test_helpers_that_are_given_nothing_end_by_themselves() -> None:
    with start_helpers(workshop.WORTH_PROCESSES, 2) as helpers:
        assert len(helpers) == 2
    assert [helper.returncode for helper in helpers] == [0, 0]


def test_what_was_begun_before_is_derived_once_and_in_the_order_that_is_asked_for(
    given: list[Given], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "STRUCTURES_AT_ONCE", 2)
    monkeypatch.setattr(workshop, "MOST_BEGUN", 4)
    with start_helpers(workshop.WORTH_PROCESSES, 2) as helpers, open_workshop(helpers) as opened:
        opened.learn({})
        for each in given:
            opened.begin(each)
        asked = [*reversed(given)]
        assert opened.order(asked).collect() == derive_all(asked, {})

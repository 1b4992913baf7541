"""Browsing: filters, orders, pages and facets agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nps_registry.errors import InvalidInput
from nps_registry.intake.seed import load_catalogue
from nps_registry.store import counts, substances
from nps_registry.store.browse import SORTS
from nps_registry.store.engine import Engine, Session, open_session
from nps_registry.store.registry import create_registry
from nps_registry.store.substances import Browse, CardRow, browse, facets
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.report import RegistryMode, ReportState, Role, Sharing
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status
from tests.spec.rows import NOON, Found, add_laboratory, add_report, add_substance
from tests.unit.catalogue.small import MMC, small

CURATOR = Viewer(Role.CURATOR)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        create_registry(opened, RegistryMode.DEMONSTRATION)
        load_catalogue(opened, small())
        add_laboratory(opened, "berlin", "DE")
        ids = [row.id for row in browse(opened, Browse(sort="accession")).items]
        for number, key in enumerate(ids[:6]):
            place = Found(country=("DE", "FR")[number % 2], year=2020 + number, quarter=number % 5)
            add_report(opened, "berlin", (key, ids[0]), place)
        counts.follow(opened, NOON)
        yield opened


BROWSES = st.builds(
    Browse,
    q=st.sampled_from(["", "", "fentanyl", "mmc", "C", "---", MMC.lower()]),
    chemical_class=st.sampled_from([None, None, "synthetic_cathinone", "fentanyl_analogue"]),
    effect=st.sampled_from([None, None, EffectGroup.STIMULANT, EffectGroup.SYNTHETIC_OPIOID]),
    nature=st.sampled_from([None, None, *Nature]),
    status=st.sampled_from([None, None, *Status]),
    country=st.sampled_from([None, None, "DE", "FR", "JP"]),
    control=st.sampled_from([None, None, "UN", "DE"]),
    first_reported_from=st.sampled_from([None, None, 2022]),
    sort=st.sampled_from(SORTS),
)
often = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(question=BROWSES, limit=st.integers(1, 9))
@often
def test_the_pages_together_are_the_whole_list(session: Session, question: Browse, limit: int) -> None:
    whole = browse(session, question, limit=500)
    assert whole.next is None
    pages: list[CardRow] = []
    cursor: str | None = None
    while True:
        page = browse(session, question, limit=limit, cursor=cursor)
        pages += page.items
        assert page.total == whole.total == len(whole.items)
        if page.next is None:
            break
        cursor = page.next
    assert pages == whole.items


@given(question=BROWSES)
@often
def test_each_facet_says_how_many_remain_when_it_is_chosen(session: Session, question: Browse) -> None:
    for name, values in facets(session, question).items():
        for value, number in values.items():
            chosen = {"effect": EffectGroup, "nature": Nature, "status": Status}.get(name, str)(value)
            narrowed: dict[str, object] = {name: chosen}
            assert browse(session, replace(question, **narrowed)).total == number  # type: ignore[arg-type]


def test_names_are_sorted_as_people_read_them(session: Session) -> None:
    keys = [substances.by_accession(session, row.accession, VISITOR) for row in browse(session, Browse()).items]
    folded = [row.name_key for row in keys if row is not None]
    assert folded == sorted(folded, key=str)
    assert len(folded) > 10


def test_the_most_reported_come_first(session: Session) -> None:
    events = [row.events for row in browse(session, Browse(sort="reports")).items]
    assert events == sorted(events, reverse=True)
    assert events[0] == 6


def test_a_part_of_any_name_finds(session: Session) -> None:
    found = {row.accession for row in browse(session, Browse(q="Methylmeth-cathin")).items}
    assert MMC in found


def test_withdrawn_and_merged_entries_are_shown_on_request_only(session: Session) -> None:
    gone = {Status.WITHDRAWN, Status.MERGED}
    assert not gone & {row.status for row in browse(session, Browse(), limit=500).items}
    assert browse(session, Browse(status=Status.WITHDRAWN)).total == 1


def test_a_provisional_substance_is_listed_for_those_who_may_know_of_it(session: Session) -> None:
    new = add_substance(session, "P-2222-2222", status=Status.PROVISIONAL, from_catalogue=False)
    add_report(session, "berlin", (new,), Found(state=ReportState.SUBMITTED, sharing=Sharing.COUNTRY))
    provisional = Browse(status=Status.PROVISIONAL)
    assert [browse(session, provisional, viewer).total for viewer in (VISITOR, CURATOR)] == [0, 1]
    assert [facets(session, Browse(), viewer)["status"].get("provisional") for viewer in (VISITOR, CURATOR)] == [
        None,
        1,
    ]


@pytest.mark.parametrize("cursor", ["x", "", "W10", "WyJuYW1lIiwxLDJd", "é", "WyJtYXNzIiwidCIsMV0", "[" * 300])
def test_a_cursor_that_this_list_did_not_give_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        browse(session, Browse(), cursor=cursor)


def test_a_cursor_of_another_order_is_refused(session: Session) -> None:
    page = browse(session, Browse(sort="name"), limit=1)
    with pytest.raises(InvalidInput, match="cursor"):
        browse(session, Browse(sort="accession"), cursor=page.next)


def test_the_newly_reported_are_those_with_the_latest_first_quarter(session: Session) -> None:
    firsts = [row.first for row in substances.newly_reported(session, limit=3)]
    assert firsts == sorted(firsts, reverse=True)
    assert all(firsts)

"""Bulletins keep the figures of the day they were issued, hold public data only, and come out alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy import update as sql_update
from sqlmodel import col

from nps_registry.errors import Conflict
from nps_registry.notices.bulletins import compute, issue
from nps_registry.notices.signing import public_keys, verify
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Advisory, AdvisoryVersion, Event, Report, Signal, Substance
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.signal import TrafficLight
from nps_registry.vocabulary.substance import Nature
from tests.advising import published, seal_of
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

LAST_MONTH = Period(datetime.now(UTC).year, datetime.now(UTC).month, 1).before(1)
IN_IT = LAST_MONTH.begins + timedelta(days=3)


@pytest.fixture
def registry(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with served(database_url, var_directory=tmp_path) as given:
        fatal = a_report(MMC3, country="AT")
        fatal["event"] |= {"type": "toxicology_case", "case_type": "post_mortem", "outcome": "fatal"}
        fatal["items"][0]["specimen"] = "blood"
        for laboratory, body in (
            ("de", a_report(MMC3)),
            ("at", fatal),
            ("de", a_report(UNKNOWN, sharing="country")),
        ):
            assert given.report(laboratory, body).status_code == 201
        published(given, title="For everybody")
        published(given, title="For laboratories", audience=TrafficLight.GREEN)
        move_back(given)
        yield given


def move_back(registry: Served) -> None:
    """Let all that is there have come out last month."""
    with writing(registry.engine) as session:
        session.execute(sql_update(Report).values(published_at=IN_IT))
        session.execute(sql_update(Signal).values(raised_at=IN_IT))
        session.execute(sql_update(AdvisoryVersion).values(made_at=IN_IT))
        session.execute(sql_update(Advisory).values(modified_at=IN_IT))


def issued(registry: Served, period: Period = LAST_MONTH) -> tuple[dict[str, Any], bool]:
    with writing(registry.engine) as session:
        row, fresh = issue(session, seal_of(registry), period, actor="command")
    registry.client.app.state.services.index.refresh()  # type: ignore[attr-defined]  # it is a FastAPI
    return {**row.content, "signatures": row.signatures}, fresh


def test_a_bulletin_tells_what_became_public_and_nothing_else(registry: Served) -> None:
    told, fresh = issued(registry)
    assert fresh
    public = told["became_public"]
    assert (public["reports"], public["events"], public["cases"], public["fatal"]) == (2, 2, 1, None)
    assert public["per_country"] == [{"country": "AT", "events": 1}, {"country": "DE", "events": 1}]
    assert public["per_effect_group"] == [{"effect_group": "stimulant", "events": 2}]
    assert [(each["accession"], each["events"], each["countries"]) for each in public["substances"]] == [
        ("NPS-000001", 2, 2)
    ]
    assert public["per_period"][-1] == {"period": LAST_MONTH.key, "events": 2}
    assert sum(each["events"] for each in public["per_period"]) == 2
    assert {each["name"] for each in told["signals"]} == {"3-MMC"}
    assert [each["title"] for each in told["advisories"]] == ["For everybody"]
    with reading(registry.engine) as session:
        assert verify(told, public_keys(session)).valid
        assert compute(session, LAST_MONTH.before(1))["became_public"]["events"] == 0
    page = registry.client.get(f"/bulletins/{LAST_MONTH.key}").text
    assert "2 events became public, in 2 reports from 2 countries." in page
    assert "For laboratories" not in page
    assert registry.client.get(f"/bulletins/{LAST_MONTH.key}.json").json() == told


def test_what_is_no_nps_is_in_no_figure_and_its_signals_are_named_as_what_it_is(registry: Served) -> None:
    with writing(registry.engine) as session:
        session.execute(sql_update(Substance).values(nature=Nature.ADULTERANT))
    told, _fresh = issued(registry)
    public = told["became_public"]
    assert (public["reports"], public["events"], public["cases"]) == (0, 0, 0)
    assert public["per_country"] == public["per_effect_group"] == public["substances"] == []
    assert {each["nature"] for each in told["signals"]} == {"adulterant"}
    page = registry.client.get(f"/bulletins/{LAST_MONTH.key}").text
    assert "3-MMC (Adulterant or cutting agent): First ever" in page
    assert "for the first time anywhere" not in page


def test_an_event_that_a_second_laboratory_tells_of_later_counts_once(registry: Served) -> None:
    with writing(registry.engine) as session:
        public = select(Event).join(Report, col(Report.event_id) == col(Event.id)).where(
            col(Report.sharing) == Sharing.PUBLIC
        )  # fmt: skip
        first, second = sorted(session.scalars(public), key=lambda event: event.country, reverse=True)
        second.same_as_id = first.id
        before = LAST_MONTH.begins - timedelta(days=3)
        session.execute(
            sql_update(Report).where(col(Report.event_id) != second.id, col(Report.sharing) == Sharing.PUBLIC)
            .values(published_at=before)
        )  # fmt: skip
        told, earlier = (compute(session, each)["became_public"] for each in (LAST_MONTH, LAST_MONTH.before(1)))
    assert (told["reports"], told["events"], told["cases"]) == (1, 0, 1), "that somebody died is new"
    assert (earlier["reports"], earlier["events"], earlier["cases"]) == (1, 1, 0)


def test_an_issued_version_stays_as_it_was_and_new_figures_make_a_new_one(registry: Served) -> None:
    first, _fresh = issued(registry)
    again, fresh = issued(registry)
    assert not fresh
    assert again == first
    assert registry.report("de", a_report(MMC3)).status_code == 201
    move_back(registry)
    second, fresh = issued(registry)
    assert fresh
    assert (second["version"], second["became_public"]["events"]) == (2, 3)
    address = f"/bulletins/{LAST_MONTH.key}"
    assert registry.client.get(f"{address}.json?version=1").json() == first
    assert registry.client.get(f"{address}.json").json() == second
    assert "This is an earlier version" in registry.client.get(f"{address}?version=1").text
    for path in (f"{address}?version=3", f"{address}.pdf?version=3", "/bulletins/2001-Q1", "/bulletins/nonsense"):
        assert registry.client.get(path).status_code == 404


def test_a_period_that_has_not_ended_has_no_bulletin(registry: Served) -> None:
    with pytest.raises(Conflict, match="has not ended"):
        issued(registry, LAST_MONTH.before(-1))


def test_a_bulletin_is_the_same_bytes_of_tagged_pdf_each_time_and_has_its_charts(registry: Served) -> None:
    issued(registry)
    pdf = f"/bulletins/{LAST_MONTH.key}.pdf"
    one = registry.client.get(pdf)
    assert one.headers["content-type"] == "application/pdf"
    registry.client.app.state.kept_pages = type(registry.client.app.state.kept_pages)()  # type: ignore[attr-defined]
    assert registry.client.get(pdf).content == one.content
    read = PdfReader(BytesIO(one.content))
    root: Any = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    text = "".join(page.extract_text() for page in read.pages)
    assert "2 events became public" in text
    assert "3-MMC" in text
    for chart in ("periods", "groups", "countries", "quarters"):
        for form, start in (("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"")):
            answer = registry.client.get(f"/bulletins/{LAST_MONTH.key}/1/{chart}.{form}?scheme=dark&breadth=narrow")
            assert answer.status_code == 200, (chart, form)
            assert answer.content.startswith(start)
    for wrong in ("1/moods.svg", "1/periods.bmp", "x/periods.svg", "9/periods.svg", "1/periods.svg?scheme=plaid"):
        assert registry.client.get(f"/bulletins/{LAST_MONTH.key}/{wrong}").status_code == 404

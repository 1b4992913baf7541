"""Signals from the report that raises them to what curators make of them, for everybody who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.signals.evaluation import evaluate_all
from nps_registry.store import audit
from nps_registry.store.engine import reading, writing
from nps_registry.store.signals import may_see
from nps_registry.store.tables import AuditEvent, Organisation, OutboxMessage, Signal, Substance
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.substance import Nature
from tests.spec.served import MMC3, Served, a_report, served

NEAR_FENTANYL = "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccc(CC)cc2)CC1"
YEAR = datetime.now(UTC).year


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as made:
        yield made


def listed(registry: Served, who: str = "", **filters: str) -> list[dict[str, Any]]:
    headers = registry.as_(who) if who else {}
    answer = registry.client.get("/api/v1/signals", params={"limit": "200", **filters}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def kinds(registry: Served, who: str = "", **filters: str) -> set[tuple[str, str | None]]:
    return {(each["kind"], each["country"]) for each in listed(registry, who, **filters)}


def judge(registry: Served, who: str, signal: str, act: str, reason: str = "Looked at.", revision: int = 0) -> Any:
    headers = registry.as_(who) | ({"If-Match": f'"{revision}"'} if revision else {})
    return registry.client.post(f"/api/v1/signals/{signal}/{act}", json={"reason": reason}, headers=headers)


def notices(registry: Served) -> list[dict[str, object]]:
    with reading(registry.engine) as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "notice.signal"))  # type: ignore[arg-type]
        return [row.content for row in rows]


def case(day: str, outcome: str, structure: str = MMC3, **rest: Any) -> dict[str, Any]:
    body = a_report(structure, **rest)
    body["event"] |= {"type": "toxicology_case", "collected_on": day, "outcome": outcome}
    return body


def test_a_posted_report_raises_firsts_that_everybody_may_read_with_their_evidence(registry: Served) -> None:
    made = registry.report("de", a_report(MMC3)).json()
    assert {each["kind"] for each in made["signals"]} == {"first_ever", "first_in_region", "first_in_country"}
    assert kinds(registry) == {("first_ever", "DE"), ("first_in_region", "DE"), ("first_in_country", "DE")}
    (first,) = listed(registry, kind="first_in_country", country="de")
    assert (first["year"], first["quarter"], first["state"], "score" in first) == (2026, 1, "open", False)
    whole = registry.client.get(f"/api/v1/signals/{first['id']}").json()
    assert [each["reference"] for each in whole["reports"]] == [made["reference"]]
    assert registry.client.get(whole["reports"][0]["url"]).status_code == 200
    assert first["id"] in registry.client.get("/api/v1/feeds/signals.atom").text


def test_the_receipt_names_what_else_a_report_raised(registry: Served) -> None:
    registry.report("de", a_report(MMC3))
    made = registry.report("de", case(f"{YEAR}-01-15", "fatal")).json()
    assert [(each["kind"], each["country"]) for each in made["signals"]] == [("harm", "DE")]
    (harm,) = listed(registry, kind="harm")
    assert harm["evidence"] == {"cases": 1, "fatal": None, "severe": None}  # one death could point at a person
    (whole,) = listed(registry, "curator", kind="harm")
    assert (whole["evidence"]["fatal"], whole["evidence"]["severe"]) == (1, 0)
    assert {"signal": harm["id"], "change": "raised"} in notices(registry)


def test_filters_narrow_the_list_and_wrong_ones_are_refused(registry: Served) -> None:
    registry.report("de", a_report(MMC3))
    registry.report("jp", a_report(MMC3, country="JP"))
    assert kinds(registry, country="JP") == {("first_in_region", "JP"), ("first_in_country", "JP")}
    assert listed(registry, **{"from": "2026-Q2"}) == []
    assert len(listed(registry, **{"from": "2026-02"})) == 5
    for wrong in ("kind=mood", "state=sleepy", "country=ZZ", "from=spring", "nature=green", "cursor=x"):
        assert registry.client.get(f"/api/v1/signals?{wrong}").status_code == 422


def test_signals_of_adulterants_are_filtered_out_and_their_arrival_weighs_little(registry: Served) -> None:
    with writing(registry.engine) as session:
        (adulterant,) = session.scalars(select(Substance).where(col(Substance.accession) == "NPS-000001"))
        adulterant.nature = Nature.ADULTERANT
    registry.report("de", a_report(MMC3))
    made = registry.report("de", case(f"{YEAR}-01-15", "fatal", structure=NEAR_FENTANYL)).json()
    of = {nature: {each["substance"]["accession"] for each in listed(registry, nature=nature)} for nature in Nature}
    assert of.pop(Nature.ADULTERANT) == {"NPS-000001"}
    assert of.pop(Nature.NPS) == {made["detections"][0]["substance"]["accession"]}
    assert not any(of.values())
    weighed = {(each["kind"], each["substance"]["nature"]): each for each in listed(registry, "curator")}
    assert weighed["first_ever", "adulterant"]["score"] < weighed["first_in_country", "nps"]["score"]
    assert weighed["first_ever", "adulterant"]["reasons"][-1]["points"] < 0


def test_harm_by_an_adulterant_weighs_as_harm_by_anything_else(registry: Served) -> None:
    registry.report("de", case(f"{YEAR}-01-15", "fatal"))
    (before,) = listed(registry, "curator", kind="harm")
    with writing(registry.engine) as session:
        session.execute(update(Substance).values(nature=Nature.ADULTERANT))
        evaluate_all(session)
    (after,) = listed(registry, "curator", kind="harm")
    assert (after["score"], after["reasons"]) == (before["score"], before["reasons"])


def test_curators_assess_escalate_and_dismiss_with_reasons_that_stay(registry: Served) -> None:
    registry.report("de", a_report(MMC3))
    signal = listed(registry, "curator", kind="first_ever")[0]
    assert signal["score"] >= 45
    assert signal["reasons"][0] == {"reason": "First ever report", "points": 45}
    assert judge(registry, "curator", signal["id"], "escalate").status_code == 409  # nobody has assessed it
    assert judge(registry, "curator", signal["id"], "assess", " ").status_code == 422
    assessed = judge(registry, "curator", signal["id"], "assess", "Spectrum looks right.", signal["revision"])
    assert (assessed.status_code, assessed.json()["state"]) == (200, "assessed")
    late = judge(registry, "colleague", signal["id"], "dismiss", "A slip.", signal["revision"])
    assert late.status_code == 409
    assert "Assessed by Organisation curator" in late.json()["errors"][0]["message"]
    read = assessed.json()["revision"]
    assert judge(registry, "colleague", signal["id"], "escalate", "Warn now.", read).json()["state"] == "escalated"
    history = registry.client.get(f"/api/v1/signals/{signal['id']}", headers=registry.as_("colleague")).json()["steps"]
    assert [(each["act"], each["reason"]) for each in history] == [
        ("assessed", "Spectrum looks right."),
        ("escalated", "Warn now."),
    ]
    told = registry.client.get(f"/api/v1/signals/{signal['id']}").json()
    assert told["state"] == "escalated"
    assert [sorted(each) for each in told["steps"]] == [["act", "at", "state"]] * 2
    assert "Spectrum" not in registry.client.get(f"/signals/{signal['id']}").text
    with reading(registry.engine) as session:
        entries = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == signal["id"])).all()
        assert {entry.action for entry in entries} == {"signal.assessed", "signal.escalated"}
        assert audit.verify(session) is None
    changes = [each["change"] for each in notices(registry) if each["signal"] == signal["id"]]
    assert sorted(map(str, changes)) == ["assessed", "escalated", "raised"]


@pytest.mark.parametrize(("who", "status"), [("de", 403), ("focal-de", 403), ("scientist", 403), ("", 401)])
def test_nobody_but_curators_judges_a_signal(registry: Served, who: str, status: int) -> None:
    registry.report("de", a_report(MMC3))
    signal = listed(registry)[0]["id"]
    headers = registry.as_(who) if who else {}
    answer = registry.client.post(f"/api/v1/signals/{signal}/dismiss", json={"reason": "No."}, headers=headers)
    assert answer.status_code == status
    assert listed(registry, kind="first_ever")[0]["state"] == "open"


def test_a_withdrawn_report_takes_its_signals_along_and_their_history_stays(registry: Served) -> None:
    made = registry.report("de", a_report(MMC3)).json()
    (first,) = listed(registry, kind="first_ever")
    judge(registry, "curator", first["id"], "dismiss", "Known elsewhere.")
    withdrawn = registry.client.post(
        f"/api/v1/reports/{made['id']}/withdraw", json={"reason": "Mixed up."}, headers=registry.as_("de")
    )
    assert withdrawn.status_code == 200, withdrawn.text
    assert listed(registry) == []
    kept = registry.client.get(f"/api/v1/signals/{first['id']}").json()
    assert (kept["retracted"], kept["state"]) == (True, "dismissed")
    assert [each["act"] for each in kept["steps"]] == ["dismissed", "retracted"]
    page = registry.client.get(f"/signals/{first['id']}")
    assert "does not hold any more" in page.text
    registry.report("at", a_report(MMC3, country="AT"))
    (again,) = listed(registry, kind="first_ever")
    assert (again["id"], again["country"], again["state"]) == (first["id"], "AT", "dismissed")


def test_signals_follow_an_amended_date(registry: Served) -> None:
    made = registry.report("de", a_report(MMC3)).json()
    event = a_report(MMC3)["event"] | {"collected_on": "2024-11-03"}
    amended = registry.client.patch(f"/api/v1/reports/{made['id']}", json={"event": event}, headers=registry.as_("de"))
    assert amended.status_code == 200, amended.text
    (first,) = listed(registry, kind="first_ever")
    assert (first["year"], first["quarter"]) == (2024, 4)


def test_a_report_that_arrives_years_late_takes_the_first_and_tells_nobody_of_news(registry: Served) -> None:
    registry.report("jp", a_report(MMC3, country="JP"))
    before = len(notices(registry))
    late = a_report(MMC3)
    late["event"]["collected_on"] = "2016-05-02"
    registry.report("de", late)
    (first,) = listed(registry, kind="first_ever")
    assert (first["country"], first["year"]) == ("DE", 2016)
    assert len(notices(registry)) == before
    returns = listed(registry, kind="re_emergence")
    assert [(each["country"], each["year"], each["evidence"]["since"]) for each in returns] == [(None, 2026, [2016, 2])]


def test_what_the_network_shares_is_a_signal_for_the_network_alone(registry: Served) -> None:
    registry.report("de", a_report(MMC3, sharing="network"))
    seeing = [who for who in ("", "de", "at", "jp", "scientist", "focal-de", "curator") if listed(registry, who)]
    assert seeing == ["de", "at", "jp", "scientist", "focal-de", "curator"]
    (signal,) = listed(registry, "jp", kind="first_ever")
    assert signal["audience"] == "network"
    assert registry.client.get(f"/api/v1/signals/{signal['id']}").status_code == 404
    assert registry.client.get(f"/signals/{signal['id']}").status_code == 404
    registry.report("at", a_report(MMC3, country="AT"))
    assert kinds(registry, kind="first_ever") == {("first_ever", "AT")}


def test_what_stays_in_a_country_is_a_signal_within_it(registry: Served) -> None:
    registry.report("de", case("2026-01-15", "fatal", sharing="country"))
    seeing = [who for who in ("", "de", "at", "scientist", "focal-de", "curator") if listed(registry, who, kind="harm")]
    assert seeing == ["de", "focal-de", "curator"]
    with reading(registry.engine) as session:
        signal = session.scalars(select(Signal).where(Signal.kind == "harm")).one()  # type: ignore[arg-type]
        home = session.scalars(select(Organisation).where(Organisation.name == "Organisation focal-de")).one()  # type: ignore[arg-type]
        assert may_see(session, signal.id, Viewer(Role.FOCAL_POINT, home.id, "DE"))
        assert not may_see(session, signal.id, Viewer(Role.FOCAL_POINT, "elsewhere", "AT"))
        assert not may_see(session, signal.id, VISITOR)


def test_what_a_laboratory_keeps_to_itself_is_no_signal(registry: Served) -> None:
    registry.report("de", a_report(MMC3, sharing="laboratory"))
    assert listed(registry, "de") == listed(registry, "curator") == []


def test_a_structure_close_to_a_controlled_one_is_told_to_reviewers_before_anything_is_accepted(
    registry: Served,
) -> None:
    registry.report("de-reviewed", a_report(NEAR_FENTANYL, sharing="public"))
    (near,) = listed(registry, "curator")
    assert near["kind"] == "analogue_of_controlled"
    assert near["evidence"]["similarity"] >= 0.5
    assert [listed(registry, who) for who in ("", "de-reviewed", "focal-de", "scientist", "jp")] == [[]] * 5
    assert near["id"] not in registry.client.get("/api/v1/feeds/signals.atom").text

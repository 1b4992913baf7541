"""Advisories: two persons, versions that stay, audiences that hold, and no trace of what is not for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nps_registry.errors import Conflict, InvalidInput, NotFound, NotPermitted
from nps_registry.notices import advisories as life
from nps_registry.notices.advisories import Asked
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.signing import public_keys, read_document, verify
from nps_registry.store import advisories as stored
from nps_registry.store import audit
from nps_registry.store.advisories import AdvisoryQuestion
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Advisory, OutboxMessage
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight
from tests.advising import ANNA, BEN, open_draft, publish, published, seal_of, text_about, update, withdraw
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

AUDIENCES = {
    # audience, recipients -> who reads it besides curators
    TrafficLight.CLEAR: ((), {"visitor", "lab-de", "lab-at", "university-de", "focal-de", "named"}),
    TrafficLight.GREEN: ((), {"lab-de", "lab-at", "university-de", "focal-de", "named"}),
    TrafficLight.AMBER: (("country:DE", "organisation:lab-at"), {"lab-de", "lab-at", "focal-de", "named"}),
    TrafficLight.AMBER_STRICT: (("country:DE", "organisation:lab-at"), {"lab-at", "named"}),
    TrafficLight.RED: (("person:named", "organisation:lab-at", "country:AT"), {"named"}),
}
VIEWERS = {
    "visitor": VISITOR,
    "lab-de": Viewer(Role.LABORATORY, "lab-de", "DE", "person:somebody"),
    "lab-at": Viewer(Role.LABORATORY, "lab-at", "AT", "token:abc"),
    "university-de": Viewer(Role.SCIENTIST, "university-de", "DE", "person:scientist"),
    "focal-de": Viewer(Role.FOCAL_POINT, "focal-de", "DE", "person:focal"),
    "named": Viewer(Role.LABORATORY, "lab-at", "AT", "person:named"),
}


@pytest.fixture
def registry(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with served(database_url, var_directory=tmp_path) as given:
        for laboratory, country in (("de", "DE"), ("at", "AT")):
            assert given.report(laboratory, a_report(MMC3, country=country)).status_code == 201
        yield given


def changes_told(registry: Served) -> list[dict[str, object]]:
    with reading(registry.engine) as session:
        rows = session.query(OutboxMessage).filter_by(topic=life.TOPIC).all()
        return [row.content for row in sorted(rows, key=lambda row: row.created_at)]


def test_an_advisory_is_drafted_published_by_a_second_person_updated_and_withdrawn(registry: Served) -> None:
    row = open_draft(registry)
    assert re.fullmatch(r"NPS-ADV-\d{4}-[0-9A-Z]{6}", row.id)
    assert registry.client.get(f"/api/v1/advisories/{row.id}").status_code == 404
    with writing(registry.engine) as session, pytest.raises(Conflict, match="Nobody has asked"):
        life.publish(session, seal_of(registry), Asked(row.id, BEN))
    with writing(registry.engine) as session:
        life.propose(session, Asked(row.id, ANNA))
    with writing(registry.engine) as session, pytest.raises(Conflict, match="another person"):
        life.publish(session, seal_of(registry), Asked(row.id, ANNA))
    with writing(registry.engine) as session:
        life.publish(session, seal_of(registry), Asked(row.id, BEN))
    update(registry, row.id, summary="Found more often now.", severity=Severity.HIGH)
    withdraw(registry, row.id, "It was another substance.")
    address = f"/api/v1/advisories/{row.id}"
    told = [registry.client.get(f"{address}?version={version}").json() for version in (1, 2, 3)]
    assert [each["version"] for each in told] == [1, 2, 3]
    assert [each["severity"][0]["score"] for each in told] == ["information", "high", "high"]
    assert ["withdrawn" in each for each in told] == [False, False, True]
    assert told[2]["withdrawal_reason"] == "It was another substance."
    assert registry.client.get(address).json() == told[2]
    assert told[0]["published"] == told[2]["published"] < told[1]["modified"] < told[2]["modified"]
    with reading(registry.engine) as session:
        keys = public_keys(session)
        actions = [each.action for each in audit.history_of(session, "advisory", row.id)]
        assert audit.verify(session) is None
    assert all(verify(each, keys).valid for each in told)
    assert actions == [
        "advisory.opened", "advisory.proposed", "advisory.published", "advisory.update_begun", "advisory.edited",
        "advisory.proposed", "advisory.updated", "advisory.withdrawn",
    ]  # fmt: skip
    assert changes_told(registry) == [
        {"advisory": row.id, "revision": 1, "change": "published"},
        {"advisory": row.id, "revision": 2, "change": "updated"},
        {"advisory": row.id, "revision": 3, "change": "withdrawn"},
    ]


def test_whoever_wrote_the_last_change_cannot_publish_it_whoever_asked(registry: Served) -> None:
    row = open_draft(registry)
    with writing(registry.engine) as session:
        life.propose(session, Asked(row.id, ANNA))
        kept = session.get_one(Advisory, row.id).draft
        assert kept is not None
        text = replace(AdvisoryText.restored(kept), summary="Ben's words.")
        life.save(session, Asked(row.id, BEN), text)
    with writing(registry.engine) as session, pytest.raises(Conflict, match="Nobody has asked"):
        life.publish(session, seal_of(registry), Asked(row.id, ANNA))
    with writing(registry.engine) as session:
        life.propose(session, Asked(row.id, ANNA))
    with writing(registry.engine) as session, pytest.raises(Conflict, match="another person"):
        life.publish(session, seal_of(registry), Asked(row.id, BEN))


def test_of_two_curators_the_second_overwrites_nothing(registry: Served) -> None:
    row = open_draft(registry)
    with writing(registry.engine) as session:
        text = text_about(session, "NPS-000001", title="Anna's title")
        life.save(session, Asked(row.id, ANNA, row.edit), text)
    with writing(registry.engine) as session, pytest.raises(Conflict, match="was changed while you had it open"):
        life.save(session, Asked(row.id, BEN, row.edit), replace(text, title="Ben's title"))
    with reading(registry.engine) as session:
        kept = session.get_one(Advisory, row.id).draft
    assert kept is not None
    assert kept["title"] == "Anna's title"


def test_only_curators_touch_an_advisory(registry: Served) -> None:
    row = open_draft(registry)
    for role in (Role.LABORATORY, Role.SCIENTIST, Role.FOCAL_POINT, Role.VISITOR):
        asked = Asked(row.id, Viewer(role, "x", "DE", "person:x"))
        for act in (life.propose, life.begin_update, life.copy, life.discard):
            with writing(registry.engine) as session, pytest.raises(NotPermitted):
                act(session, asked)
    with writing(registry.engine) as session, pytest.raises(NotFound):
        life.propose(session, Asked("NPS-ADV-2026-ZZZZZZ", ANNA))


def test_an_advisory_is_read_by_its_audience_and_curators_alone(registry: Served) -> None:
    for audience, (recipients, _readers) in AUDIENCES.items():
        published(registry, audience=audience, recipients=recipients)
        open_draft(registry, audience=audience, recipients=recipients)
    with reading(registry.engine) as session:
        rows = session.query(Advisory).all()
        for name, viewer in VIEWERS.items():
            readable = {row.id for row in rows if row.revision and name in AUDIENCES[row.audience][1]}
            assert {row.id for row in rows if stored.may_read(row, viewer)} == readable, name
            assert {row.id for row in rows if stored.find(session, row.id, viewer)} == readable, name
            page = stored.list_readable(session, viewer, AdvisoryQuestion(), limit=10, cursor=None)
            assert {row.id for row in page.items} == readable, name
            assert page.total == len(readable)
        assert all(stored.may_read(row, ANNA) for row in rows)


def test_the_audience_is_settled_by_the_first_publication_and_a_copy_has_an_id_of_its_own(registry: Served) -> None:
    key = published(registry, audience=TrafficLight.GREEN)
    with pytest.raises(InvalidInput, match="settled by the first publication"):
        update(registry, key, audience=TrafficLight.CLEAR)
    with writing(registry.engine) as session:
        copied = life.copy(session, Asked(key, ANNA))
    assert copied.id != key
    with writing(registry.engine) as session:
        text = text_about(session, "NPS-000001", audience=TrafficLight.CLEAR)
        life.save(session, Asked(copied.id, ANNA), text)
    publish(registry, copied.id)
    whole = registry.client.get(f"/api/v1/advisories/{copied.id}")
    assert whole.json()["version"] == 1
    assert key not in whole.text


def test_a_public_advisory_names_no_substance_that_only_restricted_reports_know(registry: Served) -> None:
    made = registry.report("de", a_report(UNKNOWN, sharing="country")).json()
    accession = made["detections"][0]["substance"]["accession"]
    row = open_draft(registry, accession, audience=TrafficLight.CLEAR)
    with writing(registry.engine) as session, pytest.raises(InvalidInput, match="Only restricted reports know"):
        life.propose(session, Asked(row.id, ANNA))
    assert published(registry, accession, audience=TrafficLight.AMBER, recipients=("country:DE",))


def test_what_lacks_something_is_kept_and_not_published(registry: Served) -> None:
    lacking: list[tuple[dict[str, Any], str]] = [
        ({"title": ""}, "title"),
        ({"summary": ""}, "summary"),
        ({"substances": ()}, "substances"),
        ({"audience": TrafficLight.AMBER}, "recipients"),
        ({"audience": TrafficLight.RED}, "recipients"),
    ]
    for changes, field in lacking:
        row = open_draft(registry, **changes)
        with writing(registry.engine) as session, pytest.raises(InvalidInput) as refused:
            life.propose(session, Asked(row.id, ANNA))
        assert field in {error.field for error in refused.value.errors}


def test_a_withdrawn_advisory_stays_withdrawn_and_a_discarded_draft_is_gone(registry: Served) -> None:
    key = published(registry)
    for reason in ("", "x" * 3_000):
        with pytest.raises(InvalidInput):
            withdraw(registry, key, reason)
    assert withdraw(registry, key).state is AdvisoryState.WITHDRAWN
    with pytest.raises(Conflict):
        withdraw(registry, key)
    with pytest.raises(Conflict):
        update(registry, key)
    draft = open_draft(registry)
    with writing(registry.engine) as session:
        life.discard(session, Asked(draft.id, ANNA))
    with reading(registry.engine) as session:
        assert session.get(Advisory, draft.id) is None


def public_answers(registry: Served) -> dict[str, tuple[int, bytes, str]]:
    """What a visitor is given, with the entity tags."""
    asked = [
        "/", "/advisories", "/advisories?severity=critical", "/advisories?country=DE", "/bulletins", "/data",
        "/substances/NPS-000001", "/api/v1/substances/NPS-000001", "/sitemap.xml", "/api/v1/feeds/advisories.atom",
        "/api/v1/advisories", "/api/v1/advisories?substance=NPS-000001", "/api/v1/advisories?withdrawn=true",
        "/.well-known/nps-registry-keys.json", "/api/v1/signals", "/advisories/NPS-ADV-2026-ZZZZZZ",
    ]  # fmt: skip
    found = {address: registry.client.get(address) for address in asked}
    return {name: (each.status_code, each.content, each.headers.get("etag", "")) for name, each in found.items()}


def test_an_advisory_for_few_leaves_no_trace_in_what_everybody_is_given(registry: Served) -> None:
    published(registry, title="For everybody")
    before = public_answers(registry)
    hidden = [
        open_draft(registry, title="A draft").id,
        published(registry, audience=TrafficLight.GREEN, title="For laboratories"),
        published(registry, audience=TrafficLight.AMBER, recipients=("country:DE",), severity=Severity.CRITICAL),
        published(registry, audience=TrafficLight.RED, recipients=("person:named",)),
    ]
    update(registry, hidden[1], title="Changed")
    withdraw(registry, hidden[2])
    assert public_answers(registry) == before
    for key in hidden:
        absent = registry.client.get("/api/v1/advisories/NPS-ADV-2026-ZZZZZZ").text
        for address in (f"/advisories/{key}", *(f"/api/v1/advisories/{key}{form}" for form in ("", ".cap", ".pdf"))):
            assert registry.client.get(address).status_code == 404
        told = registry.client.get(f"/api/v1/advisories/{key}").text
        assert told == absent.replace("NPS-ADV-2026-ZZZZZZ", key)


def test_over_the_api_a_token_reads_what_its_organisation_may(registry: Served) -> None:
    key = published(registry, audience=TrafficLight.AMBER, recipients=("country:DE",))
    address = f"/api/v1/advisories/{key}"
    assert registry.client.get(address, headers=registry.as_("at")).status_code == 404
    answer = registry.client.get(address, headers=registry.as_("de"))
    assert answer.json()["tlp"] == "TLP:AMBER"
    assert answer.headers["cache-control"] == "private, no-store"
    assert registry.client.get("/api/v1/advisories", headers=registry.as_("de")).json()["total"] == 1
    assert registry.client.get("/api/v1/advisories", headers=registry.as_("scientist")).json()["total"] == 0


def test_lists_are_narrowed_and_paged_the_latest_change_first(registry: Served) -> None:
    keys = [published(registry, title=f"Number {number}", severity=Severity.HIGH) for number in range(3)]
    other = published(registry, "NPS-000003", severity=Severity.CRITICAL, countries=("JP",))
    withdraw(registry, keys[0])
    first = registry.client.get("/api/v1/advisories?limit=3").json()
    rest = registry.client.get(f"/api/v1/advisories?limit=3&cursor={first['next']}").json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [keys[0], other, keys[2], keys[1]]
    assert rest["next"] is None
    for query, expected in (
        ("severity=critical", [other]),
        ("country=jp", [other]),
        ("substance=NPS-000003", [other]),
        ("withdrawn=true", [keys[0]]),
        ("withdrawn=false&severity=high", [keys[2], keys[1]]),
    ):
        told = registry.client.get(f"/api/v1/advisories?{query}").json()
        assert [each["id"] for each in told["items"]] == expected, query
    for query in ("severity=awful", "country=ZZ", "cursor=nonsense", "limit=0"):
        assert registry.client.get(f"/api/v1/advisories?{query}").status_code == 422


def test_public_pages_show_what_is_in_force_at_once(registry: Served) -> None:
    assert "Advisories in force" not in registry.client.get("/").text
    key = published(registry, title="Look out for it")
    for address in ("/", "/substances/NPS-000001", "/advisories", "/sitemap.xml", "/api/v1/feeds/advisories.atom"):
        assert key in registry.client.get(address).text, address
    withdraw(registry, key)
    assert key not in registry.client.get("/").text
    assert key not in registry.client.get("/substances/NPS-000001").text
    assert "Withdrawn: Look out for it" in registry.client.get("/api/v1/feeds/advisories.atom").text
    assert read_document(registry.client.get(f"/api/v1/advisories/{key}").content)["withdrawn"]

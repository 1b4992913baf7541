"""Several laboratories, or one impatient client, at the same instant: nothing is doubled, nobody gets a 500."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from nps_registry.store import table_mappings
from nps_registry.store.audit import verify
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import NameAnswer, Organisation, PublicCount, Report, Substance, Table, TableMapping
from tests.databases import DIALECTS, dropped_afterwards
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served

AT_ONCE = 6


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    with dropped_afterwards(given) as databases, served(databases.migrated()) as registry:
        registry.report("at", a_report(country="AT"))  # so that what is made once is made already
        yield registry


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all *calls* at the same instant, each in a thread of its own."""
    gate = threading.Barrier(len(calls))

    def wait_and_call(call: Callable[[], Any]) -> Any:
        gate.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and_call, calls))


def count(registry: Served, table: type[Table], *conditions: Any) -> int:
    with reading(registry.engine) as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def public(registry: Served, detection: dict[str, Any]) -> dict[str, Any]:
    return dict(registry.client.get(f"/api/v1/substances/{detection['substance']['accession']}").json())


def test_one_own_reference_sent_at_once_is_one_report(registry: Served) -> None:
    before, body = count(registry, Report), {"own_reference": "A-1", **a_report()}
    answers = at_once([lambda: registry.report("de", body)] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert count(registry, Report) == before + 1


def test_one_key_sent_at_once_is_one_report(registry: Served) -> None:
    before = count(registry, Report)
    answers = at_once([lambda: registry.report("de", a_report(), **{"Idempotency-Key": "one"})] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted(answer.headers["idempotent-replay"] for answer in answers) == ["false"] + ["true"] * (AT_ONCE - 1)
    assert count(registry, Report) == before + 1


def test_one_reference_with_different_contents_at_once_is_one_report_and_conflicts(registry: Served) -> None:
    before = count(registry, Report)
    bodies = [{"own_reference": "A-2", **a_report(), "note": str(number)} for number in range(AT_ONCE)]
    answers = at_once([partial(registry.report, "de", body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)
    assert count(registry, Report) == before + 1


def test_a_new_structure_reported_at_once_is_one_substance(registry: Served) -> None:
    senders = [("de", "DE"), ("at", "AT"), ("jp", "JP")] * 2
    answers = at_once([partial(registry.report, who, a_report(UNKNOWN, country=country)) for who, country in senders])
    assert {answer.status_code for answer in answers} == {201}
    found = [answer.json()["detections"][0] for answer in answers]
    assert len({detection["substance"]["accession"] for detection in found}) == 1
    inchikeys = {public(registry, detection)["structure"]["inchikey"] for detection in found}
    assert count(registry, Substance, col(Substance.inchikey).in_(inchikeys)) == 1
    reports = public(registry, found[0])["reports"]
    assert reports["total"] == len(senders)
    assert {row["country"]: row["total"] for row in reports["countries"]} == {"DE": 2, "AT": 2, "JP": 2}


def test_counts_and_the_audit_chain_are_whole_after_many_at_once(registry: Served) -> None:
    structures = [MMC3, UNKNOWN, "CNC(C)C(=O)c1ccc(C)cc1", "CCNC(C)C(=O)c1ccc(Br)cc1I"]
    answers = at_once([partial(registry.report, "jp", a_report(text, country="BR")) for text in structures * 2])
    assert {answer.status_code for answer in answers} == {201}
    with reading(registry.engine) as session:
        counted = session.scalar(select(func.sum(PublicCount.events)).where(col(PublicCount.country) == "BR"))
        assert counted == len(answers)
        assert verify(session) is None


def test_two_amendments_of_one_revision_are_one_amendment_and_a_conflict(registry: Served) -> None:
    made = registry.report("de", a_report()).json()
    path, headers = f"/api/v1/reports/{made['id']}", registry.as_("de") | {"If-Match": '"1"'}
    patch = partial(registry.client.patch, path, headers=headers)
    answers = at_once([partial(patch, json={"note": str(number)}) for number in range(AT_ONCE)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    assert registry.client.get(path, headers=registry.as_("de")).json()["revision"] == 2


def test_who_reads_while_others_write_gets_whole_answers(registry: Served) -> None:
    def read() -> list[Any]:
        paths = ("/", "/substances", "/api/v1/substances", "/api/v1/statistics/countries", "/api/v1/signals")
        return [registry.client.get(path) for path in paths * 2]

    def write() -> list[Any]:
        return [registry.report("de", a_report(f"CNC(C)C(=O)c1cccc({group})c1")) for group in ("CC", "CCC", "I", "N")]

    for answers in at_once([read, write, read, write]):
        assert {answer.status_code for answer in answers} <= {200, 201}


def test_two_people_who_say_the_same_of_their_table_at_once_are_both_heard(registry: Served) -> None:
    with reading(registry.engine) as session:
        organisation_id = session.scalars(select(col(Organisation.id))).first() or ""

    def say(meaning: str) -> None:
        with writing(registry.engine) as session:
            table_mappings.keep_answers(session, organisation_id, {"Kristall": meaning}, actor=meaning)
            table_mappings.keep_mapping(
                session, organisation_id, name="Our table", signature="a,b", mapping="{}", actor=meaning
            )

    meanings = [f"substance {number}" for number in range(AT_ONCE)]
    at_once([partial(say, meaning) for meaning in meanings])
    with reading(registry.engine) as session:
        assert session.scalars(select(col(NameAnswer.answer))).one() in meanings
    assert count(registry, TableMapping) == 1

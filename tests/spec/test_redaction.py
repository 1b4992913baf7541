"""A redaction takes away what a report says and ever said, and leaves the audit chain whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from nps_registry.errors import Conflict, NotPermitted
from nps_registry.intake import redaction, review
from nps_registry.intake.review import Asked
from nps_registry.intake.standing import Why
from nps_registry.store import audit
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Attachment, OutboxMessage, Table
from tests.spec.reviewing import Cast
from tests.spec.served import MMC3, Served, a_report, served

SECRET = "Jane Doe of Anytown"
WHY = Why("It names a person.")


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as given:
        yield given


def everything(registry: Served) -> str:
    """Every value of every row of the database."""
    with reading(registry.engine) as session:
        return "\n".join(
            repr(tuple(row)) for table in Table.metadata.sorted_tables for row in session.execute(select(table)).all()
        )


@pytest.fixture
def report(registry: Served) -> str:
    """A report that names a person wherever it can, was asked about, corrected and amended."""
    body = a_report(MMC3, reported_as=f"powder of {SECRET}", salt_form=SECRET)
    body |= {"note": SECRET, "own_reference": SECRET}
    body["event"] |= {"city": SECRET, "case_reference": SECRET, "concealment": SECRET}
    body["items"][0] |= {"sold_as": SECRET, "appearance": SECRET}
    answer = registry.report("de-reviewed", body, **{"Idempotency-Key": "k"})
    report_id = str(answer.json()["id"])
    focal = Cast.of(registry).viewers["focal"]
    with writing(registry.engine) as session:
        review.query(session, Asked(report_id, focal), Why(f"Who is {SECRET}?"))
        session.add(Attachment(report_id=report_id, digest="d" * 64, media_type="image/png", file_name=SECRET))
    patch = registry.client.patch(
        f"/api/v1/reports/{report_id}", json={"note": f"again {SECRET}"}, headers=registry.as_("de-reviewed")
    )
    assert patch.status_code == 200
    return report_id


def redact(registry: Served, report: str) -> None:
    cast = Cast.of(registry)
    with writing(registry.engine) as session:
        redaction.propose_redaction(session, Asked(report, cast.viewers["administrator"]), WHY)
    with writing(registry.engine) as session:
        redaction.redact(session, Asked(report, cast.viewers["curator"]))


def test_nothing_of_what_was_said_is_left_anywhere(registry: Served, report: str) -> None:
    assert SECRET in everything(registry)
    redact(registry, report)
    assert SECRET not in everything(registry)


def test_the_audit_chain_stays_whole_and_tells_who_decided(registry: Served, report: str) -> None:
    redact(registry, report)
    with reading(registry.engine) as session:
        assert audit.verify(session) is None
        acts = [(entry.action, entry.actor) for entry in audit.history_of(session, "report", report)]
    assert acts[-2:] == [
        ("report.redaction_proposed", "person:administrator"),
        ("report.redacted", "person:curator"),
    ]


def test_it_takes_an_administrator_and_another_person(registry: Served, report: str) -> None:
    cast = Cast.of(registry)
    with writing(registry.engine) as session, pytest.raises(Conflict, match="propose"):
        redaction.redact(session, Asked(report, cast.viewers["curator"]))
    with writing(registry.engine) as session, pytest.raises(NotPermitted):
        redaction.propose_redaction(session, Asked(report, cast.viewers["curator"]), WHY)
    with writing(registry.engine) as session:
        redaction.propose_redaction(session, Asked(report, cast.viewers["administrator"]), WHY)
    with writing(registry.engine) as session, pytest.raises(Conflict, match="another person"):
        redaction.redact(session, Asked(report, cast.viewers["administrator"]))


def test_what_is_left_is_a_tombstone_that_cannot_be_changed(registry: Served, report: str) -> None:
    redact(registry, report)
    headers = registry.as_("de-reviewed")
    view = registry.client.get(f"/api/v1/reports/{report}", headers=headers).json()
    assert (view["state"], view["items"], view["payload"]) == ("redacted", [], None)
    assert view["payload_digest"]
    assert registry.client.patch(f"/api/v1/reports/{report}", json={"note": "x"}, headers=headers).status_code == 409
    again = registry.report("de-reviewed", {**a_report(MMC3), "own_reference": "another"}, **{"Idempotency-Key": "k"})
    assert again.status_code in {201, 409}


def test_its_files_are_to_be_deleted_and_whoever_keeps_them_is_told(registry: Served, report: str) -> None:
    redact(registry, report)
    with reading(registry.engine) as session:
        (file,) = session.scalars(select(Attachment))
        assert file.redacted_at is not None
        told = [row.content for row in session.scalars(select(OutboxMessage)) if row.topic == "report.redacted"]
        assert session.execute(text("SELECT count(*) FROM detection")).scalar_one() == 0
    assert told == [{"report_id": report, "files": ["d" * 64]}]

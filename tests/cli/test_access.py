"""``nps-registry audit``, ``notices`` and the commands that open and close accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from nps_registry.store.engine import make_engine, reading, writing
from nps_registry.store.tables import AuditEvent, Person
from tests.cli.conftest import Command


@pytest.fixture
def laboratory(nps: Command) -> str:
    assert nps("users", "organisation", "Laboratory A", "--country", "de").code == 0
    return "Laboratory A"


def test_the_chain_is_verified_and_its_end_printed_to_be_kept(nps: Command, laboratory: str) -> None:
    first = nps("audit", "verify")
    number, _colon, digest = first.out.strip().partition(":")
    assert (first.code, len(digest)) == (0, 64)
    nps("users", "organisation", "Laboratory B", "--country", "de")
    later = nps("audit", "verify", "--kept", first.out.strip())
    assert (later.code, later.out.partition(":")[0]) == (0, str(int(number) + 1))


def test_a_broken_chain_is_told_with_the_place(nps: Command, laboratory: str, registry_url: str) -> None:
    nps("users", "organisation", "Laboratory B", "--country", "de")
    with writing(make_engine(registry_url)) as session:
        session.execute(update(AuditEvent).where(col(AuditEvent.sequence) == 2).values(actor="somebody else"))
    answer = nps("audit", "verify")
    assert (answer.code, answer.out, len(answer.sentences)) == (1, "", 1)
    assert "Entry 2 was changed" in answer.err


def test_entries_that_were_cut_off_are_noticed_by_what_was_kept(nps: Command, laboratory: str) -> None:
    assert nps("audit", "verify", "--kept", f"99:{'0' * 64}").code == 1
    assert nps("audit", "verify", "--kept", "nonsense").code == 2


def test_an_invitation_is_printed_as_a_link(nps: Command, laboratory: str, tmp_path: Path) -> None:
    settings = {"NPS_VAR_DIRECTORY": str(tmp_path), "NPS_BASE_URL": "https://registry.example"}
    person = ("users", "invite", "ann@example.org", "--organisation", laboratory, "--role", "laboratory")
    answer = nps(*person, **settings)
    assert answer.code == 0
    assert answer.out.startswith("https://registry.example/invitations/")
    waiting = nps("notices", "deliver", **settings)
    assert (waiting.code, len(waiting.sentences)) == (1, 1)
    assert "NPS_SMTP_URL" in waiting.err


def test_an_account_is_helped_and_closed_by_commands(nps: Command, laboratory: str, registry_url: str) -> None:
    nps("users", "create", "ann@example.org", "--organisation", laboratory, "--role", "curator")
    assert "/password/" in nps("users", "reset", "ANN@example.org").out
    assert nps("users", "remove-second-factor", "ann@example.org").code == 0
    assert nps("users", "deactivate", "ann@example.org").code == 0
    with reading(make_engine(registry_url)) as session:
        assert not session.query(Person).one().active
    for act in ("reset", "deactivate", "remove-second-factor"):
        assert nps("users", act, "nobody@example.org").code == 1
    assert nps("users", "reset", "ann@example.org").code == 1

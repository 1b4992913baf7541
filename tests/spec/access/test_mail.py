"""Mail from the outbox: delivered at least once to a real server on loopback, tried again, given up in the end."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.accounts.invitations import find_invited, invite
from nps_registry.accounts.people import create_organisation, create_person
from nps_registry.accounts.resets import ask_for_reset, find_owner
from nps_registry.accounts.seal import Seal, seal_of
from nps_registry.errors import NotReady
from nps_registry.notices.delivery import Courier, deliver_mail
from nps_registry.settings import Settings
from nps_registry.store.engine import Engine, reading, writing
from nps_registry.store.tables import OutboxMessage
from nps_registry.vocabulary.report import Role
from tests.inboxes import Postbox, mail_server

URL = "https://registry.example"
LINK = re.compile(rf"{URL}/\w+/([\w-]+)")


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def settings(postbox: Postbox, tmp_path: Path, database_url: str) -> Iterator[Settings]:
    """The settings of a registry that sends its mail to the postbox."""
    with mail_server(postbox) as address:
        yield Settings(
            database_url=database_url,
            var_directory=tmp_path,
            base_url=URL,
            smtp_url=address,
            mail_from="registry@registry.example",
        )


@pytest.fixture
def seal(settings: Settings) -> Seal:
    return seal_of(settings)


def send_invitation(engine: Engine, seal: Seal, email: str = "ann@example.org") -> str:
    with writing(engine) as session:
        organisation = create_organisation(session, f"Institute of {email}", "FI")
        return invite(session, seal, email, organisation, Role.LABORATORY)


def make_due(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(update(OutboxMessage).values(available_at=datetime.now(UTC) - timedelta(seconds=1)))


def outbox(engine: Engine) -> list[OutboxMessage]:
    with reading(engine) as session:
        return list(session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.created_at))))


def test_an_invitation_arrives_once_with_a_link_that_works(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox
) -> None:
    secret = send_invitation(engine, seal)
    assert deliver_mail(engine, settings, seal).sent == 1
    assert deliver_mail(engine, settings, seal).sent == 0
    (letter,) = postbox.letters
    assert (letter["To"], letter["From"]) == ("ann@example.org", "registry@registry.example")
    assert LINK.findall(letter.get_content()) == [secret]
    with reading(engine) as session:
        assert find_invited(session, secret).email == "ann@example.org"
    (row,) = outbox(engine)
    assert row.content == {"kind": "invitation"}, "neither address nor link stays behind"
    assert row.delivered_at is not None


def test_only_an_account_that_exists_gets_a_link_for_a_new_password(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox
) -> None:
    with writing(engine) as session:
        organisation = create_organisation(session, "Institute", "FI")
        create_person(session, "ann@example.org", "orange tangle violin ladder", organisation, Role.LABORATORY)
    for email in ("ann@example.org", "nobody@example.org"):
        ask_for_reset(engine, email, "192.0.2.1")
    told = deliver_mail(engine, settings, seal)
    assert (told.sent, told.dropped) == (1, 1)
    (letter,) = postbox.letters
    (secret,) = LINK.findall(letter.get_content())
    with reading(engine) as session:
        assert find_owner(session, secret).email == "ann@example.org"


def test_a_letter_that_was_not_taken_is_tried_again_later_and_arrives(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox
) -> None:
    send_invitation(engine, seal)
    postbox.answer = "451 busy"
    told = deliver_mail(engine, settings, seal)
    assert (told.sent, told.postponed, "busy" in told.reason) == (0, 1, True)
    postbox.answer = "250 kept"
    assert deliver_mail(engine, settings, seal).sent == 0, "not before its time"
    make_due(engine)
    assert deliver_mail(engine, settings, seal).sent == 1
    assert len(postbox.letters) == 1


def test_a_letter_that_the_server_refuses_for_good_is_given_up_with_the_reason(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox
) -> None:
    send_invitation(engine, seal)
    postbox.answer = "550 no such user"
    assert deliver_mail(engine, settings, seal).parked == 1
    make_due(engine)
    postbox.answer = "250 kept"
    assert deliver_mail(engine, settings, seal).sent == 0
    assert "no such user" in outbox(engine)[0].parked_reason


def test_letters_wait_for_a_server_that_is_away(engine: Engine, settings: Settings, seal: Seal) -> None:
    send_invitation(engine, seal)
    send_invitation(engine, seal, "bob@example.org")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    away = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    assert deliver_mail(engine, away, seal).postponed == 2
    make_due(engine)
    assert deliver_mail(engine, settings, seal).sent == 2


def test_a_letter_goes_to_one_courier_while_its_lease_lasts_and_to_the_next_one_after(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox
) -> None:
    send_invitation(engine, seal)
    killed, second = Courier(engine, settings, seal), Courier(engine, settings, seal)
    claimed = killed.claim()
    assert (len(claimed), second.claim()) == (1, [])
    with writing(engine) as session:
        session.execute(update(OutboxMessage).values(leased_until=datetime.now(UTC)))
    second.deliver(second.claim())
    killed.deliver(claimed)  # not killed after all, only slow: the letter arrives twice rather than never
    keys = {letter["Message-ID"] for letter in postbox.letters}
    assert (len(postbox.letters), len(keys)) == (2, 1), "and mail programs can tell that it is the same"
    assert outbox(engine)[0].delivered_at is not None


def test_without_a_mail_server_letters_wait_and_the_command_says_what_is_missing(
    engine: Engine, settings: Settings, seal: Seal
) -> None:
    send_invitation(engine, seal)
    with pytest.raises(NotReady, match="NPS_SMTP_URL"):
        deliver_mail(engine, settings.model_copy(update={"smtp_url": ""}), seal)
    assert outbox(engine)[0].attempts == 0


def test_nothing_is_sent_without_encryption_to_another_machine(
    engine: Engine, settings: Settings, seal: Seal, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_invitation(engine, seal)
    name = socket.getaddrinfo

    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        return name("127.0.0.1" if host == "mail.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = settings.smtp_url.rpartition(":")[2]
    elsewhere = settings.model_copy(update={"smtp_url": f"smtp://mail.example:{port}"})
    told = deliver_mail(engine, elsewhere, seal)
    assert (told.postponed, "STARTTLS" in told.reason, postbox.letters) == (1, True, [])

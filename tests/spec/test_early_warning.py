"""From a posted report to three subscribers, each of whom gets what they are entitled to, whatever is killed when.

:func:`tell_of_firsts` and :func:`turn_into_advisory` stand for those who evaluate signals and write advisories: they
leave in the outbox what these leave there, in the transaction that makes it true.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.accounts.seal import seal_of
from nps_registry.notices.delivery import deliver_mail
from nps_registry.settings import Settings
from nps_registry.store import outbox
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.tables import Advisory, Delivery, Notice, OutboxMessage, Report, Signal, SignalReport
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.notice import DeliveryState
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import AdvisoryState, SignalKind, TrafficLight
from tests.inboxes import Postbox, Receiver, mail_server, receiving, text_of
from tests.signing_in import make_player, post_form, sign_in
from tests.spec.served import MMC3, Served, a_report, served

URL = "http://registry.example"
VISITOR, SCIENTIST = "visitor@example.org", "scientist@example.org"
NEAR_MMC3 = "CNC(C)C(=O)c1ccc(C)cc1"
OPEN_KINDS = {"first_ever", "first_in_region", "first_in_country"}
_LIMIT_S = 90.0


@dataclass
class Warned:
    """The inboxes of the three subscribers, and the database of the registry that warns them."""

    url: str
    engine: Engine
    settings: Settings
    postbox: Postbox
    receiver: Receiver
    secret: str = ""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        given = {
            "NPS_DATABASE_URL": self.url,
            "NPS_VAR_DIRECTORY": str(self.settings.var_directory),
            "NPS_BASE_URL": URL,
            "NPS_SMTP_URL": self.settings.smtp_url,
            "NPS_MAIL_FROM": self.settings.mail_from,
            "NPS_WEBHOOKS_PRIVATE": "true",
        }
        return {**os.environ, **given}

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker in a process of its own."""
        command = [sys.executable, "-m", "nps_registry", "notices", "deliver"]
        worker = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        self.workers.append(worker)
        return worker

    def let_leases_end(self) -> None:
        """What a killed worker held is free again, as it is ten minutes later."""
        before = datetime.now(UTC) - timedelta(seconds=1)
        with writing(self.engine) as session:
            for table in (Delivery, OutboxMessage):
                session.execute(update(table).values(leased_until=before))
            session.execute(update(Delivery).values(available_at=before))


@contextmanager
def registry_of(warned: Warned) -> Iterator[Served]:
    """The registry served, with the settings of its mail and webhooks."""
    with served(
        warned.url,
        var_directory=warned.settings.var_directory,
        base_url=URL,
        smtp_url=warned.settings.smtp_url,
        mail_from=warned.settings.mail_from,
        webhooks_private=True,
    ) as registry:
        yield registry


@pytest.fixture
def warned(database_url: str, tmp_path: Path) -> Iterator[Warned]:
    """A registry that is not served yet, and three empty inboxes."""
    postbox, engine = Postbox(), make_engine(database_url)
    with mail_server(postbox) as smtp, receiving() as receiver:
        settings = Settings(
            database_url=database_url,
            var_directory=tmp_path,
            base_url=URL,
            smtp_url=smtp,
            mail_from="registry@registry.example",
            webhooks_private=True,
        )
        given = Warned(database_url, engine, settings, postbox, receiver)
        yield given
        postbox.holds_back = False
        for worker in given.workers:
            worker.kill()
            worker.wait()
    engine.dispose()


def tell_of_firsts(engine: Engine) -> None:
    """Leave the message of every public signal that nobody was told of."""
    with writing(engine) as session:
        told = {row.content.get("signal") for row in session.scalars(select(OutboxMessage))}
        fresh = [row.id for row in session.scalars(select(Signal)) if row.public and row.id not in told]
        outbox.add(session, "notice.signal", [{"signal": each, "change": "raised"} for each in fresh])


def raise_restricted_signal(engine: Engine, report_id: str) -> str:
    """A signal that rests on one restricted report, as evaluation raises it."""
    with writing(engine) as session:
        first = session.scalars(select(Signal)).first()
        assert first is not None
        report = session.get_one(Report, report_id)
        row = Signal(
            key=f"increase:{first.substance_id}:restricted",
            kind=SignalKind.INCREASE,
            substance_id=first.substance_id,
            country="DE",
            year=datetime.now(UTC).year,
            quarter=4,
            public=False,
        )
        session.add(row)
        session.flush()
        session.add(SignalReport(signal_id=row.id, report_id=report.id))
        outbox.add(session, "notice.signal", [{"signal": row.id, "change": "raised"}])
        return row.id


def turn_into_advisory(engine: Engine, advisory_id: str, audience: TrafficLight) -> None:
    """What a curator's advisory from the first-in-country signal leaves."""
    with writing(engine) as session:
        of_kind = select(Signal).where(col(Signal.kind) == SignalKind.FIRST_IN_COUNTRY)
        about = session.scalars(of_kind).first()
        assert about is not None
        assert about.substance_id is not None
        session.add(
            Advisory(
                id=advisory_id,
                state=AdvisoryState.PUBLISHED,
                audience=audience,
                recipients=["country:AT"],
                severity=Severity.HIGH,
                title="A cathinone is sold as another",
                substance_ids=[about.substance_id],
                countries=["DE"],
                published_at=datetime.now(UTC),
            )
        )
        session.flush()
        outbox.add(session, "notice.advisory", [{"advisory": advisory_id, "revision": 1, "change": "published"}])


def subscribe_all_three(registry: Served, warned: Warned) -> None:
    """A visitor by mail, a laboratory of the network by webhook, a scientist by structure."""
    client = registry.client
    wish = {"channel": "email", "email": VISITOR, "about": ["signal", "advisory"], "kinds": "first_in_country"}
    asked = post_form(client, "/subscribe", wish | {"countries": "DE"})
    assert asked.status_code == 200, asked.text
    deliver_mail(registry.engine, warned.settings, client.app.state.services.seal)  # type: ignore[attr-defined]
    (letter,) = warned.postbox.to(VISITOR)
    (path,) = re.findall(rf"{URL}(/subscribe/[\w-]+)", text_of(letter))
    assert post_form(client, path).status_code == 200
    body = {"channel": "webhook", "address": f"{warned.receiver.url}/hook"}
    made = client.post("/api/v1/subscriptions", json=body, headers=registry.as_("at"))
    assert made.status_code == 201, made.text
    warned.secret = made.json()["secret"]
    seal = client.app.state.services.seal  # type: ignore[attr-defined]
    sign_in(client, make_player(registry.engine, seal, Role.SCIENTIST, email=SCIENTIST, country="FR"))
    wish = {"channel": "email", "about": ["signal", "advisory"], "structure": NEAR_MMC3, "threshold": "0.5"}
    assert post_form(client, "/account/subscriptions", wish).status_code == 303


def post_reports(registry: Served) -> str:
    """A public report that is the first of its substance, and one that only the network reads; answers its id."""
    lately = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    public, restricted = a_report(MMC3), a_report(MMC3, sharing="network")
    for body in (public, restricted):
        body["event"]["collected_on"] = lately
    assert registry.report("de", public).status_code == 201
    return str(registry.report("de", restricted).json()["id"])


def prepare(warned: Warned) -> None:
    """All that happens before somebody is told."""
    with registry_of(warned) as registry:
        subscribe_all_three(registry, warned)
        restricted = post_reports(registry)
        warned.postbox.letters.clear()
    tell_of_firsts(warned.engine)
    raise_restricted_signal(warned.engine, restricted)
    turn_into_advisory(warned.engine, "ADV-2026-1", TrafficLight.CLEAR)
    turn_into_advisory(warned.engine, "ADV-2026-2", TrafficLight.AMBER)


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < until, "it never came so far"
        time.sleep(0.02)


def told_by_webhook(warned: Warned) -> list[str]:
    """What each webhook said, by its id once."""
    by_key: dict[str, Any] = {arrival.key: arrival for arrival in warned.receiver.arrivals}
    assert all(arrival.is_signed_with(warned.secret) for arrival in by_key.values())
    told = [arrival.told for arrival in by_key.values()]
    return sorted(each["data"].get("signal", {}).get("kind") or each["type"] for each in told)


def told_by_mail(warned: Warned, address: str) -> list[str]:
    """The subjects of the letters to *address*, each letter once."""
    by_key = {letter["Message-ID"]: letter["Subject"] for letter in warned.postbox.to(address)}
    return sorted(re.sub(r": .*|, escalated.*", "", subject) for subject in by_key.values())


def check_exactly_told(warned: Warned) -> None:
    """Each of the three got what they asked for and may know, and nothing else; every row is there once."""
    advisory = "Advisory"
    assert told_by_mail(warned, VISITOR) == [advisory, "First report in a country"]
    assert told_by_webhook(warned) == sorted([*OPEN_KINDS, "advisory.published", "notice", "notice"])
    closed = "A notice for you is waiting"
    firsts = ["First ever report", "First report in a country", "First report in a region"]
    # The scientist reads what the network shares, and no advisory for laboratories and authorities.
    assert told_by_mail(warned, SCIENTIST) == sorted([closed, advisory, *firsts])
    restricted = [each for each in warned.receiver.arrivals if each.told["type"] == "notice"]
    assert all(b"MMC" not in each.body and b"advisory" not in each.body for each in restricted)
    with reading(warned.engine) as session:
        rows = list(session.scalars(select(Delivery)))
        assert [row.state for row in rows] == [DeliveryState.SENT] * 13
        assert len({(row.subscription_id, row.notice_id) for row in rows}) == 13
        assert len(list(session.scalars(select(Notice)))) == 6
        messages = [row for row in session.scalars(select(OutboxMessage)) if row.topic.startswith("notice.")]
        assert all(row.delivered_at for row in messages)


@pytest.mark.timeout(400)
def test_three_subscribers_get_exactly_what_they_are_entitled_to_though_the_worker_is_killed_midway(
    warned: Warned,
) -> None:
    seal_of(warned.settings)  # its key is made before anybody needs it
    prepare(warned)
    # Killed with a webhook sent and its answer not yet read.
    warned.receiver.open.clear()
    first = warned.start_worker()
    wait_until(lambda: warned.receiver.arrivals)
    first.send_signal(signal.SIGKILL)
    first.wait()
    warned.receiver.open.set()
    warned.let_leases_end()
    # Killed with a letter taken by the mail server and its word not yet heard.
    warned.postbox.holds_back = True
    second = warned.start_worker()
    wait_until(lambda: warned.postbox.letters)
    second.send_signal(signal.SIGKILL)
    second.wait()
    warned.postbox.holds_back = False
    warned.let_leases_end()
    # Two at once finish the work.
    for worker in [warned.start_worker(), warned.start_worker()]:
        worker.wait(_LIMIT_S)
    check_exactly_told(warned)
    keys = [arrival.key for arrival in warned.receiver.arrivals]
    letters = [letter["Message-ID"] for letter in warned.postbox.letters]
    assert len(keys) > len(set(keys)), "what the first was killed with came again, under the same id"
    assert len(letters) > len(set(letters)), "and so did the second's letter"

"""From a posted report to three subscribers, each of whom gets what they are entitled to, whatever is killed when.

Reports are posted by laboratories, the advisories written by curators in a browser, and everything is delivered by
workers that are killed while they do it, to a mail server and a web server that are really there.
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
from playwright.sync_api import Browser
from sqlalchemy import select, update

from nps_registry.accounts.seal import seal_of
from nps_registry.notices.delivery import deliver_mail
from nps_registry.settings import Settings
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.tables import Delivery, Notice, OutboxMessage
from nps_registry.vocabulary.notice import DeliveryState
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import TrafficLight
from tests.advising import published
from tests.inboxes import Postbox, Receiver, mail_server, receiving, settings_with_mail, text_of
from tests.listening import listening
from tests.signing_in import make_player, post_form, sign_in, sign_in_page
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
        settings = settings_with_mail(database_url, tmp_path, smtp, URL)
        given = Warned(database_url, engine, settings, postbox, receiver)
        yield given
        postbox.holds_back = False
        for worker in given.workers:
            worker.kill()
            worker.wait()
    engine.dispose()


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


def post_reports(registry: Served) -> None:
    """A public report that is the first of its substance, and one from another region that only the network reads."""
    lately = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    for laboratory, country, sharing in (("de", "DE", "public"), ("jp", "JP", "network")):
        body = a_report(MMC3, country=country, sharing=sharing)
        body["event"]["collected_on"] = lately
        assert registry.report(laboratory, body).status_code == 201


def write_advisory(registry: Served, browser: Browser, address: str) -> None:
    """Let a curator turn the signal of the first report in Germany into an advisory, and another publish it."""
    seal = registry.client.app.state.services.seal  # type: ignore[attr-defined]  # it is a FastAPI
    pages = []
    for name, organisation in (("anna", "Organisation curator"), ("ben", "Organisation colleague")):
        email = f"{name}@example.org"
        player = make_player(registry.engine, seal, Role.CURATOR, email=email, organisation=organisation)
        pages.append(browser.new_context(java_script_enabled=False, locale="en-GB").new_page())
        sign_in_page(pages[-1], address, player)
    anna, ben = pages
    anna.goto(f"{address}/curate/signals?kind=first_in_country&country=DE")
    anna.get_by_role("main").get_by_role("link", name="First report: Germany").first.click()
    anna.get_by_role("link", name="Write an advisory").click()
    anna.get_by_role("button", name="Open the draft").click()
    anna.get_by_label("High", exact=True).check()
    anna.get_by_role("button", name="Save and look at it").click()
    anna.get_by_role("link", name="Back to the form").click()
    anna.get_by_role("button", name="Ask for publication").click()
    ben.goto(anna.url)
    ben.get_by_role("button", name="Publish version 1").click()
    ben.get_by_role("link", name="Read it as it was published").wait_for()
    for page in pages:
        page.context.close()


def prepare(warned: Warned, browser: Browser) -> None:
    """All that happens before somebody is told."""
    with registry_of(warned) as registry, listening(registry.client.app) as address:
        subscribe_all_three(registry, warned)
        post_reports(registry)
        warned.postbox.letters.clear()
        write_advisory(registry, browser, address)
        published(registry, audience=TrafficLight.AMBER, recipients=("country:AT",))


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
    assert told_by_webhook(warned) == sorted([*OPEN_KINDS, "advisory.published", "notice", "notice", "notice"])
    closed = "A notice for you is waiting"
    firsts = ["First ever report", "First report in a country", "First report in a region"]
    # The network's report is the first in its region and in its country. The scientist reads what the network shares,
    # and no advisory for laboratories and authorities.
    assert told_by_mail(warned, SCIENTIST) == sorted([closed, closed, advisory, *firsts])
    restricted = [each for each in warned.receiver.arrivals if each.told["type"] == "notice"]
    assert all(b"MMC" not in each.body and b"advisory" not in each.body for each in restricted)
    with reading(warned.engine) as session:
        rows = list(session.scalars(select(Delivery)))
        assert [row.state for row in rows] == [DeliveryState.SENT] * 15
        assert len({(row.subscription_id, row.notice_id) for row in rows}) == 15
        assert len(list(session.scalars(select(Notice)))) == 7
        messages = [row for row in session.scalars(select(OutboxMessage)) if row.topic.startswith("notice.")]
        assert all(row.delivered_at for row in messages)


@pytest.mark.timeout(400)
def test_three_subscribers_get_exactly_what_they_are_entitled_to_though_the_worker_is_killed_midway(
    warned: Warned, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nps_registry.background.NOTICES_LOOKED_FOR_EVERY_S", 3600)  # leave it to those who are killed
    seal_of(warned.settings)  # its key is made before anybody needs it
    prepare(warned, browser)
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

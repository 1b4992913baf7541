"""Subscribing over the pages and the API: opt-in, the one-click way out, feeds, and nothing said about anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from nps_registry.notices.delivery import deliver_mail
from nps_registry.notices.rounds import open_rounds
from nps_registry.notices.subscribing import forget_unconfirmed
from nps_registry.store.engine import Engine, reading, writing
from nps_registry.store.tables import Delivery, Detection, OutboxMessage, Signal, Subscription
from nps_registry.vocabulary.notice import DeliveryState
from nps_registry.vocabulary.report import Role
from tests.databases import SqliteDatabases
from tests.inboxes import Postbox, Receiver, mail_server, receiving, text_of
from tests.listening import listening
from tests.signing_in import make_player, post_form, sign_in
from tests.spec.notices.raising import publish_advisory, raise_signal
from tests.spec.served import MMC3, Served, a_report, served

URL = "http://registry.example"
_ATOM = "{http://www.w3.org/2005/Atom}"


class Registry:
    """The served registry with its inboxes."""

    def __init__(self, registry: Served, postbox: Postbox, receiver: Receiver) -> None:
        self.served, self.postbox, self.receiver = registry, postbox, receiver
        self.services: Any = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI

    @property
    def engine(self) -> Engine:
        return self.served.engine

    def browser(self) -> TestClient:
        """A browser of its own."""
        return TestClient(self.served.client.app, raise_server_exceptions=False)

    def go(self) -> None:
        """One round of a worker, account mail included."""
        with open_rounds(self.engine, self.services.settings, self.services.seal) as rounds:
            rounds.go()
        deliver_mail(self.engine, self.services.settings, self.services.seal)

    def subscriptions(self) -> list[Subscription]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Subscription)))

    def links(self, path: str) -> list[str]:
        """The paths below *path* that the last letter links to."""
        return re.findall(rf"{URL}({path}/[\w-]+)", text_of(self.postbox.letters[-1]))


@contextmanager
def running(url: str, var: Path, **settings: Any) -> Iterator[Registry]:
    postbox = Postbox()
    with mail_server(postbox) as smtp, receiving() as receiver:
        given: dict[str, Any] = {
            "smtp_url": smtp,
            "mail_from": "registry@registry.example",
            "webhooks_private": True,
        } | settings
        with served(url, var_directory=var, base_url=URL, **given) as registry:
            yield Registry(registry, postbox, receiver)


@pytest.fixture
def registry(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Registry]:
    """For what does not depend on the dialect."""
    with running(sqlite_databases.migrated(), tmp_path) as given:
        yield given


@pytest.fixture
def registry_on_both(database_url: str, tmp_path: Path) -> Iterator[Registry]:
    with running(database_url, tmp_path) as given:
        yield given


def ask(browser: TestClient, email: str = "ann@example.org", **wish: Any) -> Any:
    """Send the public form."""
    return post_form(
        browser, "/subscribe", {"channel": "email", "email": email, "about": ["signal", "advisory"]} | wish
    )


def test_a_visitor_confirms_gets_notices_and_leaves_with_one_click(registry_on_both: Registry) -> None:
    registry = registry_on_both
    browser = registry.browser()
    assert ask(browser, chemical_class="ignored").status_code == 200
    registry.go()
    assert "Confirm" in registry.postbox.letters[-1]["Subject"]
    (path,) = registry.links("/subscribe")
    publish_advisory(registry.engine)
    registry.go()
    assert len(registry.postbox.letters) == 1, "nothing before the link is opened"
    assert browser.get(path).status_code == 200
    publish_advisory(registry.engine, "ADV-2")
    registry.go()
    assert len(registry.postbox.letters) == 1, "opening it confirms nothing, mail programs do that"
    assert "You are subscribed" in post_form(browser, path).text
    assert browser.get(path).status_code == 404, "it works once"
    publish_advisory(registry.engine, "ADV-3")
    registry.go()
    letter = registry.postbox.letters[-1]
    assert letter["Subject"].startswith("Advisory: ")
    (way_out,) = registry.links("/unsubscribe")
    assert browser.get(way_out).status_code == 200
    assert len(registry.subscriptions()) == 1, "and reading the way out ends nothing"
    # As a mail program does it (RFC 8058): no cookies, no page before it, from anywhere.
    one_click = registry.browser().post(
        way_out, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    assert one_click.status_code == 200
    assert registry.subscriptions() == []
    assert browser.post(way_out).status_code == 200, "a second click is no fault"
    publish_advisory(registry.engine, "ADV-4")
    registry.go()
    assert len(registry.postbox.letters) == 2


def test_no_answer_tells_whether_an_address_is_subscribed(registry: Registry) -> None:
    def plain(text: str) -> str:
        return re.sub(r'value="[0-9a-f]{64}"', "", text)

    browser = registry.browser()
    ask(browser)
    registry.go()
    post_form(browser, registry.links("/subscribe")[0])
    known, unknown = ask(browser), ask(browser, "bob@example.org")
    assert (known.status_code, plain(known.text)) == (unknown.status_code, plain(unknown.text))
    registry.go()
    first, second = (text_of(letter) for letter in registry.postbox.letters[-2:])
    assert re.sub(r"/subscribe/[\w-]+", "", first) == re.sub(r"/subscribe/[\w-]+", "", second)
    ways = [browser.get(f"/unsubscribe/{handle}") for handle in ("never-was", registry.subscriptions()[0].handle)]
    assert {way.status_code for way in ways} == {200}


def test_the_same_wish_confirmed_twice_is_one_subscription(registry: Registry) -> None:
    browser = registry.browser()
    for _again in range(2):
        ask(browser, countries="DE")
        registry.go()
        post_form(browser, registry.links("/subscribe")[0])
    assert len(registry.subscriptions()) == 1


def test_what_waits_for_a_digest_is_not_lost_by_confirming_the_same_wish_again(registry_on_both: Registry) -> None:
    registry, browser = registry_on_both, registry_on_both.browser()
    for number in range(2):
        ask(browser, frequency="daily")
        registry.go()
        post_form(browser, registry.links("/subscribe")[0])
        if number == 0:
            publish_advisory(registry.engine)
            registry.go()
    (subscription,) = registry.subscriptions()
    with reading(registry.engine) as session:
        (waiting,) = session.scalars(select(Delivery))
        assert (waiting.subscription_id, waiting.state) == (subscription.id, DeliveryState.WAITING)


def test_an_address_whose_link_was_never_opened_is_deleted(registry: Registry) -> None:
    ask(registry.browser())
    forget_unconfirmed(registry.engine)
    assert len(registry.subscriptions()) == 1
    with writing(registry.engine) as session:
        session.execute(update(Subscription).values(confirm_until=datetime.now(UTC) - timedelta(seconds=1)))
    forget_unconfirmed(registry.engine)
    assert registry.subscriptions() == []
    registry.go()
    assert registry.postbox.letters == [], "and its mail is not sent any more"
    with reading(registry.engine) as session:
        kept = [row.content for row in session.scalars(select(OutboxMessage)) if row.topic == "mail"]
    assert kept == [{"kind": "opt_in"}]


def test_asking_too_often_is_refused_with_the_time_to_wait(registry: Registry) -> None:
    browser = registry.browser()
    answers = [ask(browser) for _again in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert ask(browser, "bob@example.org").status_code == 200


def test_a_wish_that_cannot_be_met_comes_back_with_what_was_typed(registry: Registry) -> None:
    cases = [
        ({"email": "nobody"}, "is not an e-mail address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "is not an e-mail address"),
        ({"structure": "C1CC"}, "structure"),
        ({"pattern": "["}, "pattern"),
        ({"countries": "ZZ"}, "is not a country"),
        ({"threshold": "7", "structure": "C"}, "threshold"),
        ({"substances": "no such thing"}, "No substance is called"),
        ({"kinds": "analogue_of_controlled"}, "for reviewers"),
        ({"channel": "webhook", "address": "https://example.org/"}, "have an account"),
        ({"channel": "pigeon"}, "is one of"),
        ({"substances": "<script>alert(1)</script>"}, "&lt;script&gt;"),
    ]
    for number, (wish, words) in enumerate(cases):
        answer = ask(registry.browser(), **({"email": f"ann{number}@example.org"} | wish))
        assert answer.status_code == 422, wish
        assert words in answer.text
        assert "<script>alert" not in answer.text
    assert registry.subscriptions() == []


def test_a_substance_that_only_restricted_reports_know_is_unknown_to_visitors(registry: Registry) -> None:
    structure = "CCCCNC(CCC)C(=O)c1cc(F)cc(Cl)c1"
    receipt = registry.served.report("de", a_report(structure, sharing="country")).json()
    accession = receipt["detections"][0]["substance"]["accession"]
    hidden, unknown = (ask(registry.browser(), substances=name).text for name in (accession, "P-ZZZZ-ZZZZ"))
    assert accession in hidden
    assert [sentence in hidden for sentence in ("No substance is called",)] == [True]
    assert "No substance is called" in unknown


def test_where_no_mail_is_sent_only_a_feed_is_offered(sqlite_databases: SqliteDatabases) -> None:
    with served(sqlite_databases.migrated()) as registry:
        page = registry.client.get("/subscribe").text
    assert 'name="channel" value="feed" checked' in page
    assert 'value="email"' not in page
    assert 'id="email"' not in page


def test_a_link_fills_the_form_in_and_who_is_signed_in_is_led_on(registry: Registry) -> None:
    browser = registry.browser()
    page = browser.get("/subscribe?substance=NPS-000001&country=DE&structure=CCO&threshold=0.7").text
    assert 'value="NPS-000001"' in page
    assert '<option value="DE" selected>' in page
    assert 'value="0.7"' in page
    sign_in(browser, make_player(registry.engine, registry.services.seal))
    led = browser.get("/subscribe?substance=NPS-000001", follow_redirects=False)
    assert led.headers["location"] == "/account/subscriptions?substance=NPS-000001"


def test_a_private_feed_shows_what_its_owner_may_read_and_ends_with_it(registry_on_both: Registry) -> None:
    registry = registry_on_both
    browser = registry.browser()
    page = post_form(browser, "/subscribe", {"channel": "feed", "about": ["signal"]}).text
    (feed,) = re.findall(rf"{URL}(/api/v1/feeds/private/[\w-]+\.atom)", page)
    (way_out,) = re.findall(rf"{URL}(/unsubscribe/[\w-]+)", page)
    assert len(feed) > 60
    registry.served.report("de", a_report(MMC3))
    with reading(registry.engine) as session:
        substance_id = session.scalars(select(Signal)).all()[0].substance_id or 0
    raise_signal(registry.engine, substance_id, country="JP")
    registry.go()
    answer = browser.get(feed)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "private" in answer.headers["cache-control"]
    titles = [str(entry.findtext(f"{_ATOM}title")) for entry in ET.fromstring(answer.text).findall(f"{_ATOM}entry")]
    assert len([title for title in titles if "Japan" in title]) == 1
    assert browser.get(feed.replace(".atom", "x.atom")).status_code == 404
    registry.browser().post(way_out)
    assert browser.get(feed).status_code == 404


def test_a_person_makes_tries_pauses_and_ends_a_webhook(registry: Registry) -> None:
    browser = registry.browser()
    player = make_player(registry.engine, registry.services.seal)
    sign_in(browser, player)
    wish = {"channel": "webhook", "address": f"{registry.receiver.url}/hook", "about": ["signal"], "label": "Ours"}
    made = post_form(browser, "/account/subscriptions", wish)
    (secret,) = re.findall(r"whsec_[\w+/=]+", made.text)
    assert secret not in browser.get("/account/subscriptions").text, "it is shown once"
    assert registry.subscriptions()[0].sealed_secret != secret
    path = f"/account/subscriptions/{registry.subscriptions()[0].id}"
    assert post_form(browser, f"{path}/test", seen_at="/account/subscriptions").status_code == 303
    registry.go()
    (arrival,) = registry.receiver.arrivals
    assert arrival.told["type"] == "test"
    assert arrival.is_signed_with(secret)
    assert DeliveryState.SENT.label in browser.get("/account/subscriptions").text
    post_form(browser, f"{path}/pause", seen_at="/account/subscriptions")
    assert post_form(browser, f"{path}/test", seen_at="/account/subscriptions").status_code == 409
    stranger = registry.browser()
    sign_in(stranger, make_player(registry.engine, registry.services.seal, email="eve@example.org"))
    for act in ("pause", "resume", "test", "end", "nonsense"):
        assert post_form(stranger, f"{path}/{act}", seen_at="/account/subscriptions").status_code == 404
    post_form(browser, f"{path}/end", seen_at="/account/subscriptions")
    assert registry.subscriptions() == []


def test_a_webhook_to_a_private_address_is_refused_when_it_is_made(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with running(sqlite_databases.migrated(), tmp_path, webhooks_private=False) as registry:
        for address in ("http://example.org/", "https://127.0.0.1/", "https://[::1]/x", "nonsense"):
            body = {"channel": "webhook", "address": address}
            made = registry.served.client.post("/api/v1/subscriptions", json=body, headers=registry.served.as_("de"))
            assert made.status_code == 422, address
            assert made.json()["errors"][0]["field"] == "address"


def test_a_closed_notice_is_read_in_full_by_who_may_and_by_nobody_else(registry_on_both: Registry) -> None:
    registry = registry_on_both
    client, served_ = registry.served.client, registry.served
    body = {"channel": "webhook", "address": f"{registry.receiver.url}/hook"}
    client.post("/api/v1/subscriptions", json=body, headers=served_.as_("at"))
    report = served_.report("de", a_report(MMC3, sharing="network")).json()["id"]
    with reading(registry.engine) as session:
        substance_id = session.scalars(select(Detection)).all()[0].substance_id or 0
    raise_signal(registry.engine, substance_id, public=False, reports=[report])
    registry.go()
    closed = [each for each in registry.receiver.arrivals if each.told["type"] == "notice"]
    addresses = [f"/api/v1/notices/{arrival.told['data']['id']}" for arrival in closed]
    kinds = [client.get(each, headers=served_.as_("at")).json()["data"]["signal"]["kind"] for each in addresses]
    assert "first_in_country" in kinds
    arrival = closed[kinds.index("first_in_country")]
    address = f"/api/v1/notices/{arrival.told['data']['id']}"
    assert client.get(address).status_code == 401
    assert client.get("/api/v1/notices/nothing", headers=served_.as_("at")).status_code == 404
    browser = registry.browser()
    sign_in(browser, make_player(registry.engine, registry.services.seal, country="FI"))
    page = browser.get(f"/account/notices/{arrival.told['data']['id']}")
    assert "First report in a country" in page.text
    client.post(f"/api/v1/reports/{report}/withdraw", json={"reason": "A mistake"}, headers=served_.as_("de"))
    assert client.get(address, headers=served_.as_("at")).status_code == 404
    assert browser.get(f"/account/notices/{arrival.told['data']['id']}").status_code == 404


def test_the_api_lists_and_ends_what_the_organisations_tokens_made(registry: Registry) -> None:
    client, served_ = registry.served.client, registry.served
    body = {"channel": "feed", "label": "Ours", "criteria": {"countries": ["DE"], "structure": MMC3, "threshold": 0.7}}
    made = client.post("/api/v1/subscriptions", json=body, headers=served_.as_("de")).json()
    assert made["feed"].startswith(f"{URL}/api/v1/feeds/private/")
    assert made["secret"] is None
    listed = client.get("/api/v1/subscriptions", headers=served_.as_("de")).json()
    assert [(each["id"], each["criteria"]) for each in listed["items"]] == [
        (made["id"], {"countries": ["DE"], "structure": MMC3, "threshold": 0.7})
    ]
    assert client.get("/api/v1/subscriptions", headers=served_.as_("jp")).json()["items"] == []
    path = f"/api/v1/subscriptions/{made['id']}"
    assert client.delete(path, headers=served_.as_("jp")).status_code == 404
    assert client.get(f"{path}/deliveries", headers=served_.as_("de")).json() == {"items": [], "total": 0}
    assert client.delete(path, headers=served_.as_("de")).status_code == 204
    assert client.delete(path, headers=served_.as_("de")).status_code == 404
    mail = client.post("/api/v1/subscriptions", json={"channel": "email"}, headers=served_.as_("de"))
    assert mail.status_code == 422


def test_curators_see_what_was_given_up_and_try_it_anew_without_seeing_who(registry: Registry) -> None:
    body = {"channel": "webhook", "address": f"{registry.receiver.url}/secret-path"}
    registry.served.client.post("/api/v1/subscriptions", json=body, headers=registry.served.as_("at"))
    publish_advisory(registry.engine)
    registry.receiver.status = 410
    registry.go()
    browser = registry.browser()
    sign_in(browser, make_player(registry.engine, registry.services.seal, Role.CURATOR, country="CH"))
    page = browser.get("/curate/deliveries").text
    assert "answered 410" in page
    assert "secret-path" not in page
    registry.receiver.status = 200
    assert post_form(browser, "/curate/deliveries/retry", seen_at="/curate/deliveries").status_code == 303
    registry.go()
    assert "Nothing was given up." in browser.get("/curate/deliveries").text
    laboratory = registry.browser()
    sign_in(laboratory, make_player(registry.engine, registry.services.seal, email="lab@example.org"))
    assert laboratory.get("/curate/deliveries").status_code == 403


def test_a_server_delivers_by_itself(registry: Registry) -> None:
    body = {"channel": "webhook", "address": f"{registry.receiver.url}/hook"}
    registry.served.client.post("/api/v1/subscriptions", json=body, headers=registry.served.as_("at"))
    publish_advisory(registry.engine)
    with listening(registry.served.client.app) as address:  # its lifespan, and with it the background, runs already
        until = datetime.now(UTC) + timedelta(seconds=90)
        while not registry.receiver.arrivals and datetime.now(UTC) < until:
            httpx.get(f"{address}/healthz", timeout=60)
    assert len(registry.receiver.arrivals) == 1

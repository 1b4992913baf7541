"""Signing in: the password, the second factor, the session that follows, and its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import event, select, update
from sqlmodel import col
from starlette.requests import Request

from nps_registry.accounts.passwords import hash_password
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.second_factor import give, mint_secret, use_code
from nps_registry.accounts.sessions import find_signed_in
from nps_registry.http.visits import address_of
from nps_registry.pages.site import sections_for
from nps_registry.store import accounts as stored
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import AuditEvent, Person, SignInSession
from nps_registry.vocabulary.report import Role
from tests.signing_in import Player, form_token, make_player, post_form, sign_in
from tests.spec.served import Served, served
from tests.threads import is_beside


def test_a_page_behind_the_sign_in_leads_there_and_back(registry: Served, browser: TestClient, player: Player) -> None:
    led = browser.get("/account?from=here", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Faccount%3Ffrom%3Dhere")
    sign_in(browser, player)
    page = browser.get("/account", follow_redirects=False)
    assert page.status_code == 200
    assert player.email in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_a_password_alone_opens_nothing(browser: TestClient, player: Player) -> None:
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    half = browser.get("/account", follow_redirects=False)
    assert half.headers["location"] == "/sign-in/code?next=%2Faccount"


def test_a_signed_in_person_reads_over_the_api_what_their_organisation_may(
    registry: Served, browser: TestClient, player: Player
) -> None:
    assert browser.get("/api/v1/reports").status_code == 401
    sign_in(browser, player)
    listed = browser.get("/api/v1/reports")
    assert (listed.status_code, listed.json()["total"]) == (200, 0)
    assert browser.post("/api/v1/reports", json={}).status_code == 401, "a session never writes over the API"


def test_a_form_without_the_token_of_the_browser_is_refused(browser: TestClient, player: Player) -> None:
    fields = {"email": player.email, "password": player.password, "form_token": "0" * 64}
    assert browser.post("/sign-in", data=fields).status_code == 403
    browser.get("/sign-in")
    assert browser.post("/sign-in", data=fields).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_that_another_site_sent_is_refused(browser: TestClient, player: Player, headers: dict[str, str]) -> None:
    browser.headers.update(headers)
    answer = post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_a_form_of_an_older_session_is_shown_again_with_what_was_typed(browser: TestClient, player: Player) -> None:
    sign_in(browser, player)
    fields = {"form_token": "0" * 64, "note": "<b>typed & kept</b>", "password": "not kept"}
    answer = browser.post("/account/second-factor", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert 'value="&lt;b&gt;typed &amp; kept&lt;/b&gt;"' in answer.text
    assert "not kept" not in answer.text


def test_a_form_of_an_ended_session_is_kept_while_one_signs_in_again(browser: TestClient) -> None:
    answer = browser.post("/account/second-factor", data={"note": "typed"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 401
    assert 'value="typed"' in answer.text
    assert "/sign-in" in answer.text


def test_signing_out_ends_the_session_also_for_who_kept_its_cookie(browser: TestClient, player: Player) -> None:
    sign_in(browser, player)
    kept = dict(browser.cookies)
    assert post_form(browser, "/sign-out", seen_at="/account").status_code == 303
    browser.cookies.update(kept)
    assert browser.get("/account", follow_redirects=False).status_code == 303


def test_a_person_without_a_second_factor_sets_one_up_before_anything_else(
    registry: Served, browser: TestClient, player: Player
) -> None:
    with writing(registry.engine) as session:
        session.execute(update(Person).where(col(Person.id) == player.person_id).values(totp_secret=""))
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    led = browser.get("/account", follow_redirects=False)
    assert led.headers["location"] == "/account/second-factor?next=%2Faccount"
    page = browser.get("/account/second-factor").text
    player.totp_secret = (
        page.partition("Or type this key:")[2].partition("<code>")[2].partition("</code>")[0].replace(" ", "")
    )
    sealed = page.partition('name="sealed" value="')[2].partition('"')[0]
    wrong = post_form(browser, "/account/second-factor", {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    done = post_form(browser, "/account/second-factor", {"sealed": sealed, "code": player.code()})
    assert done.status_code == 200
    assert "Recovery codes" in done.text
    assert browser.get("/account", follow_redirects=False).status_code == 200


def test_the_secret_of_a_second_factor_cannot_be_set_up_for_somebody_else(
    registry: Served, browser: TestClient, seal: Seal, player: Player
) -> None:
    with writing(registry.engine) as session:
        session.execute(update(Person).where(col(Person.id) == player.person_id).values(totp_secret=""))
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    player.totp_secret = mint_secret()
    for sealed in (seal.close(f"another:{player.totp_secret}"), f"{player.person_id}:{player.totp_secret}", ""):
        answer = post_form(browser, "/account/second-factor", {"sealed": sealed, "code": player.code()})
        assert answer.status_code == 422
    assert browser.get("/account", follow_redirects=False).status_code == 303


def test_a_code_is_good_once(browser: TestClient, another_browser: TestClient, player: Player) -> None:
    code = player.code()
    for client, status in ((browser, 303), (another_browser, 422)):
        post_form(client, "/sign-in", {"email": player.email, "password": player.password})
        answer = post_form(client, "/sign-in/code", {"code": code})
        assert answer.status_code == status
    assert "used already" in answer.text
    later = post_form(another_browser, "/sign-in/code", {"code": player.code(steps_ahead=1)})
    assert later.status_code == 303


@pytest.mark.parametrize("steps", [-4, 4])
def test_a_code_of_another_time_is_refused(browser: TestClient, player: Player, steps: int) -> None:
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    assert post_form(browser, "/sign-in/code", {"code": player.code(steps)}).status_code == 422


def test_a_recovery_code_opens_once_and_is_kept_as_a_digest_only(
    registry: Served, browser: TestClient, another_browser: TestClient, seal: Seal, player: Player
) -> None:
    with writing(registry.engine) as session:
        person = stored.lock_person(session, player.person_id)
        assert person is not None
        codes = give(session, seal, person, player.totp_secret, step=0, actor="test")
    with reading(registry.engine) as session:
        kept = session.get_one(Person, player.person_id)
        assert len(kept.recovery_hashes) == len(codes) == 10
        assert not any(code.replace("-", "") in "".join(kept.recovery_hashes) for code in codes)
        assert player.totp_secret not in kept.totp_secret
    for client, status in ((browser, 303), (another_browser, 422)):
        post_form(client, "/sign-in", {"email": player.email, "password": player.password})
        assert post_form(client, "/sign-in/code", {"code": codes[3].upper()}).status_code == status


def test_each_step_of_the_sign_in_has_a_fresh_secret_and_ends_the_one_before(
    registry: Served, browser: TestClient, player: Player
) -> None:
    secrets = []
    post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    secrets.append(browser.cookies["nps-session"])
    post_form(browser, "/sign-in/code", {"code": player.code()})
    secrets.append(browser.cookies["nps-session"])
    with reading(registry.engine) as session:
        living = [find_signed_in(session, secret, timedelta(hours=1)) for secret in secrets]
        assert (living[0], living[1] and living[1].email) == (None, player.email)
        assert not any(secret in row.digest for secret in secrets for row in session.scalars(select(SignInSession)))


def test_signing_in_again_ends_the_session_that_the_browser_had(
    registry: Served, browser: TestClient, player: Player
) -> None:
    sign_in(browser, player)
    before = browser.cookies["nps-session"]
    token = form_token(browser, "/account")
    fields = {"email": player.email, "password": player.password, "form_token": token}
    browser.post("/sign-in", data=fields)
    with reading(registry.engine) as session:
        assert find_signed_in(session, before, timedelta(hours=1)) is None


@pytest.mark.parametrize(
    "values",
    [
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"last_seen_at": datetime.now(UTC) - timedelta(hours=9)},
        {"ended_at": datetime.now(UTC)},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_session_ends_with_its_time_its_use_or_by_hand(
    registry: Served, browser: TestClient, player: Player, values: dict[str, datetime]
) -> None:
    sign_in(browser, player)
    with writing(registry.engine) as session:
        own = update(SignInSession).where(col(SignInSession.person_id) == player.person_id)
        session.execute(own.values(**values))
    assert browser.get("/account", follow_redirects=False).headers["location"].startswith("/sign-in?")
    assert browser.get("/api/v1/reports").status_code == 401


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(
    registry: Served, browser: TestClient, player: Player
) -> None:
    answer = post_form(browser, "/sign-in", {"email": player.email, "password": player.password})
    cookies = {line.partition("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}
    assert "httponly" in cookies["nps-session"]
    assert "samesite=lax" in cookies["nps-session"]
    assert "domain" not in cookies["nps-session"]
    assert "httponly" not in cookies["nps-here"]


def test_public_pages_are_the_same_for_everyone(browser: TestClient, registry: Served, player: Player) -> None:
    sign_in(browser, player)
    for path in ("/", "/substances", "/about"):
        mine, everyones = browser.get(path), registry.client.get(path)
        assert mine.content == everyones.content
        assert "set-cookie" not in mine.headers


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/"])
def test_nobody_is_led_to_another_site(browser: TestClient, player: Player, wanted: str) -> None:
    fields = {"email": player.email, "password": player.password, "next": wanted}
    given = post_form(browser, "/sign-in", fields)
    assert given.headers["location"] == "/sign-in/code"
    whole = post_form(browser, "/sign-in/code", {"code": player.code(), "next": wanted})
    assert whole.headers["location"] == sections_for(player.role)[0].url


@contextmanager
def work_noted(registry: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Every statement sent and every password hashed inside the block."""
    done: Counter[str] = Counter()
    verify = PasswordHasher.verify

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not is_beside() and "registry.change" not in statement and statement != "BEGIN":  # those follow changes
            done[statement] += 1

    def note_hash(hasher: PasswordHasher, known: str, password: str) -> Any:
        done["hash " + known.rpartition("$")[0].rpartition("$")[0]] += 1
        return verify(hasher, known, password)

    event.listen(registry.engine, "before_cursor_execute", note)
    with monkeypatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", note_hash)
        yield done
    event.remove(registry.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("closed", [False, True], ids=["unknown", "closed"])
def test_a_failed_sign_in_is_the_same_work_and_the_same_words_for_every_address(
    registry: Served, browser: TestClient, players: Callable[..., Player], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    player = players()
    if closed:
        other = players()
        with writing(registry.engine) as session:
            session.execute(update(Person).where(col(Person.id) == other.person_id).values(active=False))
    address = other.email if closed else "nobody@example.org"
    token = form_token(browser)
    answers, work = [], []
    for email, password in ((player.email, "wrong password here"), (address, player.password)):
        with work_noted(registry, monkeypatch) as done:
            fields = {"email": email, "password": password, "form_token": token}
            answer = browser.post("/sign-in", data=fields, follow_redirects=False)
        answers.append((answer.status_code, answer.text.replace(email, "")))
        work.append(done)
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert work[0] == work[1]
    assert sum(count for name, count in work[0].items() if name.startswith("hash ")) == 1


def test_nobodys_hash_is_as_much_work_as_a_real_one() -> None:
    from nps_registry.accounts import passwords

    assert passwords._NOBODYS_HASH.split("$")[:4] == hash_password("any password").split("$")[:4]


def test_what_happens_to_an_account_is_in_the_trail(registry: Served, browser: TestClient, player: Player) -> None:
    post_form(browser, "/sign-in", {"email": player.email, "password": "wrong password here"})
    sign_in(browser, player)
    with reading(registry.engine) as session:
        own = select(AuditEvent).where(col(AuditEvent.actor) == f"person:{player.person_id}")
        events = list(session.scalars(own.order_by(col(AuditEvent.sequence))))
        failed = select(AuditEvent).where(col(AuditEvent.action) == "sign_in.failed")
        assert all(player.email not in row.subject_id for row in session.scalars(failed))
    assert [row.action for row in events] == ["session.started", "session.ended", "session.started"]


def test_a_role_opens_its_pages_and_no_others(browser: TestClient, players: Callable[..., Player]) -> None:
    sign_in(browser, players(Role.CURATOR))
    answer = browser.get("/curate/people")
    assert answer.status_code == 403
    assert "This page is for: Administrator. You are signed in as: Curator." in answer.text


def at_once(act: Callable[[], bool]) -> list[bool]:
    """What *act* answers in four threads at the same time."""
    with ThreadPoolExecutor(4) as pool:
        return sorted(future.result() for future in [pool.submit(act) for _thread in range(4)])


def test_of_equal_codes_given_at_once_one_opens(registry: Served, seal: Seal, player: Player) -> None:
    with writing(registry.engine) as session:
        person = stored.lock_person(session, player.person_id)
        assert person is not None
        recovery = give(session, seal, person, player.totp_secret, step=0, actor="test")[0]
    for code in (player.code(), recovery):

        def use(code: str = code) -> bool:
            with writing(registry.engine) as session:
                return use_code(session, seal, player.person_id, code)

        assert at_once(use) == [False, False, False, True]


def test_over_https_the_cookie_is_bound_to_the_host_and_never_travels_in_the_clear(
    database_url: str, tmp_path: Path
) -> None:
    with served(database_url, var_directory=tmp_path, base_url="https://registry.example") as registry:
        app: Any = registry.client.app
        player = make_player(registry.engine, app.state.services.seal)
        client = TestClient(app, base_url="https://registry.example")
        given = post_form(client, "/sign-in", {"email": player.email, "password": player.password})
        cookies = [line for line in given.headers.get_list("set-cookie") if line.startswith("__Host-nps-session=")]
        assert len(cookies) == 1
        assert {"secure", "httponly", "path=/"} <= {part.strip().lower() for part in cookies[0].split(";")}


def test_an_address_is_the_network_of_one_subscriber() -> None:
    def address(host: str) -> str:
        return address_of(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert address("192.0.2.7") == address("::ffff:192.0.2.7") == "192.0.2.7"
    assert address("2001:db8:1:2:3::4") == address("2001:db8:1:2::9") != address("2001:db8:1:3::9")
    assert address("testclient") == "unknown"

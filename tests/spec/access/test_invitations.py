"""From an invitation to an account, further roles, forgotten passwords, and the end of an account."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.accounts.invitations import accept_with_new_account, invite, path_of_invitation
from nps_registry.accounts.people import create_organisation, create_person
from nps_registry.accounts.resets import mint_reset
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.tokens import authenticate
from nps_registry.errors import Conflict, NotFound, NotSignedIn
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import AuditEvent, Invitation, OutboxMessage, PasswordReset, Person
from nps_registry.vocabulary.report import Role
from tests.signing_in import PASSWORD, Player, post_form, sign_in
from tests.spec.served import Served

NEW = {"name": "Ann  Example", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def invited(registry: Served, seal: Seal) -> tuple[str, str]:
    """An address and the path of the invitation that was sent to it."""
    email = f"{uuid4()}@example.org"
    return email, path_of_invitation(send(registry, seal, email))


def send(registry: Served, seal: Seal, email: str, role: Role = Role.LABORATORY) -> str:
    with writing(registry.engine) as session:
        organisation = stored.find_organisation(session, "Organisation de")
        assert organisation is not None
        return invite(session, seal, email, organisation, role)


def person_of(registry: Served, email: str) -> Person | None:
    with reading(registry.engine) as session:
        return stored.find_person(session, email)


def test_an_invitation_makes_an_account_once(
    registry: Served, browser: TestClient, another_browser: TestClient, invited: tuple[str, str]
) -> None:
    email, path = invited
    for _look in range(2):
        assert email in browser.get(path).text, "reading the page uses nothing up"
    made = post_form(browser, path, NEW)
    assert (made.status_code, made.headers["location"]) == (303, "/account/second-factor")
    person = person_of(registry, email)
    assert person is not None
    assert (person.name, PASSWORD in person.password_hash) == ("Ann Example", False)
    assert browser.get("/account", follow_redirects=False).headers["location"].startswith("/account/second-factor")
    assert another_browser.get(path).status_code == 404


def test_of_two_that_accept_one_invitation_at_once_one_gets_the_account(
    registry: Served, invited: tuple[str, str]
) -> None:
    secret = invited[1].rpartition("/")[2]

    def accept() -> bool:
        try:
            accept_with_new_account(registry.engine, secret, "Ann", PASSWORD)
        except (NotFound, Conflict):
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(future.result() for future in [pool.submit(accept) for _thread in range(3)])
    assert outcomes == [False, False, True]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 characters"),
        ("password1234", "guesses this password soon"),
        ("qwertyuiop123", "guesses this password soon"),
        ("x" * 1_001, "at most"),
        ("{email}", "made of the e-mail address"),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_and_uses_nothing_up(
    registry: Served, browser: TestClient, invited: tuple[str, str], password: str, why: str
) -> None:
    email, path = invited
    password = password.replace("{email}", email)
    answer = post_form(browser, path, {"name": "Ann", "password": password, "repeated": password})
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="Ann"' in answer.text, "what was typed is still there"
    assert person_of(registry, email) is None
    assert post_form(browser, path, NEW).status_code == 303


def test_an_invitation_that_is_too_old_withdrawn_or_replaced_opens_nothing(
    registry: Served, browser: TestClient, seal: Seal
) -> None:
    email = f"{uuid4()}@example.org"
    replaced, living = send(registry, seal, email), send(registry, seal, email)
    assert browser.get(path_of_invitation(replaced)).status_code == 404
    assert browser.get(path_of_invitation(living)).status_code == 200
    with writing(registry.engine) as session:
        old = update(Invitation).where(col(Invitation.email) == email)
        session.execute(old.values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert browser.get(path_of_invitation(living)).status_code == 404
    assert browser.get("/invitations/" + "x" * 5_000).status_code == 404


def test_neither_the_database_nor_the_trail_holds_the_link(registry: Served, seal: Seal) -> None:
    email = f"{uuid4()}@example.org"
    secret = send(registry, seal, email)
    with reading(registry.engine) as session:
        kept = [row.content for row in session.scalars(select(OutboxMessage))]
        told = [row.model_dump_json() for row in session.scalars(select(AuditEvent))]
        digests = [row.digest for row in session.scalars(select(Invitation))]
    assert any(content.get("to") == email for content in kept)
    assert secret not in f"{kept}{told}{digests}"


def test_an_account_gets_a_further_role_only_by_its_own_person(
    registry: Served, browser: TestClient, another_browser: TestClient, seal: Seal, players: Callable[..., Player]
) -> None:
    player, other = players(), players()
    path = path_of_invitation(send(registry, seal, player.email, Role.SCIENTIST))
    sign_in(another_browser, other)
    assert post_form(another_browser, f"{path}/role", seen_at="/account").status_code == 409
    sign_in(browser, player)
    assert "beside the ones it has" in browser.get(path).text
    assert post_form(browser, f"{path}/role", seen_at="/account").status_code == 303
    page = browser.get("/account").text
    assert "Scientist, Organisation de" in page
    with pytest.raises(Conflict, match="already"):
        send(registry, seal, player.email, Role.SCIENTIST)
    membership = page.partition("Scientist, Organisation de")[0].rpartition('value="')[2].partition('"')[0]
    assert post_form(browser, "/account/role", {"membership": membership}, seen_at="/account").status_code == 303
    assert "Organisation de" in browser.get("/account").text.partition("<h1>")[0]
    assert post_form(browser, "/account/role", {"membership": "1"}, seen_at="/account").status_code == 404


def test_a_forgotten_password_is_asked_for_in_the_same_words_and_rows_for_every_address(
    registry: Served, browser: TestClient, player: Player
) -> None:
    answers, rows = [], []
    for email in (player.email, f"{uuid4()}@example.org"):
        answer = post_form(browser, "/password", {"email": email}, seen_at="/sign-in")
        answers.append((answer.status_code, answer.text))
        with reading(registry.engine) as session:
            newest = [row for row in session.scalars(select(OutboxMessage)) if row.content.get("to") == email]
        rows.append([(row.topic, set(row.content)) for row in newest])
    assert answers[0] == answers[1]
    assert rows[0] == rows[1] == [("mail", {"kind", "to"})]


def test_a_reset_sets_the_password_once_and_ends_every_session_but_leaves_the_second_factor(
    registry: Served, browser: TestClient, another_browser: TestClient, player: Player
) -> None:
    sign_in(browser, player)
    with writing(registry.engine) as session:
        links = [mint_reset(session, player.email, actor="test") for _link in range(2)]
    new = {"password": "seven green umbrellas walk", "repeated": "seven green umbrellas walk"}
    assert post_form(another_browser, f"/password/{links[0]}", new).headers["location"] == "/sign-in"
    assert browser.get("/account", follow_redirects=False).status_code == 303
    for link in links:
        assert another_browser.get(f"/password/{link}").status_code == 404
    player.password = new["password"]
    sign_in(another_browser, player, steps_ahead=1)


def test_a_reset_link_lives_an_hour(registry: Served, browser: TestClient, player: Player) -> None:
    with writing(registry.engine) as session:
        secret = mint_reset(session, player.email, actor="test")
        own = update(PasswordReset).where(col(PasswordReset.person_id) == player.person_id)
        session.execute(own.values(expires_at=datetime.now(UTC)))
    assert browser.get(f"/password/{secret}").status_code == 404


def test_a_changed_password_ends_the_other_sessions(
    browser: TestClient, another_browser: TestClient, player: Player
) -> None:
    sign_in(browser, player)
    sign_in(another_browser, player, steps_ahead=1)
    new = "seven green umbrellas walk"
    fields = {"password": "not the present one", "new_password": new, "repeated": new}
    assert post_form(browser, "/account/password", fields, seen_at="/account").status_code == 422
    assert another_browser.get("/account", follow_redirects=False).status_code == 200
    fields["password"] = player.password
    assert post_form(browser, "/account/password", fields, seen_at="/account").status_code == 303
    assert browser.get("/account", follow_redirects=False).status_code == 200
    assert another_browser.get("/account", follow_redirects=False).status_code == 303


def test_one_session_ends_another_of_the_same_person_and_of_nobody_else(
    registry: Served, browser: TestClient, another_browser: TestClient, players: Callable[..., Player]
) -> None:
    ann, bob = players(), players()
    sign_in(browser, ann)
    sign_in(another_browser, bob)
    digest = another_browser.get("/account").text  # his own is not offered to be ended
    assert 'name="session"' not in digest
    with reading(registry.engine) as session:
        his = session.scalars(select(AuditEvent).where(col(AuditEvent.actor) == f"person:{bob.person_id}")).all()
    answer = post_form(browser, "/account/sessions/end", {"session": his[-1].subject_id}, seen_at="/account")
    assert answer.status_code == 404
    assert another_browser.get("/account", follow_redirects=False).status_code == 200


def test_a_closed_account_loses_its_sessions_and_the_tokens_made_with_it(
    registry: Served, browser: TestClient, another_browser: TestClient, administrator: Player, player: Player
) -> None:
    sign_in(another_browser, player)
    fields = {"label": "export", "scope": "reports:write", "days": "30"}
    made = post_form(another_browser, "/account/tokens", fields)
    token = made.text.partition('<p class="once">')[2].partition("<")[0]
    with reading(registry.engine) as session:
        assert authenticate(session, token).viewer.organisation_id == player.organisation_id
    closed = post_form(browser, f"/curate/people/{player.person_id}", {"act": "deactivate"})
    assert closed.status_code == 303
    assert another_browser.get("/account", follow_redirects=False).status_code == 303
    with reading(registry.engine) as session, pytest.raises(NotSignedIn):
        authenticate(session, token)
    fields = {"email": player.email, "password": player.password}
    assert post_form(another_browser, "/sign-in", fields).status_code == 422
    own = f"/curate/people/{administrator.person_id}"
    assert post_form(browser, own, {"act": "deactivate"}, seen_at="/curate/people").status_code == 409


def test_a_token_is_made_for_no_more_than_ones_own_role_and_is_shown_once(
    registry: Served, browser: TestClient, player: Player
) -> None:
    sign_in(browser, player)
    too_much = post_form(browser, "/account/tokens", {"scope": "review", "days": "30"})
    assert too_much.status_code == 403
    nothing = post_form(browser, "/account/tokens", {"days": "30", "label": "kept"})
    assert (nothing.status_code, 'value="kept"' in nothing.text) == (422, True)
    made = post_form(browser, "/account/tokens", {"scope": ["reports:write", "reports:read"], "days": "90"})
    token = made.text.partition('<p class="once">')[2].partition("<")[0]
    with reading(registry.engine) as session:
        row = authenticate(session, token).token
    assert row.expires_at is not None
    assert timedelta(days=89) < row.expires_at - datetime.now(UTC) < timedelta(days=91)
    assert token not in browser.get("/account/tokens").text
    assert post_form(browser, f"/account/tokens/{row.id}/revoke", seen_at="/account/tokens").status_code == 303
    assert "revoked" in browser.get("/account/tokens").text


def test_a_token_of_another_organisation_is_out_of_reach(
    registry: Served, browser: TestClient, players: Callable[..., Player]
) -> None:
    with reading(registry.engine) as session:
        token = authenticate(session, registry.tokens["jp"]).token
    sign_in(browser, players())
    assert post_form(browser, f"/account/tokens/{token.id}/revoke", seen_at="/account/tokens").status_code == 404


def test_an_administrator_changes_a_person_and_the_trail_says_what_was_before_and_after(
    registry: Served, browser: TestClient, administrator: Player, player: Player
) -> None:
    page = f"/curate/people/{player.person_id}"
    for act in ("deactivate", "reactivate", "remove-second-factor", "end-sessions"):
        assert post_form(browser, page, {"act": act}).status_code == 303
    assert post_form(browser, page, {"act": "promote"}).status_code == 400
    assert "/password/" in post_form(browser, f"{page}/reset", seen_at=page).text
    with reading(registry.engine) as session:
        done = audit.history_of(session, "person", player.person_id)
        assert audit.verify(session) is None
    told = [(row.action, row.before, row.after) for row in done if row.actor == f"person:{administrator.person_id}"]
    assert told == [
        ("person.deactivated", {"active": True}, {"active": False}),
        ("person.reactivated", {"active": False}, {"active": True}),
        ("second_factor.removed", {"second_factor": True}, {"second_factor": False}),
        ("password_reset.sent", None, None),
    ]


def test_an_administrator_leafs_through_the_organisations_and_finds_one_by_its_people(
    registry: Served, browser: TestClient, administrator: Player
) -> None:
    place, rest = f"Institute {uuid4()}", " 100%_" + "研" * 140
    with writing(registry.engine) as session:
        made = [create_organisation(session, f"{place} {number:02}{rest}", "FI") for number in range(60)]
        create_person(session, f"{place[-12:]}@example.org", PASSWORD, made[41], Role.LABORATORY)
    found, url = list[str](), f"/curate/people?{urlencode({'q': place})}"
    for _page in range(3):
        page = browser.get(url).text
        assert "60 organisations." in page
        found += re.findall(rf"<h3>{place} (\d\d){rest}</h3>", page)
        url = html.unescape(page.partition('" rel="next"')[0].rpartition('href="')[2])
    assert found == [f"{number:02}" for number in range(60)]
    by_person = browser.get(f"/curate/people?q={place[-12:].upper()}@EXAMPLE.org").text
    assert re.findall(r"<h3>(.*?)</h3>", by_person) == [f"{place} 41{rest}"]
    assert re.findall(r"<h3>(.*?)</h3>", browser.get("/curate/people?q=%25_x").text) == []
    assert browser.get("/curate/people?cursor=nonsense").status_code == 422


def test_an_administrator_leafs_through_the_people_without_a_role_and_finds_them(
    registry: Served, browser: TestClient, administrator: Player
) -> None:
    place = f"place-{uuid4()}"
    with writing(registry.engine) as session:
        session.add_all(Person(email=f"{number:03}@{place}.example") for number in range(201))
    found, url = list[str](), f"/curate/people?{urlencode({'q': place.upper()})}"
    for _page in range(3):
        page = browser.get(url).text
        assert "201 people." in page
        found += re.findall(rf">(\d\d\d)@{place}.example</a>", page)
        url = html.unescape(page.rpartition('" rel="next"')[0].rpartition('href="')[2])
    assert found == [f"{number:03}" for number in range(201)]
    assert browser.get("/curate/people?after=nonsense").status_code == 422


def test_an_administrator_invites_to_a_new_organisation_by_pages_alone(
    registry: Served, browser: TestClient, another_browser: TestClient, administrator: Player
) -> None:
    name, email = f"Institute {uuid4()}", f"{uuid4()}@example.org"
    made = post_form(browser, "/curate/people/organisations", {"name": name, "country": "FI"}, seen_at="/curate/people")
    assert made.status_code == 303
    fields = {"email": email, "organisation": name, "role": "laboratory"}
    sent = post_form(browser, "/curate/people/invitations", fields, seen_at="/curate/people")
    assert "sends no mail yet" in sent.text
    path = sent.text.partition('<p class="once">')[2].partition("<")[0].partition("8000")[2]
    assert name in another_browser.get(path).text
    refused = post_form(browser, "/curate/people/invitations", fields | {"email": "no"}, seen_at="/curate/people")
    assert (refused.status_code, 'value="no"' in refused.text) == (422, True)
    with reading(registry.engine) as session:
        row = session.scalars(select(Invitation).where(col(Invitation.email) == email)).one()
    withdraw = f"/curate/people/invitations/{row.digest}/withdraw"
    assert post_form(browser, withdraw, seen_at="/curate/people").status_code == 303
    assert another_browser.get(path).status_code == 404


def test_a_role_that_is_removed_ends_what_was_done_in_it(
    registry: Served, browser: TestClient, another_browser: TestClient, administrator: Player, player: Player
) -> None:
    sign_in(another_browser, player)
    with reading(registry.engine) as session:
        ((membership, _organisation),) = stored.memberships_of(session, player.person_id)
    fields = {"act": "remove-role", "membership": str(membership.id)}
    assert post_form(browser, f"/curate/people/{player.person_id}", fields).status_code == 303
    assert another_browser.get("/account", follow_redirects=False).status_code == 303
    again = post_form(another_browser, "/sign-in", {"email": player.email, "password": player.password})
    assert (again.status_code, "do not belong together" in again.text) == (422, True)


def test_the_audit_trail_is_filtered_and_paged(browser: TestClient, administrator: Player, player: Player) -> None:
    sessions = browser.get("/curate/audit?action=session.started&actor=" + administrator.email).text
    assert "session.started" in sessions
    assert sessions.count("<tr>") == 3, "the head and the two steps of one sign-in"
    assert "No entry matches" in browser.get("/curate/audit?subject=nothing").text
    assert "No entry matches" in browser.get("/curate/audit?until=2020-01-01").text
    assert browser.get("/curate/audit?since=yesterday").status_code == 422
    assert "From the beginning" in browser.get("/curate/audit?before=3").text

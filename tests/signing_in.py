"""People who sign in, for tests: made in the database, signed in through the real forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nps_registry.accounts.people import create_organisation, create_person
from nps_registry.accounts.seal import Seal
from nps_registry.accounts.second_factor import current_code, give, mint_secret
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Engine, writing
from nps_registry.vocabulary.report import Role

PASSWORD = "orange tangle violin ladder"
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass
class Player:
    """A person with everything that is needed to sign in.

    Each code is good once; *used_s* moves the clock of the player's authenticator on by a step for each sign-in,
    so that a second one at once has another code (one step ahead of the server's clock is within its tolerance).
    """

    email: str
    password: str
    totp_secret: str
    organisation: str
    country: str
    role: Role
    person_id: str
    organisation_id: str

    def code(self, steps_ahead: int = 0) -> str:
        """The code that the authenticator shows now, or some steps of half a minute later."""
        return current_code(self.totp_secret, datetime.now(UTC) + timedelta(seconds=30 * steps_ahead))


def make_player(
    engine: Engine,
    seal: Seal,
    role: Role = Role.LABORATORY,
    *,
    email: str = "ann@example.org",
    organisation: str = "Laboratory Ann",
    country: str = "DE",
    accept_on_arrival: bool = False,
) -> Player:
    """Make a person with *role*, a password and a second factor; the organisation too where it is missing.

    *seal* is that of the served application: ``client.app.state.services.seal``.
    """
    secret = mint_secret()
    with writing(engine) as session:
        holder = stored.find_organisation(session, organisation) or create_organisation(
            session, organisation, country, accept_on_arrival=accept_on_arrival
        )
        person = create_person(session, email, PASSWORD, holder, role)
        give(session, seal, person, secret, step=0, actor="test")
        return Player(email, PASSWORD, secret, organisation, holder.country, role, person.id, holder.id)


def form_token(client: Any, path: str = "/sign-in") -> str:
    """The token of the forms on the page at *path*, as *client* (a TestClient or httpx client) sees it."""
    answer = client.get(path, follow_redirects=True)
    found = _TOKEN.search(answer.text)
    assert found is not None, f"{answer.status_code} {answer.url}: no form"
    return found.group(1)


def post_form(client: Any, path: str, fields: dict[str, Any] | None = None, *, seen_at: str | None = None) -> Any:
    """Send *fields* to *path* with the token of the page at *seen_at* (*path* where not given); follows no redirect."""
    token = form_token(client, path if seen_at is None else seen_at)
    return client.post(path, data={"form_token": token, **(fields or {})}, follow_redirects=False)


def sign_in(client: Any, player: Player, *, steps_ahead: int = 0) -> None:
    """Sign *player* in through the forms; *client* keeps the cookies."""
    given = post_form(client, "/sign-in", {"email": player.email, "password": player.password})
    assert given.status_code == 303, given.text
    whole = post_form(client, "/sign-in/code", {"code": player.code(steps_ahead)})
    assert whole.status_code == 303, whole.text


def sign_in_page(page: Any, address: str, player: Player, *, steps_ahead: int = 0) -> None:
    """Sign *player* in with a real browser: *page* is Playwright's, *address* that of the registry."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(player.email)
    page.get_by_label("Password").fill(player.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of your authenticator").fill(player.code(steps_ahead))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Sign out").wait_for()

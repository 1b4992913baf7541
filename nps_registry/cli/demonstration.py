"""``nps-registry demonstration``: a filled registry of invented reports, for a newcomer to look around in."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typer

from nps_registry.accounts.people import create_organisation, create_person, mint_password
from nps_registry.accounts.seal import Seal, seal_of
from nps_registry.accounts.second_factor import current_code, give, mint_secret
from nps_registry.accounts.tokens import SCOPES_OF, authenticate, create_token
from nps_registry.assets import find_substances
from nps_registry.cli.db import bring_up_to_date
from nps_registry.cli.desk import open_desk
from nps_registry.cli.opened import Opened
from nps_registry.cli.progress import counting
from nps_registry.errors import NotFound, NotSignedIn
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.cast import gather_cast
from nps_registry.intake.demonstration import Invented, invent, invent_racemates
from nps_registry.intake.importing import chunks
from nps_registry.intake.receive import receive
from nps_registry.intake.rows import Arrival
from nps_registry.intake.seed import LoadResult, load_files
from nps_registry.intake.table import digest_of_text
from nps_registry.intake.understanding import Desk, Readings, Sender
from nps_registry.localisation import gettext as _
from nps_registry.notices.demonstration import publish_example
from nps_registry.settings import read_settings
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Engine, Session, make_engine, reading, writing
from nps_registry.store.registry import create_registry
from nps_registry.store.tables import Organisation
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import RegistryMode, Role

app = typer.Typer(help="A registry of invented reports to look around in.", no_args_is_help=True)

REPORTS = 3_000
UNTIL = date(2026, 9, 30)
_FILE = "demonstration.json"
_AT_ONCE = 250
_EACH_WAITING = 12


@dataclass(frozen=True, slots=True)
class Account:
    """A part that a newcomer may play."""

    role: Role
    organisation: str
    country: str
    accept_on_arrival: bool = False


TRUSTED = Account(Role.LABORATORY, "Demonstration laboratory DE", "DE", accept_on_arrival=True)
REVIEWED = Account(Role.LABORATORY, "Demonstration laboratory NL under review", "NL")
ACCOUNTS = (
    TRUSTED,
    REVIEWED,
    Account(Role.FOCAL_POINT, "Demonstration focal point DE", "DE"),
    Account(Role.FOCAL_POINT, "Demonstration focal point NL", "NL"),
    Account(Role.SCIENTIST, "Demonstration university", "CH"),
    Account(Role.CURATOR, "Demonstration curators", "AT"),
    Account(Role.ADMINISTRATOR, "Demonstration administration", "AT"),
)


@app.callback()
def group() -> None:
    """A registry of invented reports to look around in."""


@app.command()
def prepare() -> None:
    """Make the registry of the demonstration where it is not there yet, and write its accounts to a file."""
    settings = read_settings()
    settings.var_directory.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    bring_up_to_date(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
        if stored.find_organisation(session, TRUSTED.organisation) is None:
            typer.echo(_("Filling a demonstration registry; only the first time takes a while."), err=True)
    load_shipped(engine)
    opened = Opened(settings, engine, RegistryMode.DEMONSTRATION)
    fill(opened)
    _tell(write_accounts(opened))


@app.command()
def codes() -> None:
    """Print the code of the second factor that each account of the demonstration gives just now."""
    path = read_settings().var_directory / _FILE
    accounts = _read_accounts(path).get("accounts")
    if not accounts:
        raise NotFound(
            _("%(path)s has no accounts; make them with: nps-registry demonstration prepare") % {"path": path}
        )
    for account in accounts:
        typer.echo(f"{current_code(account['totp_secret'])}  {account['email']}")


def load_shipped(engine: Engine) -> LoadResult:
    """Bring the registry up to the catalogue that this installation ships."""
    with writing(engine) as session, counting(_("Loading the catalogue"), None) as done:
        told = 0

        def progress(so_far: int, total: int) -> None:
            nonlocal told
            done(so_far - told, total)
            told = so_far

        return load_files(session, find_substances(), progress)


def fill(opened: Opened, count: int = REPORTS) -> int:
    """Send the invented reports where none was sent yet, all or none; answer how many were sent."""
    with reading(opened.engine) as session:
        if stored.find_organisation(session, TRUSTED.organisation) is not None:
            return 0
        cast = gather_cast(session)
    until = min(UNTIL, datetime.now(UTC).date())
    reports = [*invent(cast, count, until=until), *invent_racemates(cast, until=until)]
    desk, readings = open_desk(opened), Readings()
    with counting(_("Inventing reports"), len(reports)) as done, writing(opened.engine) as session:
        for sender, part in _by_sender(session, reports):
            _send(session, desk, sender, part, readings)
            done(len(part))
        _warn(session, opened)
    return len(reports)


def _warn(session: Session, opened: Opened) -> None:
    """One advisory, so that a newcomer sees what one looks like; two persons publish it, as always."""
    curators = _organisation(session, _account_of(Role.CURATOR))
    writer, publisher = (
        Viewer(Role.CURATOR, curators.id, curators.country, actor=f"demonstration curator {number}")
        for number in (1, 2)
    )
    publish_example(session, seal_of(opened.settings), writer, publisher)


def _account_of(role: Role) -> Account:
    return next(account for account in ACCOUNTS if account.role is role)


def _by_sender(session: Session, reports: list[Invented]) -> list[tuple[Sender, list[Invented]]]:
    """The reports of each country from its trusted laboratory, and some from the one whose reports are reviewed."""
    sent: dict[Account, list[Invented]] = defaultdict(list)
    met: Counter[str] = Counter()
    for report in reports:
        met[report.country] += 1
        waits = report.country == REVIEWED.country and met[report.country] % _EACH_WAITING == 1
        sent[REVIEWED if waits else _trusted_laboratory(report.country)].append(report)
    return [
        (_sender(session, account), part)
        for account, invented in sorted(sent.items(), key=lambda pair: pair[0].organisation)
        for part in chunks(invented, _AT_ONCE)
    ]


def _trusted_laboratory(country: str) -> Account:
    return Account(Role.LABORATORY, f"Demonstration laboratory {country}", country, accept_on_arrival=True)


def _sender(session: Session, account: Account) -> Sender:
    row = _organisation(session, account)
    return Sender(row, Viewer(Role.LABORATORY, row.id, account.country, actor="demonstration"))


def _send(session: Session, desk: Desk, sender: Sender, invented: list[Invented], readings: Readings) -> None:
    submissions = []
    for report in invented:
        text = json.dumps(report.value)
        arrival = Arrival(text, digest_of_text(text), received_at=report.received_at)
        submissions.append((read_submission(report.value), arrival))
    receive(session, desk, sender, submissions, readings=readings, analogues=False)


def write_accounts(opened: Opened) -> Path:
    """Write accounts and tokens to a file in the var directory, anew where it is not of this registry."""
    path = opened.settings.var_directory / _FILE
    told, seal = _read_accounts(path), seal_of(opened.settings)
    with writing(opened.engine) as session:
        if not _are_of_this_registry(session, told):
            organisations = [(account, _organisation(session, account)) for account in ACCOUNTS]
            told = {
                "accounts": [
                    _person(session, seal, *pair, number) for number, pair in enumerate(organisations, start=1)
                ],
                "tokens": [_token(session, *pair) for pair in organisations],
            }
    told = {"url": opened.settings.public_url, "accounts": told["accounts"], "tokens": told["tokens"]}
    path.touch(mode=0o600)
    path.write_text(json.dumps(told, indent=2) + os.linesep, "utf-8")
    return path


def _read_accounts(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _are_of_this_registry(session: Session, told: dict[str, Any]) -> bool:
    """Whether the tokens of the file open this registry: another one may have stood here before."""
    try:
        for token in told["tokens"]:
            authenticate(session, token["token"])
        return len(told["accounts"]) == len(told["tokens"]) == len(ACCOUNTS) and all(
            account["totp_secret"] for account in told["accounts"]
        )
    except (KeyError, TypeError, NotSignedIn):
        return False


def _organisation(session: Session, account: Account) -> Organisation:
    return stored.find_organisation(session, account.organisation) or create_organisation(
        session, account.organisation, account.country, accept_on_arrival=account.accept_on_arrival
    )


def _person(
    session: Session, seal: Seal, account: Account, organisation: Organisation, number: int
) -> dict[str, object]:
    email, password = f"{account.role.value.replace('_', '-')}-{number}@demonstration.example", mint_password()
    if stored.find_person(session, email) is not None:  # the file with the passwords was lost: a new one beside the old
        email = f"{mint_password()[:6].lower()}.{email}"
    person, secret = create_person(session, email, password, organisation, account.role), mint_secret()
    give(session, seal, person, secret, step=0, actor="command")
    return {"role": account.role.value, "email": email, "password": password, "totp_secret": secret}


def _token(session: Session, account: Account, organisation: Organisation) -> dict[str, object]:
    text, _row = create_token(
        session, organisation, role=account.role, scopes=SCOPES_OF[account.role], label="demonstration"
    )
    return {
        "role": account.role.value,
        "organisation": organisation.name,
        "country": organisation.country,
        "token": text,
        "accept_on_arrival": organisation.accept_on_arrival,
    }


def _tell(path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    typer.echo(_("Demonstration registry: every report in it is invented."), err=True)
    typer.echo(_("Address: %(url)s") % {"url": told["url"]})
    typer.echo(_("Accounts and tokens (also in %(path)s):") % {"path": path})
    for account in told["accounts"]:
        typer.echo(f"  {account['role']:<14} {account['email']}  {account['password']}")
    typer.echo(_("Signing in asks for a code too: nps-registry demonstration codes"))
    for token in told["tokens"]:
        typer.echo(f"  {token['role']:<14} {token['organisation']}: {token['token']}")

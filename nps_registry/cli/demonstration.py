"""``nps-registry demonstration``: a filled registry of invented reports, for a newcomer to look around in."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from nps_registry.accounts.people import create_organisation, create_person, mint_password
from nps_registry.accounts.tokens import create_token
from nps_registry.assets import find_substances
from nps_registry.cli.desk import open_desk
from nps_registry.cli.opened import Opened
from nps_registry.cli.progress import counting
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.demonstration import COUNTRIES, Cast, Invented, invent
from nps_registry.intake.importing import chunks
from nps_registry.intake.receive import receive
from nps_registry.intake.rows import Arrival
from nps_registry.intake.seed import LoadResult, load_files
from nps_registry.intake.table import digest_of_text
from nps_registry.intake.understanding import Desk, Readings, Sender
from nps_registry.localisation import gettext as _
from nps_registry.settings import Settings, read_settings
from nps_registry.store import accounts as stored
from nps_registry.store import schema, substances
from nps_registry.store.engine import Engine, Session, make_engine, writing
from nps_registry.store.registry import create_registry, find_registry
from nps_registry.store.tables import Organisation
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import RegistryMode, Role, Scope
from nps_registry.vocabulary.substance import Nature

app = typer.Typer(help="A registry of invented reports to look around in.", no_args_is_help=True)

REPORTS = 3_000
UNTIL = date(2026, 9, 30)
_FILE = "demonstration.json"
_ADULTERANTS = ("caffeine", "phenacetin", "lidocaine", "levamisole", "xylazine", "mannitol", "paracetamol", "procaine")
_SCOPES = {
    Role.LABORATORY: (Scope.REPORTS_WRITE, Scope.REPORTS_READ),
    Role.FOCAL_POINT: (Scope.REPORTS_READ, Scope.REVIEW),
    Role.SCIENTIST: (Scope.REPORTS_READ, Scope.SEARCH_LARGE),
    Role.CURATOR: (Scope.REPORTS_READ, Scope.REVIEW),
    Role.ADMINISTRATOR: (Scope.REPORTS_READ, Scope.REVIEW),
}


@dataclass(frozen=True, slots=True)
class Player:
    """An account of the demonstration."""

    role: Role
    organisation: str
    country: str
    accept_on_arrival: bool = False


PLAYERS = (
    Player(Role.LABORATORY, "Demonstration laboratory DE", "DE", accept_on_arrival=True),
    Player(Role.LABORATORY, "Demonstration laboratory NL under review", "NL"),
    Player(Role.FOCAL_POINT, "Demonstration focal point DE", "DE"),
    Player(Role.FOCAL_POINT, "Demonstration focal point NL", "NL"),
    Player(Role.SCIENTIST, "Demonstration university", "CH"),
    Player(Role.CURATOR, "Demonstration curators", "AT"),
    Player(Role.ADMINISTRATOR, "Demonstration administration", "AT"),
)


def load_shipped(engine: Engine) -> LoadResult:
    """Bring the registry up to the catalogue that this installation ships."""
    with writing(engine) as session, counting(_("Loading the catalogue"), None) as done:
        told = 0

        def progress(so_far: int, total: int) -> None:
            nonlocal told
            done(so_far - told, total)
            told = so_far

        return load_files(session, find_substances(), progress)


@app.command()
def prepare() -> None:
    """Make the registry of the demonstration where it is not there yet, and write its accounts to a file."""
    settings = read_settings()
    engine = make_engine(settings.database_url)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
    load_shipped(engine)
    opened = Opened(settings, engine, RegistryMode.DEMONSTRATION)
    fill(opened)
    _tell(settings, _accounts(opened))


def fill(opened: Opened, count: int = REPORTS) -> int:
    """Send the invented reports that are not here yet; answer how many were sent."""
    desk = open_desk(opened)
    with writing(opened.engine) as session:
        if stored.find_organisation(session, _laboratory("DE")) is not None:
            return 0
        cast = [
            Cast(row.name, row.smiles, row.chemical_class or "")
            for row in substances.list_with_structure(session, Nature.NPS)
            if row.smiles
        ]
    reports = list(invent(cast, _ADULTERANTS, count, until=UNTIL))
    with counting(_("Inventing reports"), len(reports)) as done, writing(opened.engine) as session:
        senders = _laboratories(session)
        readings = Readings()
        for part in chunks(reports, 250):
            _send(session, desk, senders, part, readings)
            done(len(part))
    return len(reports)


def _laboratory(country: str) -> str:
    return PLAYERS[0].organisation if country == PLAYERS[0].country else f"Demonstration laboratory {country}"


def _laboratories(session: Session) -> dict[str, Sender]:
    senders: dict[str, Sender] = {}
    for country in COUNTRIES:
        row = create_organisation(session, _laboratory(country), country, accept_on_arrival=True)
        senders[country] = Sender(row, Viewer(Role.LABORATORY, row.id, country, actor="demonstration"))
    return senders


def _send(
    session: Session, desk: Desk, senders: dict[str, Sender], reports: list[Invented], readings: Readings
) -> None:
    """Send *reports* in runs of one laboratory each, keeping the order within each."""
    by_country: dict[str, list[Invented]] = {}
    for report in reports:
        by_country.setdefault(report.country, []).append(report)
    for country, invented in by_country.items():
        submissions = []
        for report in invented:
            text = json.dumps(report.value)
            arrival = Arrival(text, digest_of_text(text), received_at=report.received_at)
            submissions.append((read_submission(report.value), arrival))
        receive(session, desk, senders[country], submissions, readings=readings, differences=False)


def _accounts(opened: Opened) -> Path:
    """Write accounts and tokens to a file in the var directory, once; their secrets are random each time."""
    path = opened.settings.var_directory / _FILE
    told = json.loads(path.read_text("utf-8")) if path.exists() else None
    with writing(opened.engine) as session:
        identity = find_registry(session).created_at.isoformat()
        if told is None or told.get("registry") != identity:
            accounts, tokens = [], []
            for number, player in enumerate(PLAYERS, start=1):
                organisation = _organisation(session, player)
                accounts.append(_person(session, player, organisation, number))
                tokens.append(_token(session, player, organisation))
            told = {"registry": identity, "accounts": accounts, "tokens": tokens}
        told["url"] = opened.settings.public_url
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"url": told["url"], **told}, indent=2) + os.linesep, "utf-8")
    return path


def _organisation(session: Session, player: Player) -> Organisation:
    return stored.find_organisation(session, player.organisation) or create_organisation(
        session, player.organisation, player.country, accept_on_arrival=player.accept_on_arrival
    )


def _person(session: Session, player: Player, organisation: Organisation, number: int) -> dict[str, object]:
    email, password = f"{player.role.value.replace('_', '-')}-{number}@demonstration.example", mint_password()
    found = stored.find_person(session, email)
    if found is not None:  # the file with the passwords was lost: make a new account beside the old one
        email = f"{mint_password()[:6].lower()}.{email}"
    create_person(session, email, password, organisation, player.role)
    return {"role": player.role.value, "email": email, "password": password, "organisation": organisation.name}


def _token(session: Session, player: Player, organisation: Organisation) -> dict[str, object]:
    text, _row = create_token(
        session, organisation, role=player.role, scopes=_SCOPES[player.role], label="demonstration"
    )
    return {
        "role": player.role.value,
        "organisation": organisation.name,
        "country": organisation.country,
        "token": text,
        "accept_on_arrival": organisation.accept_on_arrival,
    }


def _tell(settings: Settings, path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    typer.echo(_("Demonstration registry: every report in it is invented."), err=True)
    typer.echo(_("Address: %(url)s") % {"url": settings.public_url})
    typer.echo(_("Accounts and tokens (also in %(path)s):") % {"path": path})
    for account in told["accounts"]:
        typer.echo(f"  {account['role']:<14} {account['email']}  {account['password']}")
    for token in told["tokens"]:
        typer.echo(f"  {token['role']:<14} {token['organisation']}: {token['token']}")

"""``nps-registry users``: organisations and the people in them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nps_registry.accounts.invitations import invite as send_invitation
from nps_registry.accounts.invitations import path_of_invitation
from nps_registry.accounts.people import (
    create_organisation,
    create_person,
    deactivate,
    mint_password,
    remove_second_factor,
)
from nps_registry.accounts.resets import mint_reset, path_of_reset
from nps_registry.accounts.seal import seal_of
from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.cli.tokens import find_organisation
from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Person
from nps_registry.vocabulary.report import Role

app = typer.Typer(help="Organisations and the people in them.", no_args_is_help=True)


@app.command()
def organisation(
    name: Annotated[str, typer.Argument(help=_("Its name."))],
    country: Annotated[str, typer.Option(help=_("Its country, two letters (ISO 3166-1; XK for Kosovo)."))],
    accept_on_arrival: Annotated[
        bool, typer.Option(help=_("Its reports without a problem are accepted at once."))
    ] = False,
) -> None:
    """Make an organisation."""
    opened = open_registry()
    with writing(opened.engine) as session:
        row = create_organisation(session, name, country, accept_on_arrival=accept_on_arrival)
        typer.echo(row.id)


@app.command()
def create(
    email: Annotated[str, typer.Argument(help=_("The address the person signs in with."))],
    organisation: Annotated[str, typer.Option(help=_("The name of the person's organisation."))],
    role: Annotated[Role, typer.Option(help=_("What the person is there."))],
    password_from_stdin: Annotated[bool, typer.Option(help=_("Read the password from standard input."))] = False,
) -> None:
    """Make a person; without a password on standard input one is made and printed, once."""
    given = sys.stdin.readline().rstrip("\n") if password_from_stdin else None
    password = given if given is not None else mint_password()
    opened = open_registry()
    with writing(opened.engine) as session:
        create_person(session, email, password, find_organisation(session, organisation), role)
    if given is None:
        typer.echo(password)
        typer.echo(_("Keep it now: it is not shown again."), err=True)


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help=_("The address that the invitation is sent to."))],
    organisation: Annotated[str, typer.Option(help=_("The name of the organisation."))],
    role: Annotated[Role, typer.Option(help=_("What the person is there."))],
) -> None:
    """Invite a person, and print the link, once: whoever has it makes the account."""
    opened = open_registry()
    seal = seal_of(opened.settings)
    with writing(opened.engine) as session:
        secret = send_invitation(session, seal, email, find_organisation(session, organisation), role)
    typer.echo(opened.settings.public_url + path_of_invitation(secret))
    typer.echo(_("The link works once, within seven days. “nps-registry notices deliver” sends it by mail."), err=True)


@app.command()
def reset(email: Annotated[str, typer.Argument(help=_("The address of the account."))]) -> None:
    """Print a link that sets a new password, once, within an hour; the second factor stays."""
    opened = open_registry()
    with writing(opened.engine) as session:
        secret = mint_reset(session, email, actor="command")
    if secret is None:
        raise NotFound(_("There is no open account with this address."))
    typer.echo(opened.settings.public_url + path_of_reset(secret))


@app.command("remove-second-factor")
def remove_factor(email: Annotated[str, typer.Argument(help=_("The address of the account."))]) -> None:
    """Take a lost second factor off an account; the next sign-in sets up another."""
    opened = open_registry()
    with writing(opened.engine) as session:
        remove_second_factor(session, _find_person(session, email).id)


@app.command("deactivate")
def close(email: Annotated[str, typer.Argument(help=_("The address of the account."))]) -> None:
    """Close an account: its sessions end, and so do the tokens that the person made."""
    opened = open_registry()
    with writing(opened.engine) as session:
        deactivate(session, _find_person(session, email).id)


def _find_person(session: Session, email: str) -> Person:
    person = stored.find_person(session, email)
    if person is None:
        raise NotFound(_("There is no account with this address; “nps-registry users list” shows all."))
    return person


@app.command("list")
def list_people(form: Annotated[Format | None, typer.Option("--format")] = None) -> None:
    """List people with their organisations and roles."""
    opened = open_registry()
    with reading(opened.engine) as session:
        rows = [
            {
                "email": person.email,
                "organisation": holder.name,
                "country": holder.country,
                "role": membership.role.value,
                "active": "yes" if person.active else "no",
            }
            for person in stored.list_people(session)
            for membership, holder in stored.memberships_of(session, person.id)
        ]
    write_rows(rows, form)

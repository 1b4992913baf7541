"""``nps-registry users``: organisations and the people in them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nps_registry.accounts.people import create_organisation, create_person, mint_password
from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.cli.tokens import find_organisation
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store.engine import reading, writing
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

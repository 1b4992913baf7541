"""``nps-registry tokens``: make, list and revoke API tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from nps_registry.accounts.tokens import create_token, revoke_token
from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Organisation
from nps_registry.vocabulary.report import Role, Scope

app = typer.Typer(help="API tokens of organisations.", no_args_is_help=True)


def find_organisation(session: Session, name: str) -> Organisation:
    """The organisation called *name*.

    Raises:
        NotFound: there is none; the sentence says how to make it.
    """
    organisation = stored.find_organisation(session, name)
    if organisation is None:
        raise NotFound(
            _("There is no organisation called “%(name)s”; make it: nps-registry users organisation NAME --country XX")
            % {"name": name}
        )
    return organisation


@app.command()
def create(
    organisation: Annotated[str, typer.Option(help=_("The organisation's name."))],
    scope: Annotated[list[Scope], typer.Option(help=_("What it may be used for; repeat for more."))],
    role: Annotated[Role, typer.Option(help=_("What its holder is here as."))] = Role.LABORATORY,
    label: Annotated[str, typer.Option(help=_("What to tell it by."))] = "",
    days: Annotated[int | None, typer.Option(help=_("Days until it expires; never if not given."))] = None,
) -> None:
    """Make a token and print it, once: only its digest is kept."""
    opened = open_registry()
    with writing(opened.engine) as session:
        holder = find_organisation(session, organisation)
        text, _row = create_token(session, holder, role=role, scopes=scope, label=label, days=days)
    typer.echo(text)
    typer.echo(_("Keep it now: it is not shown again."), err=True)


@app.command("list")
def list_tokens(form: Annotated[Format | None, typer.Option("--format")] = None) -> None:
    """List the tokens; none of them can be read back."""
    opened = open_registry()
    with reading(opened.engine) as session:
        rows = [
            {
                "id": token.id,
                "organisation": organisation.name,
                "role": token.role.value,
                "scopes": " ".join(token.scopes),
                "label": token.label,
                "ends_with": token.hint,
                "expires_at": token.expires_at.isoformat() if token.expires_at else "",
                "last_used_at": token.last_used_at.isoformat() if token.last_used_at else "",
                "revoked": "yes" if token.revoked_at else "",
            }
            for token, organisation in stored.list_tokens(session)
        ]
    write_rows(rows, form)


@app.command()
def revoke(token_id: Annotated[str, typer.Argument(help=_("The id that “tokens list” shows."))]) -> None:
    """End a token at once."""
    opened = open_registry()
    with writing(opened.engine) as session:
        revoke_token(session, token_id)
    typer.echo(_("The token is revoked."), err=True)

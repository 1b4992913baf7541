"""``nps-registry audit``: hold the audit trail against its own seals."""

from __future__ import annotations

from typing import Annotated

import typer

from nps_registry.cli.opened import open_registry
from nps_registry.errors import Conflict, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store import audit
from nps_registry.store.engine import reading

app = typer.Typer(help="The audit trail.", no_args_is_help=True)
_DIGEST_LENGTH = 64


@app.callback()
def group() -> None:
    """The audit trail."""


@app.command()
def verify(
    kept: Annotated[
        str | None,
        typer.Option(help=_("What this command printed earlier, NUMBER:DIGEST; shows that nothing was cut off since.")),
    ] = None,
) -> None:
    """Check every entry's seal, and print the number and digest of the last one, to be kept elsewhere."""
    opened = open_registry()
    with reading(opened.engine) as session:
        broken = audit.verify(session, _read_kept(kept) if kept else None)
        sequence, digest = audit.newest(session)
    if broken is not None:
        raise Conflict(
            _("Entry %(number)d %(reason)s; keep the database as it is and find out who wrote to it.")
            % {"number": broken.sequence, "reason": broken.reason}
        )
    typer.echo(f"{sequence}:{digest}")
    typer.echo(_("%(count)d entries, chain whole.") % {"count": sequence}, err=True)


def _read_kept(given: str) -> tuple[int, str]:
    number, _colon, digest = given.strip().partition(":")
    if not (number.isascii() and number.isdigit()) or len(digest) != _DIGEST_LENGTH:
        raise InvalidInput(_("Write what “audit verify” printed: NUMBER:DIGEST."))
    return int(number), digest

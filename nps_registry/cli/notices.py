"""``nps-registry notices``: send what waits to be told."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from nps_registry.accounts.seal import seal_of
from nps_registry.cli import signed
from nps_registry.cli.opened import Opened, open_registry
from nps_registry.localisation import gettext as _
from nps_registry.notices.delivery import deliver_mail

app = typer.Typer(help="What waits to be told to others.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """What waits to be told to others."""


app.command("verify")(signed.verify)
app.command("bulletin")(signed.bulletin)
app.command("keys")(signed.keys)
app.command("rotate-key")(signed.rotate_key)


@app.command()
def deliver(
    every: Annotated[int | None, typer.Option(min=1, help=_("Go on, looking again after so many seconds."))] = None,
) -> None:
    """Send the mail that waits; exit code 1 where some of it could not be sent."""
    opened = open_registry()
    complete = _deliver(opened)
    while every is not None:
        time.sleep(every)
        complete = _deliver(opened)
    if not complete:
        raise typer.Exit(1)


def _deliver(opened: Opened) -> bool:
    told = deliver_mail(opened.engine, opened.settings, seal_of(opened.settings))
    if told.sent or told.postponed or told.parked:
        typer.echo(
            _("%(sent)d sent, %(postponed)d to be tried again, %(parked)d given up")
            % {"sent": told.sent, "postponed": told.postponed, "parked": told.parked},
            err=True,
        )
    if told.reason:
        typer.echo(_("The last one failed: %(reason)s") % {"reason": told.reason}, err=True)
    return not (told.postponed or told.parked)

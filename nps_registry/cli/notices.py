"""``nps-registry notices``: send what waits to be told."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from nps_registry.accounts.seal import seal_of
from nps_registry.cli import signed
from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.errors import NotFound, NotReady
from nps_registry.localisation import gettext as _
from nps_registry.notices.delivery import Delivery, deliver_mail
from nps_registry.notices.rounds import Rounds, open_rounds
from nps_registry.store import deliveries as stored
from nps_registry.store.engine import reading, writing

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
    """Send the notices and the mail that wait; exit code 1 where some of it could not be sent."""
    opened = open_registry()
    with open_rounds(opened.engine, opened.settings, seal_of(opened.settings)) as rounds:
        complete = _deliver(rounds, goes_on=every is not None)
        while every is not None:
            time.sleep(every)
            complete = _deliver(rounds, goes_on=True)
    if not complete:
        raise typer.Exit(1)


def _deliver(rounds: Rounds, *, goes_on: bool) -> bool:
    """One round; without a mail server webhooks are sent all the same."""
    outcomes = [rounds.go()]
    try:
        outcomes.append(deliver_mail(rounds.engine, rounds.settings, rounds.seal))
    except NotReady as refusal:
        _tell(outcomes)
        if not goes_on:
            raise
        typer.echo(refusal.detail, err=True)
        return False
    _tell(outcomes)
    return not any(each.postponed or each.parked for each in outcomes)


def _tell(outcomes: list[Delivery]) -> None:
    sent, postponed, parked = (
        sum(getattr(each, name) for each in outcomes) for name in ("sent", "postponed", "parked")
    )
    if sent or postponed or parked:
        typer.echo(
            _("%(sent)d sent, %(postponed)d to be tried again, %(parked)d given up")
            % {"sent": sent, "postponed": postponed, "parked": parked},
            err=True,
        )
    for reason in [each.reason for each in outcomes if each.reason]:
        typer.echo(_("The last one failed: %(reason)s") % {"reason": reason}, err=True)


@app.command()
def deliveries(
    retry: Annotated[str | None, typer.Option(help=_("Try this one anew, or with “all” every one."))] = None,
    form: Annotated[Format | None, typer.Option("--format", help=_("Form of the result."))] = None,
) -> None:
    """List the notices that were given up, each with the reason; or let them be tried anew."""
    opened = open_registry()
    if retry is not None:
        with writing(opened.engine) as session:
            count = stored.retry(session, datetime.now(UTC), None if retry == "all" else retry[:64])
        if not count and retry != "all":
            raise NotFound(_("No delivery that was given up has the id “%(id)s”.") % {"id": retry[:64]})
        typer.echo(_("%(count)d to be tried again") % {"count": count}, err=True)
        return
    with reading(opened.engine) as session:
        rows = [
            {
                "id": delivery.id,
                "channel": delivery.channel.value,
                "notice": f"{notice.kind.value} {notice.change.value}",
                "made": delivery.made_at.strftime("%Y-%m-%d %H:%M"),
                "attempts": delivery.attempts,
                "reason": delivery.reason,
            }
            for delivery, notice, _subscription in stored.list_parked(session)
        ]
    write_rows(rows, form)

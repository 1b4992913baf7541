"""``nps-registry signals``: evaluate the rules over all that was accepted, and list what they say of a period."""

from __future__ import annotations

from typing import Annotated

import typer

from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.errors import InvalidInput
from nps_registry.http.shapes import write_quarter
from nps_registry.http.signal_json import read_quarter
from nps_registry.intake.owed import read_what_is_owed
from nps_registry.intake.receive import publish
from nps_registry.localisation import gettext as _
from nps_registry.signals import evaluation, wording
from nps_registry.store import changes, signals, watch
from nps_registry.store.engine import Session, writing
from nps_registry.store.signal_rows import Changes
from nps_registry.store.signals import SignalQuestion, SignalRow
from nps_registry.store.viewer import COMMAND

app = typer.Typer(help="Signals: what rose above what was expected.", no_args_is_help=True)
_AT_ONCE = 1_000


@app.callback()
def group() -> None:
    """Signals: what rose above what was expected."""


@app.command()
def evaluate(
    since: Annotated[str | None, typer.Option("--from", help=_("List signals from this quarter on, 2026-Q1."))] = None,
    until: Annotated[str | None, typer.Option("--to", help=_("List signals up to this quarter."))] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help=_("Read all reports again before, not only what changed."))
    ] = False,
    form: Annotated[Format | None, typer.Option("--format", help=_("How to write the results."))] = None,
) -> None:
    """Evaluate every rule; evaluating again changes nothing. Lists the signals of the period, retracted ones too."""
    question = SignalQuestion(
        since=read_quarter(since) if since else None, until=read_quarter(until) if until else None, retracted=True
    )
    if question.since and question.until and question.since > question.until:
        raise InvalidInput(_("The period ends before it begins; give --from a quarter that is not behind --to."))
    opened = open_registry()
    read_what_is_owed(opened.engine)
    with writing(opened.engine) as session:
        made = publish(session).signals
        if anew:
            watch.follow_all(session)
        made.add(evaluation.evaluate_all(session))
        if made.public:
            changes.touch(session)
        rows = [_told(row, made) for row in _read(session, question)]
    write_rows(rows, form)
    typer.echo(
        _("%(raised)d raised, %(retracted)d retracted, %(changed)d changed.")
        % {"raised": len(made.raised), "retracted": len(made.retracted), "changed": len(made.changed)},
        err=True,
    )


def _read(session: Session, question: SignalQuestion) -> list[SignalRow]:
    found: list[SignalRow] = []
    cursor: str | None = None
    while True:
        page = signals.list_signals(session, COMMAND, question, limit=_AT_ONCE, cursor=cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def _told(row: SignalRow, made: Changes) -> dict[str, object]:
    signal = row.signal
    change = "raised" if signal.id in made.raised else "retracted" if signal.id in made.retracted else ""
    return {
        "id": signal.id,
        "kind": signal.kind.value,
        "accession": row.accession,
        "name": row.name,
        "place": signal.place,
        "quarter": write_quarter(signal.year, signal.quarter),
        "audience": signal.audience,
        "state": signal.state.value,
        "retracted": signal.retracted,
        "score": signal.score,
        "rule": signal.rule,
        "headline": wording.headline(signal),
        "evidence": " ".join(wording.tell_evidence(signal, is_reviewer=True)),
        "change": change,
    }

"""``nps-registry reports``: a laboratory's own table into the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nps_registry.cli.desk import open_desk
from nps_registry.cli.opened import open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.cli.progress import counting
from nps_registry.cli.tokens import find_organisation
from nps_registry.intake.answers import read_answers, write_unrecognised
from nps_registry.intake.importing import import_table
from nps_registry.intake.mapping import read_mapping
from nps_registry.intake.outcome import Outcome
from nps_registry.intake.suggesting import suggest_answer
from nps_registry.intake.understanding import Sender
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import reading
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role

app = typer.Typer(help="Reports of laboratories.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Reports of laboratories."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help=_("The laboratory's table, CSV."))],
    mapping: Annotated[Path, typer.Option(help=_("How its columns say what a report says, TOML."))],
    organisation: Annotated[str, typer.Option(help=_("Whose reports they are."))],
    answers: Annotated[Path | None, typer.Option(help=_("Names answered by a curator, CSV."))] = None,
    unrecognised: Annotated[
        Path | None, typer.Option(help=_("Where to write the names that were not recognised, CSV."))
    ] = None,
    form: Annotated[Format | None, typer.Option("--format")] = None,
) -> None:
    """Make a report of every row that is not one yet; what cannot be read is named, row by row.

    Run it again with the names answered: rows that are reports already are identified anew, and none is doubled.
    """
    opened = open_registry()
    desk, columns = open_desk(opened), read_mapping(mapping)
    answered = read_answers(answers) if answers else {}
    with reading(opened.engine) as session:
        holder = find_organisation(session, organisation)
    sender = Sender(holder, Viewer(Role.LABORATORY, holder.id, holder.country, actor="command"))
    with counting(_("Rows"), None) as done:
        outcome = import_table(opened.engine, desk, sender, file, mapping=columns, answers=answered, progress=done)
    _tell_faults(outcome)
    if unrecognised:
        names = outcome.names(lambda name: suggest_answer(desk, name))
        still = write_unrecognised(unrecognised, names, answered)
        typer.echo(
            _("%(count)d names wait for an answer in %(path)s.") % {"count": still, "path": unrecognised}, err=True
        )
    write_rows(_figures(outcome), form)
    if outcome.faults:
        raise typer.Exit(1)


def _tell_faults(outcome: Outcome) -> None:
    for fault in outcome.faults[:20]:
        for error in fault.errors:
            typer.echo(
                _("row %(row)d: %(field)s: %(message)s")
                % {"row": fault.number, "field": error.field, "message": error.message},
                err=True,
            )
    if len(outcome.faults) > 20:
        typer.echo(_("… and %(count)d more rows.") % {"count": len(outcome.faults) - 20}, err=True)


def _figures(outcome: Outcome) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"figure": "rows", "count": outcome.rows},
        {"figure": "reports made", "count": outcome.reports},
        {"figure": "reports accepted", "count": outcome.accepted},
        {"figure": "rows that were reports already", "count": outcome.repeated},
        {"figure": "of these, identified anew", "count": outcome.reidentified},
        {"figure": "of these, changed since and left alone", "count": outcome.left},
        {"figure": "rows with faults", "count": len(outcome.faults)},
        {"figure": "detections", "count": outcome.detections},
    ]
    rows += [{"figure": f"detections: {match.value}", "count": count} for match, count in outcome.matches.most_common()]
    rows.append({"figure": "names not recognised", "count": len(outcome.unrecognised)})
    rows.append({"figure": "detections by names not recognised", "count": sum(outcome.unrecognised.values())})
    return rows

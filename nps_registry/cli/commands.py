"""All commands under one name."""

from __future__ import annotations

import typer

from nps_registry import __version__
from nps_registry.cli import catalogue, db, demonstration, doctor, reports, search, tokens, users
from nps_registry.cli.serve import serve
from nps_registry.localisation import gettext as _

app = typer.Typer(
    help="An open early-warning registry for new psychoactive substances.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(doctor.doctor)
for name, group in (
    ("catalogue", catalogue),
    ("reports", reports),
    ("search", search),
    ("db", db),
    ("users", users),
    ("tokens", tokens),
    ("demonstration", demonstration),
):
    app.add_typer(group.app, name=name)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def start(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help=_("Show the version and stop.")
    ),
) -> None:
    """Results go to stdout, progress and messages to stderr; exit code 0, 1 (cannot be answered) or 2 (wrong usage)."""

"""All commands under one name, each imported when it is asked for: the help is there at once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from nps_registry import __version__
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

if TYPE_CHECKING:
    from typer._click.core import Command, Context

SINGLE = {
    "serve": mark("Serve the registry over HTTP."),
    "backup": mark("Write everything into one file."),
    "restore": mark("Put a backup back."),
    "publish": mark("Write the public site as files."),
    "screen": mark("Compare a whole library with the registry."),
    "doctor": mark("Explain the state of this installation."),
}
GROUPS = {
    "catalogue": mark("The catalogue's files: check, load, compare, export."),
    "reports": mark("Reports of laboratories."),
    "search": mark("Find substances."),
    "db": mark("The database's tables."),
    "users": mark("Organisations and the people in them."),
    "tokens": mark("API tokens of organisations."),
    "signals": mark("Signals: what rose above what was expected."),
    "notices": mark("What waits to be told to others."),
    "audit": mark("The audit trail."),
    "demonstration": mark("A registry of invented reports to look around in."),
}


class _OnDemand(TyperGroup):
    """Lists every command by its sentence, and imports the one that is run."""

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The command that *args* name, in the place of its sentence."""
        if args[0] in self.commands:
            self.add_command(load(args[0]), args[0])
        return super().resolve_command(ctx, args)


def load(name: str) -> Command:
    """The command or group called *name*, from the module of that name."""
    app: typer.Typer = import_module(f"nps_registry.cli.{name}").app
    app.rich_markup_mode = None
    return get_group(app) if name in GROUPS else get_command(app)


app = typer.Typer(
    cls=_OnDemand,
    help=_("An open early-warning registry for new psychoactive substances."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain sentences: they start faster, and a log or a pipe can take them
)


def _announce(name: str, sentence: str) -> None:
    @app.command(name, help=sentence)
    def announced() -> None:
        """Stands in the list only; :class:`_OnDemand` puts the command in its place."""


for _name, _sentence in {**SINGLE, **GROUPS}.items():
    _announce(_name, _(_sentence))


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

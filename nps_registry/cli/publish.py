"""``nps-registry publish``: the whole public site as files, for a delivery network or a place without a network."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.app import create_app
from nps_registry.cli.progress import counting
from nps_registry.cli.site_copy import Copier, put_in_place, require_place
from nps_registry.errors import InvalidInput
from nps_registry.http.static_copy import Site
from nps_registry.localisation import gettext as _
from nps_registry.settings import read_settings

app = typer.Typer(help="Write the public site as files.")


@app.command()
def publish(
    directory: Annotated[Path, typer.Argument(help=_("Where the files go: a new directory, or one published before."))],
    live: Annotated[
        str, typer.Option(help=_("Address of the registry that searches lead to; without it they are left out."))
    ] = "",
) -> None:
    """Write everything that a visitor can read into files: pages, drawings, figures, feeds and exports.

    Links lead from file to file, so that the copy can be read from a disk, or be served by anything that serves
    files. What answers questions stays with the registry. A directory that was published before is replaced once the
    new copy is whole.
    """
    if live and not live.startswith(("https://", "http://")):
        raise InvalidInput(_("--live takes an address that begins with https:// or http://."))
    settings = read_settings()
    require_place(directory)
    site = Site(settings.public_url, live.rstrip("/"))
    with counting(_("Publishing"), None) as told:
        copied = asyncio.run(Copier(create_app(settings), site, told).copy(directory))
    put_in_place(directory)
    typer.echo(str(directory))
    typer.echo(
        _("%(files)d files, %(megabytes).0f MB.") % {"files": len(copied.files), "megabytes": copied.size_bytes / 1e6},
        err=True,
    )
    if copied.missing:
        typer.echo(
            _("%(count)d links lead to pages that are not there, first %(first)s.")
            % {"count": len(copied.missing), "first": copied.missing[0]},
            err=True,
        )

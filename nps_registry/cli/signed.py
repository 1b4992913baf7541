"""Of ``nps-registry notices``: what concerns signatures and bulletins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.accounts.seal import seal_of
from nps_registry.cli.opened import open_registry
from nps_registry.localisation import gettext as _
from nps_registry.notices import signing
from nps_registry.notices.bulletins import issue, require_period
from nps_registry.notices.signing import PublicKey
from nps_registry.store.engine import reading, writing


def verify(
    file: Annotated[Path, typer.Argument(help=_("An advisory or bulletin as JSON."), exists=True, dir_okay=False)],
    key: Annotated[
        Path | None,
        typer.Option(
            help=_("The registry's public keys, as saved from /.well-known/nps-registry-keys.json; else those here."),
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Say whether a document is what the registry signed; exit code 1 where it is not."""
    verdict = signing.verify(signing.read_document(file.read_bytes()), _keys(key))
    typer.echo(verdict.sentence)
    if not verdict.valid:
        raise typer.Exit(1)


def keys() -> None:
    """Print the public keys that documents are verified with."""
    opened = open_registry()
    signing.have_key(opened.engine, seal_of(opened.settings))
    typer.echo(json.dumps(signing.write_keys(_keys(None)), indent=2))


def rotate_key() -> None:
    """Sign with a fresh key from now on; what was signed before stays verifiable."""
    opened = open_registry()
    with writing(opened.engine) as session:
        row = signing.rotate_key(session, seal_of(opened.settings), actor="command")
    typer.echo(_("Documents are signed with the key %(key)s from now on.") % {"key": row.id})


def bulletin(
    period: Annotated[str, typer.Argument(help=_("2026-10 for a month, 2026-Q3 for a quarter."))],
    pdf: Annotated[Path | None, typer.Option(help=_("Write it for print to this file."), dir_okay=False)] = None,
) -> None:
    """Issue the bulletin of a period that has ended; a further version only where its figures have changed."""
    opened = open_registry()
    with writing(opened.engine) as session:
        row, fresh = issue(session, seal_of(opened.settings), require_period(period), actor="command")
    told = {"id": row.content["id"], "version": row.version}
    typer.echo(
        (_("%(id)s, version %(version)d, is issued.") if fresh else _("%(id)s stays at version %(version)d.")) % told
    )
    if pdf is not None:
        from nps_registry.pages.bulletins.print import print_bulletin  # charts and the typesetter, for print only

        pdf.write_bytes(print_bulletin(row, opened.settings.public_url))


def _keys(file: Path | None) -> list[PublicKey]:
    if file is not None:
        return signing.read_keys(file.read_bytes())
    with reading(open_registry().engine) as session:
        return signing.public_keys(session)

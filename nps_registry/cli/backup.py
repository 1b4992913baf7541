"""``nps-registry backup``: everything in one file, while the registry serves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.cli.opened import open_registry
from nps_registry.errors import Conflict
from nps_registry.intake.attachments import cabinet_in
from nps_registry.localisation import gettext as _
from nps_registry.store.backup import write_backup

app = typer.Typer(help="Write a backup.")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help=_("A file, or a directory to put a dated one into."))],
) -> None:
    """Write everything into one file: the rows of every table and every attached file, each with its digest.

    It is consistent while the registry serves, and can be restored into SQLite and into PostgreSQL. The key that second
    factors are kept encrypted with (NPS_SECRET_KEY or secret.key) is not in it: keep that apart.
    """
    opened = open_registry()
    settings = opened.settings
    path = target
    if target.is_dir():
        path = target / f"nps-registry-{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}.zip"
    if path.exists():
        raise Conflict(_("%(path)s is there already; name another file.") % {"path": path})
    cabinet = cabinet_in(settings.var_directory, settings.attachment_limit_bytes, settings.attachments_per_report)
    result = write_backup(opened.engine, cabinet.files, path)
    typer.echo(str(result.path))
    typer.echo(
        _("%(rows)d rows of %(tables)d tables and %(files)d attached files.")
        % {"rows": result.rows, "tables": result.tables, "files": result.files},
        err=True,
    )

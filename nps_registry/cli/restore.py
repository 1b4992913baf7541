"""``nps-registry restore``: a backup put back, verified before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nps_registry.intake.attachments import cabinet_in
from nps_registry.localisation import gettext as _
from nps_registry.settings import read_settings
from nps_registry.store.engine import make_engine
from nps_registry.store.restore import restore_backup

app = typer.Typer(help="Put a backup back.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help=_("The backup."))],
    overwrite: Annotated[bool, typer.Option(help=_("Lose what the registry holds now."))] = False,
) -> None:
    """Put a backup into the database that NPS_DATABASE_URL names, of either kind; stop the server meanwhile.

    Every part is compared with its digest first. A registry that holds anything is left alone without --overwrite.
    """
    settings = read_settings()
    engine = make_engine(settings.database_url)
    cabinet = cabinet_in(settings.var_directory, settings.attachment_limit_bytes, settings.attachments_per_report)
    result = restore_backup(engine, cabinet.files, file, overwrite=overwrite)
    typer.echo(
        _("%(rows)d rows of %(tables)d tables and %(files)d attached files are back.")
        % {"rows": result.rows, "tables": result.tables, "files": result.files},
        err=True,
    )

"""``nps-registry db``: bring the tables up to date, and say whether they are."""

from __future__ import annotations

import typer

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.settings import read_settings
from nps_registry.store import followed, schema
from nps_registry.store.engine import Engine, make_engine, reading

app = typer.Typer(help="The database's tables.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the tables to this version; harmless where they are there already."""
    engine = make_engine(read_settings().database_url)
    before = bring_up_to_date(engine)
    if before == schema.head():
        typer.echo(_("The tables are up to date (revision %(now)s).") % {"now": before}, err=True)
    else:
        told = {"before": before or _("no tables"), "now": schema.head()}
        typer.echo(_("The tables went from %(before)s to revision %(now)s.") % told, err=True)


def bring_up_to_date(engine: Engine) -> str | None:
    """Bring the tables to this version, and what they hold of the reports; answers the revision before."""
    before = schema.upgrade(engine)
    with reading(engine) as session:
        is_reading_due = followed.is_reading_due(session)
    if is_reading_due:
        from nps_registry.intake.owed import read_what_is_owed  # takes longer to load than the other commands take

        read_what_is_owed(engine)
    return before


@app.command()
def check() -> None:
    """Say whether the tables are those of this version; exit code 1 where they are not."""
    engine = make_engine(read_settings().database_url)
    schema.require_current(engine)
    differences = schema.check(engine)
    for difference in differences:
        typer.echo(difference)
    if differences:
        raise NotReady(_("The tables differ from those of this version although their revision is right."))
    typer.echo(_("The tables are those of this version (revision %(now)s).") % {"now": schema.head()}, err=True)

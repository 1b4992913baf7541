"""The state of the database's tables: bring them up to date, and say whether they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import is_sqlite, refuse_when_unreachable
from nps_registry.store.followed import owe_reading
from nps_registry.store.tables import Table

if TYPE_CHECKING:
    from alembic.config import Config


# Alembic is imported where it works: a server that starts asks for the revision only, and Alembic's import
# would be a tenth of its start.
REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014",
    "0015", "0016", "0017", "0018", "0019",
)  # fmt: skip
"""Every migration in order; a test holds them against the files."""


def head() -> str:
    """The newest revision that this version of the registry knows."""
    return REVISIONS[-1]


def current_revision(engine: Engine) -> str | None:
    """The revision of the database; none where it has no tables yet.

    Raises:
        NotReady: where the database cannot be reached.
    """
    with refuse_when_unreachable(), _looking(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def upgrade(engine: Engine, revision: str = "head") -> str | None:
    """Bring the tables to *revision* in one transaction; answer the revision they had before.

    Where they were others, all reports are to be read again; that is kept in the same transaction.

    Raises:
        NotReady: where the database cannot be reached, or a newer version of the registry made it.
    """
    _make_directory(engine)
    before = current_revision(engine)
    _refuse_unknown(before)
    from alembic import command

    with refuse_when_unreachable(), _migrating(engine) as connection:
        command.upgrade(_config(connection), revision)
        if revision == "head" and before not in {None, head()}:
            owe_reading(connection)
    return before


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to *revision* (``base``: none); what the dropped tables held is lost."""
    from alembic import command

    with refuse_when_unreachable(), _migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def check(engine: Engine) -> tuple[str, ...]:
    """What the database differs in from the tables of this version, one line each; none where it is as it should be.

    Raises:
        NotReady: where the database cannot be reached.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with refuse_when_unreachable(), _looking(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Table.metadata})
        return tuple(_describe(difference) for difference in compare_metadata(context, Table.metadata))


def require_current(engine: Engine) -> None:
    """Refuse to work on tables of another revision.

    Raises:
        NotReady: naming the command that mends it.
    """
    revision = current_revision(engine)
    _refuse_unknown(revision)
    if revision != head():
        raise NotReady(_("The database's tables are not those of this version; run: nps-registry db upgrade"))


def _refuse_unknown(revision: str | None) -> None:
    if revision is not None and revision not in REVISIONS:
        raise NotReady(
            _("A newer version of nps-registry made this database (revision %(revision)s); install that version.")
            % {"revision": revision}
        )


def _config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no file for it, so an installed wheel needs none."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "nps_registry.store:migrations")
    config.attributes["connection"] = connection
    return config


def _looking(engine: Engine) -> Connection:
    """A connection that waits for no writer."""
    return engine.execution_options(nps_writes=False).connect()


def _make_directory(engine: Engine) -> None:
    """Make the directory of an embedded database, which SQLite does not do itself."""
    if is_sqlite(engine) and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for migrations. SQLite copies a table to alter it, so its foreign keys rest meanwhile."""
    with engine.connect() as connection:
        if not is_sqlite(engine):
            with connection.begin():
                yield connection
            return
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration leaves rows that refer to nothing: {broken[:3]}")
        finally:
            raw.cursor().execute("PRAGMA foreign_keys=ON")


def table_names(engine: Engine) -> frozenset[str]:
    """The tables that the database has."""
    return frozenset(inspect(engine).get_table_names())


def _describe(difference: object) -> str:
    """One difference as Alembic found it, in one line."""
    return " ".join(str(difference).split())[:400]

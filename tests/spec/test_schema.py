"""The migrations build the tables that the code expects, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from nps_registry.errors import NotReady
from nps_registry.store import schema
from nps_registry.store.engine import Engine, make_engine
from nps_registry.store.migrations import versions


@pytest.fixture
def empty_engine(empty_database_url: str) -> Engine:
    return make_engine(empty_database_url)


def test_the_migrations_build_what_the_tables_say(empty_engine: Engine) -> None:
    schema.upgrade(empty_engine)
    assert schema.check(empty_engine) == ()
    schema.require_current(empty_engine)


def test_a_difference_from_the_tables_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_substance_inchikey")
    assert any("ix_substance_inchikey" in difference for difference in schema.check(engine))


def test_the_revisions_named_in_the_code_are_the_migrations_there_are() -> None:
    files = sorted(path.name[:4] for path in Path(versions.__path__[0]).glob("0*.py"))
    assert list(schema.REVISIONS) == files


def test_upgrading_twice_changes_nothing(empty_engine: Engine) -> None:
    assert schema.upgrade(empty_engine) is None
    assert schema.upgrade(empty_engine) == schema.head()


def test_every_migration_can_be_undone(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    assert schema.table_names(engine) <= {"alembic_version"}
    schema.upgrade(engine)
    assert schema.check(engine) == ()


def test_a_database_without_tables_is_refused_with_the_command_that_mends_it(empty_engine: Engine) -> None:
    with pytest.raises(NotReady, match="nps-registry db upgrade"):
        schema.require_current(empty_engine)


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NotReady, match="newer version"):
        schema.upgrade(engine)

"""The ground under the other tests: each has a database of its own, made by the migrations."""

from __future__ import annotations

from nps_registry.store import schema
from nps_registry.store.engine import Engine, make_engine
from tests.databases import Databases
from tests.postgresql import SERVER_OPTIONS, Cluster


def test_a_test_begins_with_every_table(engine: Engine) -> None:
    assert schema.current_revision(engine) == schema.head()


def test_two_databases_of_one_test_share_nothing(databases: Databases) -> None:
    first, second = make_engine(databases.migrated()), make_engine(databases.migrated())
    with first.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE only_here (a INTEGER)")
    assert "only_here" not in schema.table_names(second)
    first.dispose()
    second.dispose()


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    assert schema.table_names(engine) == frozenset()
    engine.dispose()


def test_the_server_of_the_tests_is_far_from_utc_but_our_connections_are_not(
    cluster: Cluster, postgresql_databases: Databases
) -> None:
    engine = make_engine(postgresql_databases.empty())
    with engine.connect() as connection:
        zone = connection.exec_driver_sql("SHOW timezone").scalar_one()
    engine.dispose()
    assert (zone, SERVER_OPTIONS["timezone"]) == ("UTC", "Pacific/Auckland")

"""How long a laboratory's table of 10,000 rows over 500 structures takes, beside the work that nobody can avoid.

The peer reads the rows of the table, standardises each structure once, and inserts in bulk the very rows that the batch
left in the database. Both end in one commit, on the database that is measured.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import insert, select
from sqlmodel import col

from benchmarks.interleaved import Contender, take_turns
from benchmarks.server import fill_registry, load_shipped
from nps_registry.accounts.people import create_organisation
from nps_registry.assets import find_substances
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.chemistry.reading import read
from nps_registry.intake.batch import BatchWish, SentTable, receive_batch
from nps_registry.intake.table_form import TableForm, digest_of_bytes, read_whole_table
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.tables import (
    AuditEvent,
    Detection,
    Event,
    IdempotentAnswer,
    ImportedFile,
    Item,
    Organisation,
    OutboxMessage,
    PublicCount,
    PublicDelay,
    PublicFinding,
    PublicYear,
    Report,
    ReportDelay,
    ReportRevision,
    SeriesJudgement,
    Signal,
    SignalReport,
    SignalStep,
    Substance,
    SurroundingsDue,
    Table,
    WatchedCount,
    WatchedEvent,
    WatchedPlace,
    WatchedTotal,
    WatchedWeek,
)
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import RegistryMode, Role
from tests.postgresql import Cluster, running_cluster

ROWS, STRUCTURES, WITHIN = 10_000, 500, 2.0
ROUNDS = 1
WRITTEN: tuple[type[Table], ...] = (
    Event, Report, Item, Detection, ReportRevision, IdempotentAnswer, ImportedFile, AuditEvent, OutboxMessage,
    PublicFinding, PublicCount, PublicYear, ReportDelay, PublicDelay,
    WatchedEvent, WatchedCount, WatchedPlace, WatchedWeek, WatchedTotal, SeriesJudgement, SurroundingsDue,
    Signal, SignalReport, SignalStep,
)  # fmt: skip


@dataclass
class Prepared:
    """A registry with the catalogue and a laboratory, and what its batch is made of.

    Attributes:
        renew: gives a registry that holds the catalogue and the laboratory and no report.
        written: the rows that the batch left, per table; taken once.
    """

    renew: Callable[[], Engine]
    organisation: Organisation
    body: bytes
    structures: Sequence[str]
    written: dict[type[Table], list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class Fresh:
    """A registry without reports, another one for each run."""

    prepared: Prepared

    def open(self) -> None:
        """Have one ready, and what a server has ready before a batch comes."""
        self.engine = self.prepared.renew()
        self.desk = Desk(
            SubstanceIndex.of(self.engine), ClassRules.build(read_classes(find_substances())), demonstration=False
        )

    def close(self) -> None:
        """Let go of it: its connections would be in the way of what follows."""
        self.engine.dispose()


def write_table(structures: Sequence[str]) -> bytes:
    """A laboratory's table: every row a seizure with a reference of its own."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        "own_reference event_type collected_on country setting sharing form net_mass_g structure reported_as role "
        "techniques purity_percent".split()
    )
    for number in range(ROWS):
        writer.writerow([
            f"A-{number}", "seizure", f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}", "DE", "post", "public",
            "powder", number % 100 + 0.5, structures[number % STRUCTURES], f"Finding {number % STRUCTURES}", "major",
            "GC-MS; NMR", number % 90 + 1,
        ])  # fmt: skip
    return text.getvalue().encode()


def prepare(url: str, renew: Callable[[], Engine]) -> Prepared:
    """Add a laboratory to the registry at *url* and take 500 structures from its catalogue."""
    engine = make_engine(url)
    with writing(engine) as session:
        organisation = create_organisation(session, "Laboratory", "DE", accept_on_arrival=True)
    with reading(engine) as session:
        wanted = select(col(Substance.smiles)).where(col(Substance.smiles).is_not(None))
        structures = [text for text in session.scalars(wanted.order_by(col(Substance.id)).limit(STRUCTURES)) if text]
    engine.dispose()
    return Prepared(renew, organisation, write_table(structures), structures)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A registry in a SQLite file, copied for each round."""
    directory = tmp_path_factory.mktemp("batch")
    url, numbers = fill_registry(directory / "registry.sqlite"), itertools.count()

    def renew() -> Engine:
        engine = make_engine(url)
        with engine.execution_options(nps_writes=False).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        copy = directory / f"{next(numbers)}.sqlite"
        copy.write_bytes((directory / "registry.sqlite").read_bytes())
        return make_engine(f"sqlite:///{copy}")

    return prepare(url, renew)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL server, the one of the tests."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="module")
def on_postgresql(cluster: Cluster) -> Prepared:
    """A registry in PostgreSQL, copied for each round."""
    cluster.create("registry")
    numbers = itertools.count()
    load_shipped(cluster.url("registry"), RegistryMode.REAL)

    def renew() -> Engine:
        name = f"copy_{next(numbers)}"
        cluster.create(name, template="registry")
        return make_engine(cluster.url(name))

    return prepare(cluster.url("registry"), renew)


def keep_batch(engine: Engine, desk: Desk, prepared: Prepared) -> None:
    """The batch, as the API keeps it."""
    organisation = prepared.organisation
    sender = Sender(organisation, Viewer(Role.LABORATORY, organisation.id, organisation.country, actor="benchmark"))
    table = read_whole_table(prepared.body, TableForm.CSV, "table")
    sent = SentTable(table, digest_of_bytes(prepared.body))
    answered = receive_batch(engine, desk, sender, sent, BatchWish(key="benchmark"))
    assert answered.body["reports"] == ROWS, answered.body["rows"][:3]


def rows_written(prepared: Prepared) -> dict[type[Table], list[dict[str, Any]]]:
    """The rows that the batch leaves; what it adds to tables that are empty before it."""
    if not prepared.written:
        registry = Fresh(prepared)
        registry.open()
        engine = registry.engine
        last = _last_audit(engine)
        keep_batch(engine, registry.desk, prepared)
        with reading(engine) as session:
            for table in WRITTEN:
                schema_of_table = Table.metadata.tables[str(table.__tablename__)]
                statement = select(schema_of_table)
                if table is AuditEvent:
                    statement = statement.where(schema_of_table.c.sequence > last)
                found = [dict(row._mapping) for row in session.execute(statement)]
                if table is ReportRevision:
                    for row in found:
                        del row["id"]
                if found:
                    prepared.written[table] = found
        registry.close()
    return prepared.written


def _last_audit(engine: Engine) -> int:
    with reading(engine) as session:
        return max(session.scalars(select(col(AuditEvent.sequence))), default=0)


def do_what_nobody_can_avoid(engine: Engine, prepared: Prepared, rows: dict[type[Table], list[dict[str, Any]]]) -> None:
    """Read the rows, standardise each structure once, insert the rows in bulk."""
    with io.StringIO(prepared.body.decode(), newline="") as text:
        assert sum(1 for _row in csv.DictReader(text)) == ROWS
    for structure in prepared.structures:
        read(structure)
    with engine.begin() as connection:
        for table, given in rows.items():
            connection.execute(insert(Table.metadata.tables[str(table.__tablename__)]), given)


def _bench(benchmark: BenchmarkFixture, prepared: Prepared, database: str) -> None:
    rows, registry = rows_written(prepared), Fresh(prepared)
    floor = Contender(
        "floor",
        lambda: do_what_nobody_can_avoid(registry.engine, prepared, rows),
        peer=True,
        before=registry.open,
        after=registry.close,
    )
    batch = Contender(
        "batch",
        lambda: keep_batch(registry.engine, registry.desk, prepared),
        bounds=(("floor", WITHIN),),
        before=registry.open,
        after=registry.close,
    )
    take_turns(benchmark, f"batch of {ROWS:,} rows, {database}", [floor, batch], ROUNDS, warmup_rounds=0)


def bench_batch_on_sqlite(benchmark: BenchmarkFixture, on_sqlite: Prepared) -> None:
    _bench(benchmark, on_sqlite, "SQLite")


def bench_batch_on_postgresql(benchmark: BenchmarkFixture, on_postgresql: Prepared) -> None:
    _bench(benchmark, on_postgresql, "PostgreSQL")

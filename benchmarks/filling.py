"""Reports of any number in PostgreSQL, made by PostgreSQL itself: five million in minutes.

What one report leaves is there: event, report with its payload, item, one or two detections, revision, its part of the
public ledger and counts, and its place in the queue while it waits. The numbers and moments are drawn set by set; rows
come in the order of time, and under random ids, as they would have come in the course of years.

200 laboratories in 150 countries report 400 substances, some of each far more often than others, over eight years. The
newest fiftieth waits for review, so that the queue grows with the registry: the harder case, a queue that stays as long
as it was being a part of it. What only the signals and the medians of delays are read from is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, insert, literal, literal_column, select, text
from sqlalchemy import Table as SchemaTable

from nps_registry.accounts.people import create_organisation
from nps_registry.store import public_years, review_queue
from nps_registry.store.engine import Engine, Session, writing
from nps_registry.store.tables import (
    Detection,
    Event,
    Item,
    PublicCount,
    PublicFinding,
    Report,
    ReportRevision,
    Table,
)
from nps_registry.vocabulary.place import places

LABORATORIES, COUNTRIES, SUBSTANCES, YEARS = 200, 150, 400, 8
AT_ONCE = 4
"""Statements at once, which PostgreSQL works on side by side."""
FIRST_LABORATORY = "Laboratory 1"
"""The one that reports most, a twentieth of all; its country is the one with the most events."""

_FILLED: tuple[type[Table], ...] = (Event, Report, Item, Detection, ReportRevision, PublicFinding, PublicCount)
_PAYLOAD = '{"event": {"type": "seizure"}, "items": []}' + " " * 400


@dataclass(frozen=True, slots=True)
class Skew:
    """The first of *number* things comes most often: the one with rank r as often as 1 / (r + offset)."""

    number: int
    offset: int

    @property
    def drawn(self) -> str:
        """SQL that draws a rank, counted from 0: the inverse of the cumulative distribution."""
        return f"floor({self.offset} * power({self.number / self.offset + 1}, random()) - {self.offset})::int"


_MADE = f"""
CREATE UNLOGGED TABLE made AS
WITH drawn AS MATERIALIZED (
    SELECT n, {Skew(LABORATORIES, 5).drawn} AS laboratory, {Skew(SUBSTANCES, 3).drawn} AS substance,
        CASE WHEN random() < 0.25 THEN 1 + floor(random() * {SUBSTANCES - 1})::int END AS further,
        random() AS fate, random() AS shared, least(-30 * ln(1 - random()), 700)::int AS delay_days,
        now() - (:reports - n) * (interval '{YEARS * 365} days' / :reports) AS at
    FROM generate_series(1, :reports) AS n
)
SELECT n, gen_random_uuid()::text AS event_id, gen_random_uuid()::text AS report_id, gen_random_uuid()::text AS item_id,
    home.id AS organisation_id, home.country, found.id AS substance_id, beside.id AS other_id, at,
    (at AT TIME ZONE 'UTC')::date - delay_days AS day,
    CASE WHEN n > 0.98 * :reports
        THEN (CASE WHEN fate < 0.6 THEN 'submitted' WHEN fate < 0.9 THEN 'released' ELSE 'queried' END)
        ELSE (CASE WHEN fate < 0.97 THEN 'accepted' WHEN fate < 0.99 THEN 'returned' ELSE 'withdrawn' END) END AS state,
    CASE WHEN shared < 0.92 THEN 'public' WHEN shared < 0.96 THEN 'network' ELSE 'country' END AS sharing
FROM drawn
JOIN laboratory AS home ON home.rank = drawn.laboratory
JOIN found ON found.rank = drawn.substance
LEFT JOIN found AS beside ON beside.rank = (drawn.substance + drawn.further) % {SUBSTANCES}
"""
_SUM = """
INSERT INTO public_count SELECT substance_id, country, year, quarter, count(*), sum(reports), sum(detections), 0, 0
FROM public_finding GROUP BY substance_id, country, year, quarter
"""
_SETTINGS = (
    "SET LOCAL session_replication_role = replica",  # what refers to a row is made with it
    "SET LOCAL enable_nestloop = off",  # the planner does not know how many are drawn
    "SET LOCAL synchronize_seqscans = off",  # rows come in the order of time
    "SET LOCAL work_mem = '256MB'",
)
_ACCEPTED = "CASE WHEN state IN ('accepted', 'withdrawn') THEN"
_PUBLIC = "state = 'accepted' AND sharing = 'public'"
_ROWS: Mapping[type[Table], Mapping[str, str]] = {
    Event: {
        "id": "event_id", "type": "'seizure'", "country": "country", "collected_on": "day::text",
        "year": "extract(year FROM day)::int", "quarter": "extract(quarter FROM day)::int",
    },
    Report: {
        "id": "report_id", "organisation_id": "organisation_id", "event_id": "event_id", "own_reference": "'A-' || n",
        # Multiplied by an odd number, n takes every value of 32 bits once.
        "reference": f"{_ACCEPTED} regexp_replace(lpad(to_hex(n::bigint * 2654435761 % 4294967296), 8, '0'), "
        "'(....)(....)', 'R-\\1-\\2') END",
        "payload": f"'{_PAYLOAD}'", "state": "state", "sharing": "sharing",
        "counted": f"({_PUBLIC})", "count_due": "false",
        "payload_digest": "md5(report_id) || md5(event_id)", "created_at": "at", "submitted_at": "at",
        "released_at": f"{_ACCEPTED} at END", "accepted_at": f"{_ACCEPTED} at END",
        "published_at": f"CASE WHEN {_PUBLIC} THEN at END", "withdrawn_at": "CASE WHEN state = 'withdrawn' THEN at END",
    },
    Item: {"id": "item_id", "report_id": "report_id", "position": "0", "form": "'powder'"},
    ReportRevision: {
        "report_id": "report_id", "revision": "1", "cause": "'submitted'", "made_at": "at",
        "payload_digest": "md5(report_id) || md5(event_id)",
    },
}  # fmt: skip
_DETECTION = {
    "id": "gen_random_uuid()::text", "item_id": "item_id", "report_id": "report_id", "match": "'exact'",
    "role": "'major'",
}  # fmt: skip
_FINDING = {
    "event_id": "event_id", "country": "country", "year": "extract(year FROM day)::int",
    "quarter": "extract(quarter FROM day)::int", "reports": "1", "detections": "1",
}  # fmt: skip


def fill(engine: Engine, reports: int) -> None:
    """Put so many *reports* into the registry of *engine*, which holds the catalogue and no report."""
    with writing(engine) as session:
        _list_reporters(session)
        for statement in (*_SETTINGS, "SELECT setseed(0.7)"):
            session.execute(text(statement))
        session.execute(text(_MADE), {"reports": reports})
    indexes = [index for table in _FILLED for index in _schema_of(table).indexes]
    for index in indexes:  # made at once, behind the rows, they take a part of what they take row by row
        index.drop(engine)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(partial(_insert, engine), _rows()))
        list(pool.map(lambda index: index.create(engine), indexes))
    with writing(engine) as session:
        for statement in (*_SETTINGS, _SUM, "DROP TABLE made, laboratory, found"):
            session.execute(text(statement))
    _tend(engine, "ANALYZE")  # the planner has to know the sizes before the queue is made
    with writing(engine) as session:
        public_years.count_all(session)
        review_queue.rebuild(session)
    _tend(engine, "VACUUM ANALYZE")


def _list_reporters(session: Session) -> None:
    """Lay out who reports what, each with its rank."""
    codes = list(islice(places(), COUNTRIES))
    session.execute(text("CREATE UNLOGGED TABLE laboratory (rank int, id text, country text)"))
    for rank in range(LABORATORIES):
        made = create_organisation(session, f"Laboratory {rank + 1}", codes[rank % COUNTRIES])
        values = {"rank": rank, "id": made.id, "country": made.country}
        session.execute(text("INSERT INTO laboratory VALUES (:rank, :id, :country)"), values)
    session.execute(
        text(
            "CREATE UNLOGGED TABLE found AS SELECT row_number() OVER (ORDER BY accession) - 1 AS rank, id "
            "FROM substance WHERE nature = 'nps' AND smiles IS NOT NULL ORDER BY accession LIMIT :substances"
        ),
        {"substances": SUBSTANCES},
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of *table*, one for each report made of *which* that is so; what *expressions* lack gets its default."""

    table: type[Table]
    expressions: Mapping[str, str]
    which: str = "true"


def _rows() -> Iterator[_Rows]:
    """All that is inserted, the longest first."""
    for table, expressions in _ROWS.items():
        yield _Rows(table, expressions)
    for position, column in enumerate(("substance_id", "other_id")):
        found = f"{column} IS NOT NULL"
        yield _Rows(Detection, {**_DETECTION, "position": str(position), "substance_id": column}, found)
        yield _Rows(PublicFinding, {**_FINDING, "substance_id": column}, f"{found} AND {_PUBLIC}")


def _insert(engine: Engine, rows: _Rows) -> None:
    schema = _schema_of(rows.table)
    values: dict[str, ColumnElement[Any]] = {name: literal_column(told) for name, told in rows.expressions.items()}
    for name, field in rows.table.model_fields.items():
        default = None if name in values else field.get_default(call_default_factory=True)
        if default is not None:
            values[name] = literal(default, schema.c[name].type)
    made = select(*values.values()).select_from(text("made")).where(text(rows.which))
    with writing(engine) as session:
        for statement in _SETTINGS:
            session.execute(text(statement))
        session.execute(insert(schema).from_select(list(values), made, include_defaults=False))


def _tend(engine: Engine, statement: str) -> None:
    """Do what PostgreSQL does by itself in the course of time: see which rows all may see, and how many there are."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def _schema_of(table: type[Table]) -> SchemaTable:
    return Table.metadata.tables[str(table.__tablename__)]

"""Connections: one behaviour on SQLite and PostgreSQL, and the two kinds of transaction.

:func:`reading` sees one unchanging state of the database; :func:`writing` commits at the end of its
block or leaves nothing behind. On SQLite a writer takes the one write lock at its beginning
(``BEGIN IMMEDIATE``), because a reader that turns writer later can be refused at any statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from sqlite3 import sqlite_version
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

__all__ = [
    "Engine",
    "Session",
    "hold",
    "is_sqlite",
    "make_engine",
    "open_session",
    "reading",
    "sqlite_version",
    "take_turn",
    "writing",
]

WAIT_FOR_LOCK_S = 30
"""A writer waits this long for the one before it; the import of a large file is the longest."""

_MORE_CONNECTIONS = 35

_LOCKED = mark("Another change is being written and takes long; try again in a minute.")
_NO_TABLES = mark("The database has no tables yet; run: nps-registry db upgrade")
_NO_ROOM = mark("There is no room left for the database; nothing was changed.")
_CANNOT_OPEN = mark("The database cannot be opened; check NPS_DATABASE_URL, or make it with: nps-registry db upgrade")
_BY_STATE = {
    "55P03": _LOCKED,
    "57014": mark("The database took too long over this and was stopped; ask for less at once."),
    "42P01": _NO_TABLES,
    "53100": _NO_ROOM,
}
_NO_DATABASE = mark("The file that NPS_DATABASE_URL names is no SQLite database, or a damaged one; name another.")
_BY_REASON = (
    ("database is locked", _LOCKED),
    ("no such table", _NO_TABLES),
    ("unable to open database file", _CANNOT_OPEN),
    ("is not a database", _NO_DATABASE),
    ("is malformed", _NO_DATABASE),
    ("readonly database", mark("The database cannot be written to; check who may write its file and its folder.")),
    ("disk is full", _NO_ROOM),
)

_TURN = 0x6E7073
"""Key of PostgreSQL's advisory lock that writers of reports, counts and the audit trail pass one by one."""


def make_engine(
    url: str, *, wait_for_lock_s: float = WAIT_FOR_LOCK_S, statement_limit_s: float | None = None, pool_size: int = 5
) -> Engine:
    """An engine for *url* (``sqlite:///path`` or ``postgresql://…``); connects to nothing yet.

    *pool_size* connections stay open; up to 35 more are opened for as long as they are needed, so that
    every thread of the server can have one. PostgreSQL stops a statement after *statement_limit_s*.

    Raises:
        NotReady: where *url* names no database that the registry runs on.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, wait_for_lock_s, pool_size)
    options = f"-c timezone=UTC -c lock_timeout={int(wait_for_lock_s * 1000)}"
    if statement_limit_s is not None:
        options += f" -c statement_timeout={int(statement_limit_s * 1000)}"
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"options": options, "application_name": "nps-registry"},
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=_MORE_CONNECTIONS,
    )


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = ""
    if backend == "postgres":
        return parsed.set(drivername="postgresql")
    in_memory = backend == "sqlite" and parsed.database in (None, "", ":memory:")
    if in_memory or backend not in ("sqlite", "postgresql"):
        raise NotReady(
            _("NPS_DATABASE_URL names no database known here; write sqlite:///var/registry.db or postgresql://…")
        )
    return parsed


def _sqlite_engine(url: URL, wait_for_lock_s: float, pool_size: int) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": wait_for_lock_s}, pool_size=pool_size, max_overflow=_MORE_CONNECTIONS
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    """Set what SQLite forgets with each connection; leave BEGIN to :func:`_begin_sqlite`."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("nps_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_sqlite(bind: Engine | Connection | Session) -> bool:
    """Whether *bind* speaks to SQLite."""
    engine = bind.get_bind() if isinstance(bind, Session) else bind
    return engine.dialect.name == "sqlite"


def open_session(engine: Engine, *, writes: bool) -> Session:
    """A session that the caller closes; it commits nothing by itself.

    A session that only reads sees one state throughout, so that the figures of one answer agree.
    """
    options: dict[str, Any] = {"nps_writes": writes}
    if not writes and not is_sqlite(engine):
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return Session(engine.execution_options(**options), expire_on_commit=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session over one unchanging state of the database.

    Raises:
        NotReady: where the database cannot be reached.
    """
    with refuse_when_unreachable(), open_session(engine, writes=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction: committed when the block ends, rolled back when anything escapes it.

    Raises:
        NotReady: where the database cannot be reached, or another writer keeps it for too long.
    """
    with refuse_when_unreachable(), open_session(engine, writes=True) as session, session.begin():
        yield session


def take_turn(session: Session) -> None:
    """Wait until no other transaction holds the turn, and hold it until this one ends.

    What depends on everything written before (a new substance, the public aggregates, the audit
    chain) is written by one transaction after the other, as SQLite has it anyway.
    """
    if is_sqlite(session):
        session.connection()  # begins the transaction, and with it the turn
    else:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURN})


def hold(session: Session, name: str) -> None:
    """Wait until no other transaction holds *name*, and hold it until this one ends.

    Two submissions under one key come one after the other, and the second finds what the first left.
    """
    if is_sqlite(session):
        session.connection()  # there is one writer at a time anyway
    else:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@contextmanager
def refuse_when_unreachable() -> Iterator[None]:
    """Turn the faults of a database that is away, locked or without tables into a refusal.

    Raises:
        NotReady: with what to do.
    """
    try:
        yield
    except DatabaseError as fault:
        sentence = _sentence_of(fault)
        if sentence is None:
            raise
        raise NotReady(sentence) from fault


def _sentence_of(fault: DBAPIError) -> str | None:
    """What to say of *fault*; nothing where it is a defect of a statement."""
    reason = str(fault.orig)
    state = getattr(fault.orig, "sqlstate", None)
    if state in _BY_STATE:
        return _(_BY_STATE[state])
    for words, sentence in _BY_REASON:
        if words in reason:
            return _(sentence)
    if state is None and fault.connection_invalidated:
        return _(_CANNOT_OPEN)
    if isinstance(fault, OperationalError) and state is None and "connection" in reason:
        return _("The database server does not answer; check NPS_DATABASE_URL and that the server runs.")
    return None

"""A private PostgreSQL for one test process: made in a temporary directory, gone with the process."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

OLDEST_MAJOR = 15
START_LIMIT_S = 180.0
# Durability costs time and the data is thrown away; 64 connections are plenty for one process.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "64",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "timezone": "Pacific/Auckland",  # far from UTC: a test that forgets to say UTC fails
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server, reached through a socket in *directory*."""

    directory: Path

    def url(self, database: str) -> str:
        """SQLAlchemy's address of *database*."""
        return f"postgresql+psycopg://registry@/{database}?host={self.directory}"

    def run(self, statement: str) -> None:
        """Run one administrative *statement* outside a transaction."""
        with psycopg.connect(
            host=str(self.directory), user="registry", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def create(self, database: str, *, template: str = "template0") -> None:
        """Create *database* as a copy of *template*."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def drop(self, database: str) -> None:
        """Drop *database*, whoever is still connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def find_programs() -> Path:
    """The directory of the newest ``initdb`` and ``postgres``.

    Raises:
        LookupError: there is none of version 15 or later.
    """
    directories = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    directories += Path("/opt/homebrew/opt").glob("postgresql@*/bin")
    if on_path := shutil.which("initdb"):
        directories.append(Path(on_path).resolve().parent)
    found = {_major(each): each for each in directories if (each / "initdb").exists() and (each / "postgres").exists()}
    if not found or max(found) < OLDEST_MAJOR:
        raise LookupError(
            f"The tests need PostgreSQL {OLDEST_MAJOR} or later: run '.ci/system-packages test', or install it."
        )
    return found[max(found)]


@contextmanager
def running_cluster(further: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Start a fresh server, with *further* options, and stop it behind the block.

    PostgreSQL refuses to run as root, so root starts it as another user.
    """
    programs = find_programs()
    account = _unprivileged_account()
    # The socket's path may have 107 characters at most, which pytest's own directories can exceed.
    with tempfile.TemporaryDirectory(prefix="nps-pg-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        if account is not None:
            os.chown(directory, account.pw_uid, account.pw_gid)
        data = directory / "data"
        make = [str(programs / "initdb"), "-D", str(data), "-U", "registry", "-A", "trust", "-E", "UTF8"]
        _spawn([*make, "--locale=C", "--no-sync"], account, directory, directory / "initdb.log").wait()
        options = [f"--{name}={value}" for name, value in (SERVER_OPTIONS | dict(further or {})).items()]
        serve = [str(programs / "postgres"), "-D", str(data), f"--unix_socket_directories={directory}", *options]
        server = _spawn([*_dying_with_us(), *serve], account, directory, directory / "server.log")
        try:
            cluster = Cluster(directory)
            _wait_until_ready(cluster, server)
            yield cluster
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, whoever is connected: nothing of it is kept
            server.wait(timeout=START_LIMIT_S)


def _major(programs: Path) -> int:
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"\d+", answer.stdout)
    return int(version.group()) if version else 0


def _unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("The tests run as root and found no other user to run PostgreSQL as: add the user 'nobody'.")


def _dying_with_us() -> Sequence[str]:
    """A prefix that stops the server when the test process is killed, where the system has one."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "INT") if setpriv else ()


def _spawn(
    command: Sequence[str], account: pwd.struct_passwd | None, directory: Path, log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
        )


def _wait_until_ready(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            cluster.run("SELECT 1")
        except psycopg.OperationalError as fault:
            if server.poll() is not None or time.monotonic() > deadline:
                logs = "\n".join(path.read_text(errors="replace") for path in sorted(cluster.directory.glob("*.log")))
                raise RuntimeError(f"PostgreSQL did not start.\n{logs}") from fault
            time.sleep(0.05)
        else:
            return

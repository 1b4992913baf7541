"""A registry filled with the catalogue, and its server in a process of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from types import MappingProxyType

from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.intake.seed import load_catalogue
from nps_registry.store import schema
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode

START_LIMIT_S = 120.0


def fill_registry(path: Path) -> str:
    """Have the catalogue in a fresh SQLite file at *path*, loaded once for all of them; answers its address."""
    shutil.copyfile(_loaded(), path)
    return f"sqlite:///{path}"


@cache
def _loaded() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="nps-bench-"))
    atexit.register(shutil.rmtree, directory)
    path = directory / "registry.sqlite"
    load_shipped(f"sqlite:///{path}", RegistryMode.DEMONSTRATION)
    return path


def load_shipped(url: str, mode: RegistryMode) -> None:
    """Make a registry with the catalogue of this installation in the empty database at *url*."""
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, mode)
        load_catalogue(session, read_catalogue(find_substances()))
    engine.dispose()  # of SQLite, the last connection puts all of it into the one file


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def start_server(url: str, port: int) -> subprocess.Popen[bytes]:
    """``nps-registry serve`` over the database at *url*: one worker, no limit on requests."""
    settings = {
        "NPS_DATABASE_URL": url,
        "NPS_PORT": str(port),
        "NPS_LOG_LEVEL": "warning",
        "NPS_VISITOR_REQUESTS_PER_MINUTE": "0",
    }
    command = [sys.executable, "-m", "nps_registry", "serve"]
    return subprocess.Popen(command, env={**as_installed(), **settings}, stderr=subprocess.DEVNULL)


def as_installed() -> dict[str, str]:
    """This environment, except that Python may keep what it compiled.

    An installer compiles what it installs; in a checkout the first run does, and the warm-up is one.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def wait_for_answer(server: subprocess.Popen[bytes], port: int, path: str = "/healthz") -> HTTPConnection:
    """The connection over which *server* gave its first answer, with status 200."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and server.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=START_LIMIT_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:
            time.sleep(0.01)
            continue
        assert answer.status == 200, f"{path} answered {answer.status}"
        return connection
    raise RuntimeError(f"the server gave no answer; it ended with code {server.poll()}")


@contextmanager
def running_server(url: str) -> Iterator[HTTPConnection]:
    """A connection, kept alive, to a server over *url* that has made its name index too."""
    port = free_port()
    server = start_server(url, port)
    try:
        connection = wait_for_answer(server, port)
        fetch(connection, "/api/v1/search/name?q=3-mmc")
        yield connection
        connection.close()
    finally:
        server.terminate()
        server.wait()


def fetch(connection: HTTPConnection, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The body of the answer to ``GET path``, which must be 200; a connection that lay idle may have been closed."""
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
    except (RemoteDisconnected, ConnectionError):
        connection.close()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, f"{path} answered {answer.status}: {body[:300]!r}"
    return body

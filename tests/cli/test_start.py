"""What starts at once stays light: a module that only some work needs is imported by that work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from nps_registry.store import schema
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode

HEAVY = (
    "alembic", "altair", "dask", "distributed", "jinja2", "numba", "numpy", "openpyxl", "pandas", "pyarrow", "scipy",
    "rapidfuzz", "rich", "scipy", "vl_convert",
    "nps_registry.catalogue", "nps_registry.intake", "nps_registry.pages.rendering",
)  # fmt: skip

SERVER = """
import sys
import nps_registry.cli.serve, uvicorn
from nps_registry.app import create_app
from nps_registry.settings import Settings
create_app(Settings(database_url=sys.argv[1]))
print("modules", *sys.modules)
"""
AT_ONCE = """
import sys, threading, time
from fastapi import FastAPI
from nps_registry import api, pages
from nps_registry.http.sections import Section
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.engine import make_engine

who = []

class Slow:
    def find_spec(self, name, path=None, target=None):  # lets another thread in wherever one imports
        who.append(threading.current_thread().name)
        time.sleep(0.001)

sys.meta_path.insert(0, Slow())
application, index = FastAPI(), SubstanceIndex.soon(make_engine(sys.argv[1]))
work = [Section(application, pages.routes).build, index.refresh, Section(application, api.routes).build]
threads = [threading.Thread(target=each, name=f"thread-{number}") for number, each in enumerate(work)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
turns = [name for name, before in zip(who, [None, *who]) if name != before and name.startswith("thread-")]
print("modules", *turns)
"""
HELP = """
import atexit, sys
atexit.register(lambda: print("\\nmodules", *sys.modules))
sys.argv = ["nps-registry", "--help"]
from nps_registry.cli import main
main()
"""


def _run(code: str, *arguments: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.rpartition("modules ")[2].split()


def _modules(code: str, *arguments: str) -> set[str]:
    return set(_run(code, *arguments))


def _make_registry(directory: Path) -> str:
    url = f"sqlite:///{directory}/registry.sqlite"
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
    engine.dispose()
    return url


def test_a_server_starts_without_what_only_some_answers_need(tmp_path: Path) -> None:
    modules = _modules(SERVER, _make_registry(tmp_path))
    assert "nps_registry.app" in modules
    assert not modules.intersection(HEAVY)


def test_threads_that_start_together_import_one_after_the_other(tmp_path: Path) -> None:
    turns = _run(AT_ONCE, _make_registry(tmp_path))
    assert len(turns) >= 2, "nothing was imported by two threads"
    assert len(turns) == len(set(turns)), "one thread imported while another had not done"


def test_the_help_starts_with_next_to_nothing() -> None:
    modules = _modules(HELP)
    assert "nps_registry.cli.commands" in modules
    assert not modules.intersection({*HEAVY, "fastapi", "rdkit", "sqlalchemy"})

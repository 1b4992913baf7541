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
HELP = """
import atexit, sys
atexit.register(lambda: print("\\nmodules", *sys.modules))
sys.argv = ["nps-registry", "--help"]
from nps_registry.cli import main
main()
"""


def _modules(code: str, *arguments: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(ran.stdout.rpartition("modules ")[2].split())


def test_a_server_starts_without_what_only_some_answers_need(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/registry.sqlite"
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        create_registry(session, RegistryMode.DEMONSTRATION)
    engine.dispose()
    modules = _modules(SERVER, url)
    assert "nps_registry.app" in modules
    assert not modules.intersection(HEAVY)


def test_the_help_starts_with_next_to_nothing() -> None:
    modules = _modules(HELP)
    assert "nps_registry.cli.commands" in modules
    assert not modules.intersection({*HEAVY, "fastapi", "rdkit", "sqlalchemy"})

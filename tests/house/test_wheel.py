"""The wheel is complete, and works when it is installed alone in an empty environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import nps_registry
from tests.house.checkout import ROOT, list_files, name_of

pytestmark = pytest.mark.timeout(900)
START_LIMIT_S = 180.0
ANSWER_LIMIT_S = 120.0  # the first page of a cold installation, beside another test run
MOVED = {"web": "nps_registry/_bundled/web", "substances": "nps_registry/_bundled/substances"}


def run(command: list[str | Path], directory: Path, environment: dict[str, str] | None = None) -> None:
    """Run *command*, showing what it said where it fails."""
    answer = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"{command}\n{answer.stdout}\n{answer.stderr}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive as a packager would."""
    directory = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, ROOT], ROOT)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it is locked to, nothing else."""
    directory = tmp_path_factory.mktemp("empty") / "environment"
    run([sys.executable, "-m", "venv", "--without-pip", directory], ROOT)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        directory / "bin" / "python",
        "install",
        "--quiet",
        "--no-input",
        "--no-compile",
    ]
    run([*pip, "--require-hashes", "--requirement", ROOT / "requirements" / "run.lock"], directory)
    run([*pip, "--no-deps", wheel], directory)
    return directory / "bin"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory that the installed registry runs in."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def server(environment: Path, place: Path) -> Iterator[str]:
    """The address of the installed registry, with the wheel's own catalogue loaded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"PATH": os.environ["PATH"], "HOME": str(place), "NPS_PORT": str(port)}
    run([environment / "nps-registry", "db", "upgrade"], place, settings)
    run([environment / "nps-registry", "catalogue", "load"], place, settings)
    log = place / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [environment / "nps-registry", "serve"], cwd=place, env=settings, stdout=output, stderr=output
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=START_LIMIT_S)


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server is alive."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            httpx.get(f"{url}/healthz").raise_for_status()
        except httpx.HTTPError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(errors="replace")  # noqa: PT018
            time.sleep(0.1)
        else:
            return


def test_the_wheel_holds_every_file_of_the_package_the_web_parts_and_the_catalogue(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        name_of(path).replace(top, MOVED.get(top, top), 1)
        for path in list_files()
        if (top := path.relative_to(ROOT).parts[0]) in {"nps_registry", *MOVED}
    }
    assert sorted(expected - inside) == []


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in inside}
    assert tops == {"nps_registry", f"nps_registry-{nps_registry.__version__}.dist-info"}
    assert [name for name in inside if name.endswith(".pyc")] == []


def test_a_checkout_keeps_no_bundled_copies_that_could_grow_stale() -> None:
    assert Path(nps_registry.__file__).parent == ROOT / "nps_registry"
    assert not (ROOT / "nps_registry" / "_bundled").exists()


def test_the_installed_package_is_the_wheels_and_finds_its_parts(environment: Path, place: Path) -> None:
    program = (
        "from pathlib import Path; import nps_registry; from nps_registry.assets import find_web, find_substances;"
        "home = Path(nps_registry.__file__).parent;"
        "assert 'environment' in home.parts, home;"
        "assert find_web() == home / '_bundled' / 'web', find_web();"
        "assert find_substances() == home / '_bundled' / 'substances'"
    )
    run([environment / "python", "-c", program], place, {"PATH": os.environ["PATH"]})


@pytest.mark.parametrize("page", ["/", "/substances", "/about", "/openapi.json", "/readyz"])
def test_the_installed_registry_serves_its_pages(server: str, page: str) -> None:
    answer = httpx.get(server + page, timeout=ANSWER_LIMIT_S)
    assert answer.status_code == 200, answer.text


def test_the_installed_registry_knows_the_substances_of_the_wheel(server: str, wheel: Path) -> None:
    listing = httpx.get(f"{server}/api/v1/substances", timeout=ANSWER_LIMIT_S).json()
    files = [name for name in zipfile.ZipFile(wheel).namelist() if "/NPS-" in name]
    assert 0 < listing["total"] <= len(files)
    page = httpx.get(f"{server}/substances/{listing['items'][0]['accession']}", timeout=ANSWER_LIMIT_S)
    assert page.status_code == 200
    assert listing["items"][0]["name"] in page.text


def test_what_a_page_asks_for_is_in_the_wheel_too(server: str) -> None:
    page = httpx.get(server, timeout=ANSWER_LIMIT_S).text
    asked = {part.split('"')[0] for part in page.split('"/static/')[1:]}
    assert asked
    with httpx.Client(timeout=ANSWER_LIMIT_S) as client:
        assert {name: client.get(f"{server}/static/{name}").status_code for name in asked} == dict.fromkeys(asked, 200)

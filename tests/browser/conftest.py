"""A small registry on loopback and this machine's Chromium, which asks nobody else for anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.stage import Stage, set_stage
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.spec.served import a_report, served

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A container's root has no sandbox of its own; the rest keeps Chromium from calling home.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


# What a page shall come to show may take long where other tests use the same two cores.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def address(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A small registry with one public report, served on a free port."""
    url = sqlite_databases.migrated()
    with served(url) as registry:
        assert registry.report("de", a_report()).status_code == 201
        with listening(registry.client.app) as found:
            yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, by whichever name this system has it."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("The tests need Chromium: run '.ci/system-packages test', or install it.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window that knows nothing of the one before."""
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture(scope="module")
def stage(
    sqlite_databases: SqliteDatabases, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A small registry, and people at browsers of their own."""
    with set_stage(sqlite_databases.migrated(), browser, tmp_path_factory.mktemp("var")) as given:
        yield given

"""A registry that is served, with people at browsers of their own; none of their pages needs a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from nps_registry.vocabulary.report import Role
from tests.listening import listening
from tests.signing_in import make_player, sign_in_page
from tests.spec.served import Served, served

PLAYERS = {
    "laboratory": (Role.LABORATORY, "Organisation de-reviewed"),
    "focal point": (Role.FOCAL_POINT, "Organisation focal-de"),
    "curator": (Role.CURATOR, "Organisation curator"),
    "colleague": (Role.CURATOR, "Organisation colleague"),
}


@dataclass
class Stage:
    """A registry that is served, and the people at their browsers."""

    registry: Served
    address: str
    browser: Browser
    pages: dict[str, Page] = field(default_factory=dict)

    def page_of(self, who: str) -> Page:
        """The browser of *who*, signed in."""
        if who not in self.pages:
            role, organisation = PLAYERS[who]
            services = self.registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
            email = f"{who.replace(' ', '-')}@example.org"
            player = make_player(self.registry.engine, services.seal, role, email=email, organisation=organisation)
            page = self.browser.new_context(java_script_enabled=False, locale="en-GB").new_page()
            sign_in_page(page, self.address, player)
            self.pages[who] = page
        return self.pages[who]

    def open(self, who: str, path: str) -> Page:
        """The page at *path* in the browser of *who*."""
        page = self.page_of(who)
        page.goto(self.address + path)
        return page


@contextmanager
def set_stage(url: str, browser: Browser, var: Path) -> Iterator[Stage]:
    """Serve a small registry from the migrated database at *url*."""
    with served(url, var_directory=var) as registry, listening(registry.client.app) as address:
        stage = Stage(registry, address, browser)
        yield stage
        for page in stage.pages.values():
            page.context.close()


def open_act(page: Page, summary: str) -> None:
    """Open one of the things that can be done, where it is closed."""
    details = page.locator("details", has=page.locator("summary", has_text=summary)).first
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()

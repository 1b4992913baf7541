"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.routing import BaseRoute

from nps_registry.errors import Refusal

__all__ = ["ask_again", "defect_page", "refusal_page", "routes"]


def routes() -> list[BaseRoute]:
    """The routes of all pages."""
    # Each page registers its routes when the application is put together.
    from nps_registry.pages import advisories, batches, bulletins, curate, lab

    pages = [route for page in (*_public(), *_of_people()) for route in page.routes]
    for room in (advisories, bulletins, lab, curate, batches):
        pages += room.routes()
    return pages


def _public() -> list[APIRouter]:
    """The routes of pages that are the same for everybody."""
    from nps_registry.pages import (
        about,
        batch,
        changes,
        chemical_class,
        compare,
        country,
        data,
        design,
        effect_group,
        explanation,
        figure,
        home,
        peaks,
        robots,
        search,
        signals,
        substance,
        substances,
        timeline,
        well_known,
        year,
    )  # fmt: skip

    found = (
        home, substances, substance, search, explanation, batch, peaks, chemical_class, effect_group, country, year,
        timeline, signals, changes, data, about, compare, design, figure, robots, well_known,
    )  # fmt: skip
    return [page.router for page in found]


def _of_people() -> list[APIRouter]:
    """The routes of pages about who is signed in, or wants to be told."""
    from nps_registry.pages import (
        account,
        attachments,
        audit,
        invitation,
        password,
        people,
        person,
        second_factor,
        sign_in,
        subscribe,
        subscriptions,
        tokens,
    )  # fmt: skip

    found = (
        attachments, sign_in, second_factor, invitation, password, account, tokens, subscribe, subscriptions, people,
        person, audit,
    )  # fmt: skip
    return [page.router for page in found]


def refusal_page(request: Request, refusal: Refusal) -> Response:
    """The page that says why *request* was refused, with the refusal's own status."""
    from nps_registry.pages import refusal as page  # templates come with the first page

    return page.refusal_page(request, refusal)


def defect_page(request: Request, sentence: str) -> Response:
    """The page of a defect of ours."""
    from nps_registry.pages import refusal as page  # templates come with the first page

    return page.defect_page(request, sentence)


async def ask_again(request: Request, refusal: Refusal) -> Response | None:
    """The answer to a refusal that the reader can mend by signing in or sending again; none for all others."""
    from nps_registry.pages import kept_form

    return await kept_form.ask_again(request, refusal)

"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from nps_registry.errors import Refusal


def router() -> APIRouter:
    """The routes of all pages."""
    # Each page registers its routes when the application is put together.
    from nps_registry.pages import (
        about,
        advisories,
        chemical_class,
        compare,
        country,
        data,
        home,
        search,
        substance,
        substances,
        timeline,
    )

    pages = APIRouter(include_in_schema=False)
    for page in (
        home, substances, substance, search, chemical_class, country, timeline, advisories, data, about, compare,
    ):  # fmt: skip
        pages.include_router(page.router)
    return pages


def refusal_page(request: Request, refusal: Refusal) -> Response:
    """The page that says why *request* was refused, with the refusal's own status."""
    from nps_registry.pages import refusal as page  # templates come with the first page

    return page.refusal_page(request, refusal)


def defect_page(request: Request, sentence: str) -> Response:
    """The page of a defect of ours."""
    from nps_registry.pages import refusal as page  # templates come with the first page

    return page.defect_page(request, sentence)

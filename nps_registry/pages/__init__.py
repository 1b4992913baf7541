"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.kept_form import ask_again
from nps_registry.pages.refusal import defect_page, refusal_page

__all__ = ["ask_again", "defect_page", "refusal_page", "router"]


def router() -> APIRouter:
    """The routes of all pages."""
    # Each page registers its routes when the application is put together.
    from nps_registry.pages import (
        about,
        account,
        advisories,
        attachments,
        batch,
        chemical_class,
        compare,
        country,
        data,
        home,
        search,
        second_factor,
        sign_in,
        substance,
        substances,
        timeline,
    )

    pages = APIRouter(include_in_schema=False)
    for page in (
        home, substances, substance, search, chemical_class, country, timeline, advisories, data, about, compare,
        sign_in, second_factor, account,
    ):  # fmt: skip
        pages.include_router(page.router)
    pages.include_router(attachments.router)
    pages.include_router(batch.router())
    return pages

"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.refusal import defect_page, refusal_page

__all__ = ["defect_page", "refusal_page", "router"]


def router() -> APIRouter:
    """The routes of all pages."""
    # Each page registers its routes when the application is put together.
    from nps_registry.pages import (
        about,
        advisories,
        batch,
        chemical_class,
        compare,
        country,
        data,
        explanation,
        home,
        peaks,
        search,
        substance,
        substances,
        timeline,
    )

    pages = APIRouter(include_in_schema=False)
    for page in (
        home, substances, substance, search, explanation, batch, peaks, chemical_class, country, timeline, advisories,
        data, about, compare,
    ):  # fmt: skip
        pages.include_router(page.router)
    return pages

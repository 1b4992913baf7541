"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.refusal import defect_page, refusal_page

__all__ = ["defect_page", "refusal_page", "router"]


def router() -> APIRouter:
    """The routes of all pages."""
    from nps_registry.pages import home  # each page registers its routes when the application is put together

    pages = APIRouter(include_in_schema=False)
    for page in (home,):
        pages.include_router(page.router)
    return pages

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
        audit,
        batch,
        batches,
        chemical_class,
        compare,
        country,
        curate,
        data,
        design,
        effect_group,
        explanation,
        figure,
        home,
        invitation,
        lab,
        password,
        peaks,
        people,
        person,
        robots,
        search,
        second_factor,
        sign_in,
        substance,
        substances,
        timeline,
        tokens,
        year,
    )

    public = (
        home, substances, substance, search, explanation, batch, peaks, chemical_class, effect_group, country, year,
        timeline, advisories, data, about, compare, design, figure, robots,
    )  # fmt: skip
    account_pages = (attachments, sign_in, second_factor, invitation, password, account, tokens, people, person, audit)
    pages = APIRouter(include_in_schema=False)
    for page in (*public, *account_pages):
        pages.include_router(page.router)
    pages.include_router(lab.router())
    pages.include_router(curate.router())
    pages.include_router(batches.router())
    return pages

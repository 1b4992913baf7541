"""HTML: one module per page; module, context class and template share one name."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from nps_registry.errors import Refusal

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
        bulletins,
        changes,
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
        signals,
        subscribe,
        subscriptions,
        substance,
        substances,
        timeline,
        tokens,
        well_known,
        year,
    )

    public = (
        home, substances, substance, search, explanation, batch, peaks, chemical_class, effect_group, country, year,
        timeline, signals, changes, data, about, compare, design, figure, robots, well_known,
    )  # fmt: skip
    account_pages = (
        attachments, sign_in, second_factor, invitation, password, account, tokens, subscribe, subscriptions, people,
        person, audit,
    )  # fmt: skip
    pages = APIRouter(include_in_schema=False)
    for page in (*public, *account_pages):
        pages.include_router(page.router)
    pages.include_router(advisories.router())
    pages.include_router(bulletins.router())
    pages.include_router(lab.router())
    pages.include_router(curate.router())
    pages.include_router(batches.router())
    return pages


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

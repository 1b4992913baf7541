"""The laboratory's pages: its desk, its drafts, its reports."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.lab import desk, draft, look_backs, report, reports, review, triage

__all__ = ["router"]


def router() -> APIRouter:
    """The routes of the laboratory's pages; the fixed addresses before those with an id."""
    lab = APIRouter()
    for page in (triage, desk, draft, look_backs, reports, report, review):
        lab.include_router(page.router)
    return lab

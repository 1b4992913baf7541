"""Bulletins: the list, each of them as a page, for print and as a document, and their charts."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.bulletins import bulletin, issuing

__all__ = ["router"]


def router() -> APIRouter:
    """The routes of these pages."""
    pages = APIRouter()
    pages.include_router(bulletin.router)
    pages.include_router(issuing.router)
    return pages

"""Advisories for readers: for everybody, and behind the sign-in for those whom the others are for."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.advisories import entitled, public

__all__ = ["router"]


def router() -> APIRouter:
    """The routes of these pages."""
    pages = APIRouter()
    pages.include_router(public.router)
    pages.include_router(entitled.router)
    return pages

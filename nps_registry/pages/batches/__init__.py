"""The batch desk: tables uploaded, their columns chosen, their rows looked at, corrected and kept."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.batches import columns, names, rows, tables

__all__ = ["router"]


def router() -> APIRouter:
    """The routes of the batch desk; the fixed addresses before those with an id."""
    desk = APIRouter()
    for page in (tables, columns, names, rows):
        desk.include_router(page.router)
    return desk

"""The pages of those who review and curate: the queue, reports, provisional substances, corrections, forms."""

from __future__ import annotations

from fastapi import APIRouter

from nps_registry.pages.curate import (
    advisories,
    advisory,
    deliveries,
    forms,
    queue,
    reidentify,
    report,
    signals,
    substances,
)

__all__ = ["router"]


def router() -> APIRouter:
    """The routes of these pages; the fixed addresses before those with an id."""
    curate = APIRouter()
    for page in (queue, deliveries, forms, reidentify, signals, advisories, advisory, substances, report):
        curate.include_router(page.router)
    return curate

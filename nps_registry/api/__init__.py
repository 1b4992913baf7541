"""JSON, feeds and exports: one module per resource."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI


def router() -> APIRouter:
    """The routes of version 1."""
    # The modules are imported when the application is put together, so that a command that needs none loads none.
    from nps_registry.api import (
        advisories,
        attachments,
        batches,
        explanation,
        exports,
        feeds,
        official_forms,
        private_feed,
        reidentify,
        reports,
        review,
        search,
        search_lists,
        signals,
        statistics,
        subscriptions,
        substances,
        substructures,
    )
    from nps_registry.api.description import problems

    routes = APIRouter(prefix="/api/v1", responses=problems(400, 422, 503))
    for module in (  # each is looked through by every request for one behind it, so the quick ones come first
        search, substructures, substances, search_lists, explanation, reidentify, review, official_forms, batches,
        reports, attachments, signals, advisories, statistics, exports, feeds, subscriptions, private_feed,
    ):  # fmt: skip
        routes.include_router(module.router)
    return routes


def operation_router() -> APIRouter:
    """Liveness, readiness and figures, at the root."""
    from nps_registry.api import operation

    return operation.router


def describe(application: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of *application*."""
    from nps_registry.api import description

    return description.describe(application)

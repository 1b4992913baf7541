"""JSON, feeds and exports: one module per resource."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
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

    modules = (  # fixed addresses before those with an id
        search, substructures, substances, search_lists, explanation, reidentify, review, official_forms, batches,
        reports, attachments, signals, advisories, statistics, exports, feeds, subscriptions, private_feed,
    )  # fmt: skip
    return [route for module in modules for route in module.router.routes]


def operation_routes() -> list[BaseRoute]:
    """Liveness, readiness and figures, at the root."""
    from nps_registry.api import operation

    return operation.router.routes


def describe(application: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of *application*."""
    from nps_registry.api import description

    return description.describe(application, [*operation_routes(), *routes()])

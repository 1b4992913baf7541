"""The description of the API (OpenAPI 3.1), with what the framework cannot know by itself.

Routes that read their body strictly and write their answer themselves say here what they take and answer;
every route says which refusals it can give, all of them as problem documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from nps_registry.http.problem import PROBLEM_TYPE

Responses = dict[int | str, dict[str, Any]]
_VERSION = "/api/v1"
_SCHEMAS = "#/components/schemas/"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457): one sentence for a person, and the fields at fault.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:nps-registry:problem:unreadable-structure"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong, where, and what to do."},
        "errors": {
            "type": "array",
            "maxItems": 101,
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "Empty where the request as a whole is at fault.",
                        "examples": ["items[0].detections[1].structure"],
                    },
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_TOKEN = {"type": "http", "scheme": "bearer", "description": "`nps-registry tokens create` prints one."}
WITH_TOKEN: dict[str, Any] = {"security": [{"token": []}]}


def problems(*statuses: int) -> Responses:
    """The refusals with these *statuses*, for a route's ``responses``."""
    content = {PROBLEM_TYPE: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def answers(shape: type[BaseModel], *statuses: int) -> Responses:
    """An answer in *shape*, and refusals with these *statuses*."""
    return {200: {"model": shape}, **problems(*statuses)}


def sends(media_type: str, *statuses: int) -> Responses:
    """A file of *media_type*, and refusals with these *statuses*."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}, **problems(*statuses)}


def resource(prefix: str, tag: str, route_class: type[APIRoute] = APIRoute) -> APIRouter:
    """What the routes of one resource are registered with: their addresses begin with the version and *prefix*."""
    return APIRouter(
        prefix=f"{_VERSION}{prefix}", tags=[tag], responses=problems(400, 422, 503), route_class=route_class
    )


def describe(application: FastAPI, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI document of *routes*, which are all that *application* has for programs; made once."""
    if application.openapi_schema is None:
        document = get_openapi(
            title=application.title, version=application.version, summary=application.summary, routes=routes
        )
        components = document.setdefault("components", {})
        components["securitySchemes"] = {"token": _TOKEN}
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = _PROBLEM
        for path in document["paths"].values():
            for operation in path.values():
                _hoist(operation, schemas)
                if "401" in operation["responses"]:  # it may be read without a token, and says more with one
                    operation.setdefault("security", [{}, {"token": []}])
        application.openapi_schema = document
    return application.openapi_schema


def _hoist(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put the definitions that a body carries with it where its references point."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for name, schema in content["schema"].pop("$defs", {}).items():
            schemas.setdefault(name, schema)

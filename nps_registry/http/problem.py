"""Refusals as RFC 9457 ``application/problem+json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from nps_registry.errors import (
    FieldError,
    Gone,
    InvalidInput,
    MalformedRequest,
    Refusal,
    TooManyRequests,
    field_of,
    sum_up,
)
from nps_registry.localisation import gettext as _

PROBLEM_TYPE = "application/problem+json"
_LOCATIONS = {"query", "path", "header", "cookie", "body"}
_MOST_ERRORS = 100


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    slug: str = "about:blank",
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    instead: str = "",
) -> Response:
    """A problem document with *status*; at most 100 field errors are named, the rest counted in a last one.

    *instead* is the accession that took the place of what is gone.
    """
    body: dict[str, object] = {"type": slug, "title": title, "status": status, "detail": detail}
    if instead:
        body["instead"] = instead
    if errors:
        shown = [{"field": error.field, "message": error.message} for error in errors[:_MOST_ERRORS]]
        if len(errors) > _MOST_ERRORS:
            left = len(errors) - _MOST_ERRORS
            shown.append({"field": "", "message": _("%(count)d more are not shown.") % {"count": left}})
        body["errors"] = shown
    content = json.dumps(body, ensure_ascii=True).encode("ascii")
    return Response(content, status, headers=dict(headers or {}), media_type=PROBLEM_TYPE)


def refusal_problem(refusal: Refusal) -> Response:
    """The problem document of *refusal*."""
    headers: dict[str, str] = {}
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="nps-registry"'
    if isinstance(refusal, TooManyRequests):
        headers["Retry-After"] = str(refusal.retry_after_s)
    errors = refusal.errors
    if not errors and refusal.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        errors = (FieldError("", refusal.detail),)  # these two always say where; here it is the request as a whole
    return problem(
        refusal.status,
        _(refusal.title),
        refusal.detail,
        slug=f"urn:nps-registry:problem:{refusal.slug}",
        errors=errors,
        headers=headers,
        instead=refusal.instead if isinstance(refusal, Gone) else "",
    )


def status_problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """The problem document of a bare HTTP status (no such path, method not allowed)."""
    phrase = HTTPStatus(status).phrase
    return problem(status, phrase, detail or phrase, headers=headers)


def validation_refusal(error: RequestValidationError) -> Refusal:
    """The refusal of a request that the route's own schema did not accept."""
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return MalformedRequest(_("The body is not JSON that can be read."))
    errors = [field_of(_within(fault["loc"]), fault) for fault in faults]
    return InvalidInput(sum_up(errors), errors=errors)


def _within(location: Sequence[int | str]) -> Sequence[int | str]:
    """*location* without the part of the request that it begins with."""
    return location[1:] if location and location[0] in _LOCATIONS else location

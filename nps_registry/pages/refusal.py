"""A refusal as a page: what is wrong, and where to go from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from nps_registry.errors import FieldError, Gone, Refusal, TooManyRequests
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """What the page of a refusal shows; *instead* is the accession of what took the place of what is gone."""

    title: str
    detail: str
    errors: tuple[FieldError, ...]
    status: int
    instead: str = ""


def refusal_page(request: Request, refusal: Refusal) -> Response:
    """The page that says why *request* was refused, with the refusal's own status."""
    said = refusal.detail
    errors = tuple(each for each in refusal.errors if said not in {each.message, f"{each.field}: {each.message}"})
    instead = refusal.instead if isinstance(refusal, Gone) else ""
    page = RefusalPage(_(refusal.title), refusal.detail, errors, refusal.status, instead)
    return wait_if_told(render(request, "refusal", page, status=refusal.status), refusal)


def wait_if_told(response: Response, refusal: Refusal) -> Response:
    """*response*, which says in its header too when to come back, where *refusal* is one of too many requests."""
    if isinstance(refusal, TooManyRequests):
        response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def defect_page(request: Request, sentence: str) -> Response:
    """The page of a defect of ours."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return render(request, "refusal", RefusalPage(_("Something is wrong here"), sentence, (), status), status=status)

"""Why a hit is one: the structure asked and the substance side by side, what they share and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.dependencies import Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.results import keep_private
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.search.explanation import Explanation, explain
from nps_registry.search.questions import ExplanationQuestion
from nps_registry.vocabulary.search import Fingerprint

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ExplanationPage:
    """What the page shows: the comparison, and addresses that lead on from it.

    Attributes:
        explained: the comparison.
        fingerprint: how both became bits, in words.
        similar_url: what else resembles the structure.
        data_url: the same from the API.
    """

    explained: Explanation
    fingerprint: str
    similar_url: str
    data_url: str


@router.get("/search/explain")
def show_explanation(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    viewer: ViewerOfRequest,
    structure: Annotated[str, Query(max_length=5000)] = "",
    accession: Annotated[str, Query(max_length=100)] = "",
    fingerprint: Annotated[str, Query(max_length=100)] = Fingerprint.MORGAN.value,
) -> Response:
    """The substance *accession* beside *structure*."""
    if fingerprint not in set(Fingerprint):
        sentence = _("“%(given)s” is not a kind of fingerprint.") % {"given": fingerprint[:40]}
        raise InvalidInput(sentence, errors=[FieldError("fingerprint", sentence)])
    kind = Fingerprint(fingerprint)
    question = ExplanationQuestion(structure, accession, kind)
    visible = services.index.visible_beyond_public(session, viewer)
    explained = explain(services.index.snapshot, question, services.settings.comparison_limit_s, visible)
    asked = {"structure": structure, "fingerprint": kind.value}
    page = ExplanationPage(
        explained=explained,
        fingerprint=kind.label,
        similar_url=f"/search?{urlencode({'kind': 'similarity', **asked})}",
        data_url=f"/api/v1/search/explanation?{urlencode({**asked, 'accession': explained.entry.accession})}",
    )
    return keep_private(render(request, "explanation", page), viewer)

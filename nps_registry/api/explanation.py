"""Why a hit is one, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from nps_registry.api.description import answers, resource
from nps_registry.api.search_parameters import StructureText
from nps_registry.api.search_shapes import ExplanationShape
from nps_registry.http.results import scope_of
from nps_registry.http.services import services_of
from nps_registry.search.explanation import explain
from nps_registry.search.questions import ExplanationQuestion
from nps_registry.search.rendering import render_explanation
from nps_registry.search.restriction import EVERYTHING
from nps_registry.vocabulary.search import Fingerprint

router = resource("/search", "search")


@router.get(
    "/explanation",
    summary="Why a substance resembles a structure",
    response_class=Response,
    responses=answers(ExplanationShape, 401, 404),
)
def explain_hit(
    request: Request,
    structure: StructureText,
    accession: Annotated[str, Query(description="Of the substance.", examples=["NPS-000001"])],
    fingerprint: Fingerprint = Fingerprint.MORGAN,
) -> Response:
    """The part in common, what differs, both drawn alike, and the bits that the score is made of.

    The search for the common part has a time limit; where it ends that search, ``complete`` is false.
    """
    services = services_of(request)
    visible, _among = scope_of(request, services, EVERYTHING)
    question = ExplanationQuestion(structure, accession, fingerprint)
    answer = explain(services.index.snapshot, question, services.settings.comparison_limit_s, visible)
    return Response(render_explanation(answer), media_type="application/json")

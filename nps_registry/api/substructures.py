"""Searches by parts of a structure over HTTP: what contains a pattern, what is contained in a structure."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request
from starlette.responses import Response

from nps_registry.api.description import resource
from nps_registry.api.search_parameters import Among, Form, Limit, StructureText, answers_or_files
from nps_registry.api.search_shapes import PatternBody, SubstructureShape, SuperstructureBody, read_restriction
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import JsonBody
from nps_registry.http.quick_routes import QuickRoute
from nps_registry.http.results import scope_of, send_answer
from nps_registry.http.services import services_of
from nps_registry.search.questions import DEFAULT_LIMIT, SubstructureQuestion, SuperstructureQuestion
from nps_registry.search.rendering import render_substructure
from nps_registry.search.restriction import EVERYTHING
from nps_registry.vocabulary.search import FileForm, PatternForm

router = resource("/search", "search", QuickRoute)

_Total = Annotated[
    Literal["found", "exact"],
    Query(description="exact goes on after the last hit shown and counts all; found is quicker."),
]
_Pattern = Annotated[str, Query(description="SMARTS; a SMILES is one too.", examples=["c1ccccc1CCN"])]


@router.get(
    "/substructure",
    summary="By substructure",
    response_class=Response,
    responses=answers_or_files(SubstructureShape, 401, 429),
)
def search_substructure(
    request: Request,
    pattern: _Pattern,
    limit: Limit = DEFAULT_LIMIT,
    total: _Total = "found",
    read_as: PatternForm = PatternForm.SMARTS,
    among: Among = EVERYTHING,
    format: Form = None,
) -> Response:
    """Substances that contain a pattern, with the matched atoms; stopped at a time limit that the answer states."""
    return _answer(request, SubstructureQuestion(pattern, limit, total == "exact", read_as, among), format)


@router.post(
    "/substructure",
    summary="By substructure, for molfiles",
    response_class=Response,
    responses=answers_or_files(SubstructureShape, 401, 413, 415, 429),
    openapi_extra=takes(PatternBody),
)
def search_substructure_of_body(request: Request, body: JsonBody) -> Response:
    """As the GET, with the pattern in the body."""
    given = read_body(body, PatternBody)
    among = read_restriction(given.among)
    question = SubstructureQuestion(given.pattern, given.limit, given.total == "exact", given.read_as, among)
    return _answer(request, question, given.format)


@router.get(
    "/superstructure",
    summary="By superstructure",
    response_class=Response,
    responses=answers_or_files(SubstructureShape, 401, 429),
)
def search_superstructure(
    request: Request,
    structure: StructureText,
    limit: Limit = DEFAULT_LIMIT,
    total: _Total = "found",
    among: Among = EVERYTHING,
    format: Form = None,
) -> Response:
    """Substances that a structure contains; ``atoms`` are those of ``query.smiles`` under each."""
    return _answer(request, SuperstructureQuestion(structure, limit, total == "exact", among), format)


@router.post(
    "/superstructure",
    summary="By superstructure, for molfiles",
    response_class=Response,
    responses=answers_or_files(SubstructureShape, 401, 413, 415, 429),
    openapi_extra=takes(SuperstructureBody),
)
def search_superstructure_of_body(request: Request, body: JsonBody) -> Response:
    """As the GET, with the structure in the body."""
    given = read_body(body, SuperstructureBody)
    among = read_restriction(given.among)
    question = SuperstructureQuestion(given.structure, given.limit, given.total == "exact", among)
    return _answer(request, question, given.format)


def _answer(
    request: Request, question: SubstructureQuestion | SuperstructureQuestion, form: FileForm | None
) -> Response:
    services = services_of(request)
    scope = scope_of(request, services, question.among)
    answer = services.substructure.find(services.index.snapshot, question, *scope)
    return send_answer(request, services, answer, render_substructure(answer), form)

"""Search over HTTP. Answers are joined from cards rendered beforehand; nothing here waits for the database.

The functions take the request instead of dependencies: a dependency that is a plain function costs a turn of
the thread pool of its own, which is as much as the search itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from nps_registry.api.description import answers, resource
from nps_registry.api.search_parameters import (
    Among,
    Form,
    Limit,
    StructureText,
    Threshold,
    answers_or_files,
    read_heights,
)
from nps_registry.api.search_shapes import (
    BatchShape,
    IdentityShape,
    MassShape,
    NameShape,
    SimilarityBatch,
    SimilarityShape,
    StructureBody,
    read_restriction,
)
from nps_registry.errors import FieldError, InvalidInput, Refusal, UnreadableStructure
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import JsonBody
from nps_registry.http.problem import refusal_problem
from nps_registry.http.quick_routes import QuickRoute
from nps_registry.http.results import Scope, scope_of, send_answer
from nps_registry.http.services import Services, services_of
from nps_registry.localisation import gettext as _
from nps_registry.search import rendering
from nps_registry.search.identity import find_identical
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_LIMIT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
)
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.search.similarity import SimilarityAnswer, find_similar
from nps_registry.vocabulary.search import FileForm, Fingerprint, Metric
from nps_registry.vocabulary.substance import Stereo

router = resource("/search", "search", QuickRoute)

_MOST_HITS_OF_BATCH = 100_000
_FORMULA = "Molecular formula; behind an element ? is none or one of it, * any number, (2-4) from two to four."
_ISOTOPES = "Measured heights of M, M+1, M+2 …, separated by commas, in any unit."


@router.get("/name", summary="By name", response_class=Response, responses=answers_or_files(NameShape, 401))
def search_name(
    request: Request,
    q: Annotated[str, Query(description="A name as typed, a CAS number, an InChIKey or an accession.")],
    limit: Limit = DEFAULT_LIMIT,
    among: Among = EVERYTHING,
    format: Form = None,
) -> Response:
    """Substances that carry a name, tolerant of typing, hyphens, scripts, Greek letters and word order.

    A name that several substances carry is answered with all of them, and ``query.meanings`` says how many.
    """
    services = services_of(request)
    question = NameQuestion(q, limit, among)
    answer = find_by_name(services.index.snapshot, question, *scope_of(request, services, among))
    return send_answer(request, services, answer, rendering.render_name(answer), format)


@router.get("/identity", summary="By identity", response_class=Response, responses=answers_or_files(IdentityShape, 401))
def search_identity(
    request: Request, structure: StructureText, stereo: Stereo | None = None, format: Form = None
) -> Response:
    """The substance that a structure is (of a salt, its parent), and its relatives.

    Those are its stereo variants, its skeleton, its tautomers and its positional isomers.
    """
    return _identity(request, IdentityQuestion(structure, stereo), format)


@router.post(
    "/identity",
    summary="By identity, for molfiles",
    response_class=Response,
    responses=answers_or_files(IdentityShape, 401, 413, 415),
    openapi_extra=takes(StructureBody),
)
def search_identity_of_body(request: Request, body: JsonBody) -> Response:
    """As the GET, with the structure in the body."""
    given = read_body(body, StructureBody)
    return _identity(request, IdentityQuestion(given.structure, given.stereo), given.format)


def _identity(request: Request, question: IdentityQuestion, form: FileForm | None) -> Response:
    services = services_of(request)
    visible, _among = scope_of(request, services, EVERYTHING)
    answer = find_identical(services.index.snapshot, question, visible)
    return send_answer(request, services, answer, rendering.render_identity(answer), form)


@router.get(
    "/similarity", summary="By similarity", response_class=Response, responses=answers_or_files(SimilarityShape, 401)
)
def search_similarity(
    request: Request,
    structure: StructureText,
    threshold: Threshold = DEFAULT_THRESHOLD,
    limit: Limit = DEFAULT_LIMIT,
    fingerprint: Fingerprint = Fingerprint.MORGAN,
    metric: Metric = Metric.TANIMOTO,
    tversky_a: float = 0.5,
    tversky_b: float = 0.5,
    among: Among = EVERYTHING,
    format: Form = None,
) -> Response:
    """Substances that resemble a structure, by falling score, ties by accession. Exact, not approximate."""
    question = SimilarityQuestion(structure, threshold, limit, fingerprint, metric, tversky_a, tversky_b, among)
    services = services_of(request)
    answer = _find_similar(services, question, scope_of(request, services, among))
    return send_answer(request, services, answer, rendering.render_similarity(answer), format)


def _find_similar(services: Services, question: SimilarityQuestion, scope: Scope) -> SimilarityAnswer:
    visible, among = scope
    return find_similar(services.index.snapshot, question, visible, services.index.other_planes, among)


@router.post(
    "/similarity",
    summary="By similarity, several structures",
    response_class=Response,
    responses=answers(BatchShape, 401, 413, 415),
    openapi_extra=takes(SimilarityBatch),
)
def search_similarity_batch(request: Request, body: JsonBody) -> Response:
    """One result per structure, in order; an error in the place of one that cannot be read."""
    batch = read_body(body, SimilarityBatch)
    services = services_of(request)
    among = read_restriction(batch.among)
    results = _batch_results(services, batch, among, scope_of(request, services, among))
    return Response(b'{"results":[%b]}' % b",".join(results), media_type="application/json")


def _batch_results(services: Services, batch: SimilarityBatch, among: Restriction, scope: Scope) -> Iterator[bytes]:
    settings = {name: value for name, value in batch if name != "structures"} | {"among": among}
    SimilarityQuestion("C", **settings)  # what is wrong with these is wrong with the whole request
    if len(batch.structures) * batch.limit > _MOST_HITS_OF_BATCH:
        sentence = _("So many structures can have %(most)d hits each at most; ask for fewer of either.")
        detail = sentence % {"most": _MOST_HITS_OF_BATCH // len(batch.structures)}
        raise InvalidInput(detail, errors=[FieldError("limit", detail)])
    for number, structure in enumerate(batch.structures):
        try:
            yield rendering.render_similarity(_find_similar(services, SimilarityQuestion(structure, **settings), scope))
        except Refusal as refusal:
            yield _error_in_place(structure, refusal, f"structures[{number}]")


def _error_in_place(structure: str, refusal: Refusal, field: str) -> bytes:
    placed = (
        refusal.at(field)
        if isinstance(refusal, UnreadableStructure)
        else InvalidInput(refusal.detail, errors=[FieldError(field, refusal.detail)])
    )
    return b'{"query":%b,"error":%b}' % (
        rendering.to_json({"structure": structure}),
        bytes(refusal_problem(placed).body),
    )


@router.get("/mass", summary="By mass or formula", response_class=Response, responses=answers_or_files(MassShape, 401))
def search_mass(
    request: Request,
    mass_da: Annotated[float | None, Query(description="Monoisotopic neutral mass, Da.")] = None,
    mz: Annotated[float | None, Query(description="Mass-to-charge ratio of the adduct.")] = None,
    formula: Annotated[str | None, Query(description=_FORMULA, examples=["C11H15NO", "C17H18Cl*N2O?"])] = None,
    adduct: Annotated[str, Query(description="The ion that mz was measured of.")] = DEFAULT_ADDUCT,
    ppm: Annotated[float, Query(description="Half width of the window, parts per million.")] = DEFAULT_PPM,
    limit: Limit = DEFAULT_LIMIT,
    isotopes: Annotated[str, Query(description=_ISOTOPES, max_length=300, examples=["100,11.9,0.8"])] = "",
    among: Among = EVERYTHING,
    format: Form = None,
) -> Response:
    """Substances of a neutral mass, of an ion's m/z, or of a formula; give exactly one of the three."""
    question = MassQuestion(mass_da, mz, formula, adduct, ppm, limit, read_heights(isotopes), among)
    services = services_of(request)
    answer = find_by_mass(services.index.snapshot, question, *scope_of(request, services, among))
    return send_answer(request, services, answer, rendering.render_mass(answer), format)

"""Search over HTTP. Answers are joined from cards rendered beforehand; nothing here waits for the database.

The functions take the request instead of dependencies: a dependency that is a plain function costs a turn of
the thread pool of its own, which is as much as the search itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.api.description import answers
from nps_registry.api.search_shapes import (
    BatchShape,
    IdentityShape,
    MassShape,
    NameShape,
    PatternBody,
    SimilarityBatch,
    SimilarityShape,
    StructureBody,
    SubstructureShape,
)
from nps_registry.errors import FieldError, InvalidInput, Refusal, UnreadableStructure
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import JsonBody, bearer_text, viewer_of
from nps_registry.http.problem import refusal_problem
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
    MOST_HITS,
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
)
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import NOBODY
from nps_registry.store.engine import reading
from nps_registry.vocabulary.search import Fingerprint, Metric
from nps_registry.vocabulary.substance import Stereo

router = APIRouter(prefix="/search", tags=["search"])

_JSON = "application/json"
_MOST_HITS_OF_BATCH = 100_000
# Bounds are told here and checked by the question, which is the one validator.
_Structure = Annotated[str, Query(description="SMILES or InChI; send a molfile by POST.", examples=["CCNC(C)C"])]
_Limit = Annotated[int, Query(json_schema_extra={"minimum": 1, "maximum": MOST_HITS})]
_Threshold = Annotated[float, Query(json_schema_extra={"minimum": 0, "maximum": 1})]


def _answer(content: bytes) -> Response:
    return Response(content, media_type=_JSON)


def _visible(request: Request, services: Services) -> frozenset[int]:
    """Ids of the provisional substances that the caller may know of beyond the public ones."""
    if bearer_text(request) is None:
        return NOBODY
    viewer = viewer_of(request, services)
    with reading(services.engine) as session:
        return services.index.visible_beyond_public(session, viewer)


@router.get("/name", summary="By name", response_class=Response, responses=answers(NameShape, 401))
def search_name(
    request: Request,
    q: Annotated[str, Query(description="A name as typed, a CAS number, an InChIKey or an accession.")],
    limit: _Limit = DEFAULT_LIMIT,
) -> Response:
    """Substances that carry a name, tolerant of typing, hyphens, Greek letters and word order."""
    services = services_of(request)
    answer = find_by_name(services.index.snapshot, NameQuestion(q, limit), _visible(request, services))
    return _answer(rendering.render_name(answer))


@router.get("/identity", summary="By identity", response_class=Response, responses=answers(IdentityShape, 401))
def search_identity(request: Request, structure: _Structure, stereo: Stereo | None = None) -> Response:
    """The substance that a structure is, its stereo variants, its skeleton and its tautomers."""
    return _identity(request, IdentityQuestion(structure, stereo))


@router.post(
    "/identity",
    summary="By identity, for molfiles",
    response_class=Response,
    responses=answers(IdentityShape, 401, 413, 415),
    openapi_extra=takes(StructureBody),
)
def search_identity_of_body(request: Request, body: JsonBody) -> Response:
    """As the GET, with the structure in the body."""
    given = read_body(body, StructureBody)
    return _identity(request, IdentityQuestion(given.structure, given.stereo))


def _identity(request: Request, question: IdentityQuestion) -> Response:
    services = services_of(request)
    answer = find_identical(services.index.snapshot, question, _visible(request, services))
    return _answer(rendering.render_identity(answer))


@router.get("/similarity", summary="By similarity", response_class=Response, responses=answers(SimilarityShape, 401))
def search_similarity(
    request: Request,
    structure: _Structure,
    threshold: _Threshold = DEFAULT_THRESHOLD,
    limit: _Limit = DEFAULT_LIMIT,
    fingerprint: Fingerprint = Fingerprint.MORGAN,
    metric: Metric = Metric.TANIMOTO,
    tversky_a: float = 0.5,
    tversky_b: float = 0.5,
) -> Response:
    """Substances that resemble a structure, by falling score, ties by accession. Exact, not approximate."""
    question = SimilarityQuestion(structure, threshold, limit, fingerprint, metric, tversky_a, tversky_b)
    services = services_of(request)
    return _answer(_similarity(services, question, _visible(request, services)))


def _similarity(services: Services, question: SimilarityQuestion, visible: frozenset[int]) -> bytes:
    answer = find_similar(services.index.snapshot, question, visible, services.index.other_planes)
    return rendering.render_similarity(answer)


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
    results = _batch_results(services, batch, _visible(request, services))
    return _answer(b'{"results":[%b]}' % b",".join(results))


def _batch_results(services: Services, batch: SimilarityBatch, visible: frozenset[int]) -> Iterator[bytes]:
    settings = {name: value for name, value in batch if name != "structures"}
    SimilarityQuestion("C", **settings)  # what is wrong with these is wrong with the whole request
    if len(batch.structures) * batch.limit > _MOST_HITS_OF_BATCH:
        sentence = _("So many structures can have %(most)d hits each at most; ask for fewer of either.")
        detail = sentence % {"most": _MOST_HITS_OF_BATCH // len(batch.structures)}
        raise InvalidInput(detail, errors=[FieldError("limit", detail)])
    for number, structure in enumerate(batch.structures):
        try:
            yield _similarity(services, SimilarityQuestion(structure, **settings), visible)
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


@router.get(
    "/substructure", summary="By substructure", response_class=Response, responses=answers(SubstructureShape, 401)
)
def search_substructure(
    request: Request,
    pattern: Annotated[str, Query(description="SMARTS; a SMILES is one too.", examples=["c1ccccc1CCN"])],
    limit: _Limit = DEFAULT_LIMIT,
) -> Response:
    """Substances that contain a pattern, with the matched atoms; stopped at a time limit that the answer states."""
    return _substructure(request, SubstructureQuestion(pattern, limit))


@router.post(
    "/substructure",
    summary="By substructure, for molfiles",
    response_class=Response,
    responses=answers(SubstructureShape, 401, 413, 415),
    openapi_extra=takes(PatternBody),
)
def search_substructure_of_body(request: Request, body: JsonBody) -> Response:
    """As the GET, with the pattern in the body."""
    given = read_body(body, PatternBody)
    return _substructure(request, SubstructureQuestion(given.pattern, given.limit))


def _substructure(request: Request, question: SubstructureQuestion) -> Response:
    services = services_of(request)
    answer = services.substructure.find(services.index.snapshot, question, _visible(request, services))
    return _answer(rendering.render_substructure(answer))


@router.get("/mass", summary="By mass or formula", response_class=Response, responses=answers(MassShape, 401))
def search_mass(
    request: Request,
    mass_da: Annotated[float | None, Query(description="Monoisotopic neutral mass, Da.")] = None,
    mz: Annotated[float | None, Query(description="Mass-to-charge ratio of the adduct.")] = None,
    formula: Annotated[str | None, Query(description="Molecular formula.", examples=["C11H15NO"])] = None,
    adduct: Annotated[str, Query(description="The ion that mz was measured of.")] = DEFAULT_ADDUCT,
    ppm: Annotated[float, Query(description="Half width of the window, parts per million.")] = DEFAULT_PPM,
    limit: _Limit = DEFAULT_LIMIT,
) -> Response:
    """Substances of a neutral mass, of an ion's m/z, or of a formula; give exactly one of the three."""
    question = MassQuestion(mass_da, mz, formula, adduct, ppm, limit)
    services = services_of(request)
    answer = find_by_mass(services.index.snapshot, question, _visible(request, services))
    return _answer(rendering.render_mass(answer))

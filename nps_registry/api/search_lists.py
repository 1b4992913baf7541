"""Searches for a whole list over HTTP: structures and names, or the peaks of a spectrum."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from nps_registry.api.description import resource
from nps_registry.api.search_parameters import Form, answers_or_files
from nps_registry.api.search_shapes import FeatureBody, FeatureListShape, ListBody, RowListShape, read_restriction
from nps_registry.errors import UnsupportedForm
from nps_registry.http.bodies import read_body
from nps_registry.http.list_size import require_allowed_size
from nps_registry.http.results import scope_of, send_answer
from nps_registry.http.services import services_of
from nps_registry.localisation import gettext as _
from nps_registry.search.batch import identify_batch
from nps_registry.search.features import find_by_features
from nps_registry.search.lists import decode_list, read_features, read_rows
from nps_registry.search.questions import BatchQuestion, BatchRow, Feature, FeatureQuestion
from nps_registry.search.rendering import render_batch, render_features
from nps_registry.search.restriction import EVERYTHING
from nps_registry.vocabulary.search import ListForm

router = resource("/search", "search")

_FORMS = {
    "text/plain": ListForm.LINES,
    "text/csv": ListForm.TABLE,
    "text/tab-separated-values": ListForm.TABLE,
    "chemical/x-daylight-smiles": ListForm.SMILES,
    "chemical/x-mdl-sdfile": ListForm.SDF,
}
_TEXTS = {name: {"schema": {"type": "string", "minLength": 1}} for name in _FORMS}


def _describe_body(shape: type[ListBody] | type[FeatureBody], texts: tuple[str, ...]) -> dict[str, object]:
    content = {
        "application/json": {"schema": shape.model_json_schema(ref_template="#/components/schemas/{model}")},
        **{name: _TEXTS[name] for name in texts},
    }
    return {"requestBody": {"required": True, "content": content}}


async def _read_any_body(request: Request) -> tuple[str, bytes]:
    """The media type and the content of a body; the types that a route takes are its own affair."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type or "application/json", await request.body()


AnyBody = Annotated[tuple[str, bytes], Depends(_read_any_body)]


@router.post(
    "/batch",
    summary="A list of structures and names",
    response_class=Response,
    responses=answers_or_files(RowListShape, 401, 403, 413, 415),
    openapi_extra=_describe_body(ListBody, tuple(_FORMS)),
)
def search_list(request: Request, body: AnyBody, format: Form = None) -> Response:
    """What each row is, or what is nearest to it, in order; an error in the place of a row that cannot be read.

    As JSON, as plain lines, or as a file: CSV with a header, SMILES, SDF. More than 200 rows need a token with the
    scope ``search:large``.
    """
    question = _read_list(*body)
    require_allowed_size(request, len(question.rows))
    services = services_of(request)
    visible, _among = scope_of(request, services, EVERYTHING)
    answer = identify_batch(services.index.snapshot, question, visible)
    return send_answer(request, services, answer, render_batch(answer), format)


def _read_list(media_type: str, body: bytes) -> BatchQuestion:
    if media_type == "application/json" or media_type.endswith("+json"):
        given = read_body(body, ListBody)
        return BatchQuestion(tuple(BatchRow(row) for row in given.rows), given.threshold)
    if media_type not in _FORMS:
        raise _refuse_type(media_type, ("application/json", *_FORMS))
    return BatchQuestion(read_rows(decode_list(body), _FORMS[media_type]))


@router.post(
    "/features",
    summary="A list of peaks",
    response_class=Response,
    responses=answers_or_files(FeatureListShape, 401, 413, 415),
    openapi_extra=_describe_body(FeatureBody, ("text/plain", "text/csv")),
)
def search_features(request: Request, body: AnyBody, format: Form = None) -> Response:
    """Which substances explain which peaks of a list, as which ions: a suspect list against a feature list.

    As JSON, or as text: a CSV with the columns ``mz`` and ``intensity``, or one m/z a line.
    """
    question = _read_features(*body)
    services = services_of(request)
    answer = find_by_features(services.index.snapshot, question, *scope_of(request, services, question.among))
    return send_answer(request, services, answer, render_features(answer), format)


def _read_features(media_type: str, body: bytes) -> FeatureQuestion:
    if media_type == "application/json" or media_type.endswith("+json"):
        given = read_body(body, FeatureBody)
        features = tuple(Feature(each.mz, each.intensity, each.label) for each in given.features)
        return FeatureQuestion(features, tuple(given.adducts), given.ppm, read_restriction(given.among))
    if media_type not in {"text/plain", "text/csv"}:
        raise _refuse_type(media_type, ("application/json", "text/plain", "text/csv"))
    return FeatureQuestion(read_features(decode_list(body)))


def _refuse_type(given: str, taken: tuple[str, ...]) -> UnsupportedForm:
    sentence = _("The body is %(given)s; send one of %(taken)s.")
    return UnsupportedForm(sentence % {"given": given[:80], "taken": ", ".join(taken)})

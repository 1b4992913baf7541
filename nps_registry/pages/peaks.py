"""A list of peaks of one measurement: which substances explain which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from nps_registry.errors import Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.results import keep_private, reader_of, send_answer
from nps_registry.pages.given_list import FILES, SHOWN, Pasted, Short, Upload, file_form, read_given, read_number
from nps_registry.pages.rendering import render
from nps_registry.pages.search_choices import find_choices
from nps_registry.search.features import FeatureAnswer, find_by_features
from nps_registry.search.lists import read_features
from nps_registry.search.questions import DEFAULT_ADDUCT, DEFAULT_PPM, FeatureQuestion
from nps_registry.search.rendering import render_features

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PeaksPage:
    """What the page of peaks shows; as :class:`BatchPage`, with the ions that are looked for."""

    pasted: str
    ppm: str
    chosen: list[str]
    adducts: list[str]
    shown: int
    answer: FeatureAnswer | None
    refusal: str
    files: tuple[tuple[str, str], ...] = FILES


@router.get("/search/peaks")
def peaks(request: Request, session: Reading) -> Response:
    """The form for a list of peaks."""
    adducts = find_choices(session).adducts
    page = PeaksPage("", f"{DEFAULT_PPM:g}", [DEFAULT_ADDUCT], adducts, SHOWN, None, "")
    return render(request, "peaks", page)


@router.post("/search/peaks")
def answer_peaks(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    features: Pasted = "",
    file: Upload = None,
    ppm: Short = f"{DEFAULT_PPM:g}",
    adduct: Annotated[list[str], Form(max_length=20)] = [DEFAULT_ADDUCT],  # noqa: B006 - read only
    form: Short = "",
) -> Response:
    """The peaks explained: as a page, or as the file that was asked for."""
    viewer = reader_of(request, services)
    text, answer, refusal = features, None, ""
    try:
        text, _name = read_given(features, file)
        question = FeatureQuestion(read_features(text), tuple(adduct), read_number("ppm", ppm))
        visible = services.index.visible_beyond_public(session, viewer)
        answer = find_by_features(services.index.snapshot, question, visible)
        if form:
            kept = send_answer(request, services, answer, render_features(answer), file_form(form))
            return keep_private(kept, viewer)
    except Refusal as refused:
        refusal = refused.detail
    page = PeaksPage(text, ppm, adduct, find_choices(session).adducts, SHOWN, answer, refusal)
    return keep_private(render(request, "peaks", page, status=422 if refusal else 200), viewer)

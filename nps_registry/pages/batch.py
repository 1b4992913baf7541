"""A list of structures and names: a table in, a table out."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.list_size import require_allowed_size
from nps_registry.http.results import keep_private, reader_of, send_answer
from nps_registry.pages.given_list import FILES, SHOWN, Pasted, Short, Upload, file_form, read_given, read_number
from nps_registry.pages.rendering import render
from nps_registry.search.batch import BatchAnswer, identify_batch
from nps_registry.search.lists import guess_form, read_rows
from nps_registry.search.questions import DEFAULT_THRESHOLD, ROWS_OF_VISITORS, BatchQuestion
from nps_registry.search.rendering import render_batch
from nps_registry.store.dossiers import drawings

router = APIRouter()


@dataclass(frozen=True, slots=True)
class BatchPage:
    """What the page of structures and names shows.

    Attributes:
        pasted: the list as text, so that it can be asked again or kept as a file.
        answer: the lines; none before anything was asked.
        svgs: drawings by the id of their substance.
        refusal: why there is no answer; empty where there is one.
        files: the forms in which the answer can be kept, with their labels.
    """

    pasted: str
    threshold: str
    most: int
    shown: int
    answer: BatchAnswer | None
    svgs: dict[int, str]
    refusal: str
    files: tuple[tuple[str, str], ...] = FILES


@router.get("/search/batch")
def batch(request: Request) -> Response:
    """The form for a list of structures and names."""
    page = BatchPage("", f"{DEFAULT_THRESHOLD:g}", ROWS_OF_VISITORS, SHOWN, None, {}, "")
    return render(request, "batch", page)


@router.post("/search/batch")
def answer_batch(
    request: Request,
    services: ServicesOfRequest,
    session: Reading,
    rows: Pasted = "",
    file: Upload = None,
    threshold: Short = f"{DEFAULT_THRESHOLD:g}",
    form: Short = "",
) -> Response:
    """The list answered: as a page, or as the file that was asked for."""
    viewer = reader_of(request, services)
    text, answer, refusal = rows, None, ""
    try:
        text, name = read_given(rows, file)
        question = BatchQuestion(read_rows(text, guess_form(text, name)), read_number("threshold", threshold))
        require_allowed_size(request, len(question.rows))
        visible = services.index.visible_beyond_public(session, viewer)
        answer = identify_batch(services.index.snapshot, question, visible)
        if form:
            return keep_private(send_answer(request, services, answer, render_batch(answer), file_form(form)), viewer)
    except Refusal as refused:
        refusal = refused.detail
    found = [line.entry.row.id for line in answer.lines[:SHOWN] if line.entry] if answer else []
    page = BatchPage(text, threshold, ROWS_OF_VISITORS, SHOWN, answer, drawings(session, found), refusal)
    return keep_private(render(request, "batch", page, status=422 if refusal else 200), viewer)

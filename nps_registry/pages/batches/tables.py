"""Tables: uploaded, listed, one looked at, written and thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from nps_registry.accounts.limits import limits_of_submission, use_up
from nps_registry.errors import InvalidInput, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.http.tables import csv_answer
from nps_registry.intake import batch_desk as desk
from nps_registry.intake.batch import SentTable
from nps_registry.intake.batch_work import position_of
from nps_registry.intake.file_names import plain_name
from nps_registry.intake.table_form import XLSX_TYPE, digest_of_bytes, form_of, read_whole_table
from nps_registry.intake.template import write_template
from nps_registry.localisation import gettext as _
from nps_registry.pages.batches.access import HOME, BatchId, Laboratory, leave_for, sender_of
from nps_registry.pages.lab.report_view import label_of
from nps_registry.pages.rendering import render
from nps_registry.store import batch_desk as stored
from nps_registry.store.engine import Session, writing
from nps_registry.store.tables import Batch, BatchRow
from nps_registry.vocabulary.batch import BatchState, RowVerdict
from nps_registry.vocabulary.finding import Match

router = APIRouter()
ROWS_A_PAGE = 50
_REFRESH_S = 2


@dataclass(frozen=True, slots=True)
class TablesPage:
    """The tables of the organisation, and the form for another; *wrong* says why the last was not taken."""

    batches: list[Batch]
    wrong: str
    limit_mb: float


@dataclass(frozen=True, slots=True)
class TablePage:
    """One table: how far it is, its figures, and a page of its rows.

    Attributes:
        counts: rows by verdict.
        done: rows treated so far in the pass that runs.
        figures: what was counted, by name.
        matches: detections by how they met the registry, in words.
        names: names that were not recognised.
        labels: what faults that belong to no column are about, in words, by their field.
        verdict: what the rows are filtered by.
    """

    batch: Batch
    counts: dict[RowVerdict, int]
    done: int
    figures: dict[str, int]
    matches: list[tuple[str, int]]
    names: int
    rows: list[BatchRow]
    labels: dict[str, str]
    verdict: RowVerdict | None
    number: int
    pages: int
    wrong: str


def _tables(request: Request, services: ServicesOfRequest, session: Session, organisation: str, wrong: str) -> Response:
    limit_mb = services.settings.batch_limit_bytes / 1_000_000
    page = TablesPage(stored.list_batches(session, organisation), wrong, limit_mb)
    return render(request, "batches/tables", page, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK)


@router.get(HOME)
def tables(request: Request, services: ServicesOfRequest, person: Laboratory, session: Reading) -> Response:
    """The tables of the organisation, newest first."""
    return _tables(request, services, session, person.organisation_id, "")


@router.post(HOME)
def upload(request: Request, services: ServicesOfRequest, person: Laboratory, form: CheckedForm) -> Response:
    """Take a table; its columns are asked for where they are not known."""
    file = form.get("table")
    per_minute = services.settings.submissions_per_minute
    use_up(services.engine, limits_of_submission(person.organisation_id, person.person_id, per_minute))
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput(_("Choose a file."))
        body, name = file.file.read(), plain_name(file.filename)
        table = read_whole_table(body, form_of(file.content_type or "", body), name)
        with writing(services.engine) as session:
            batch = desk.upload(session, sender_of(session, person), SentTable(table, digest_of_bytes(body), name))
    except Refusal as refusal:
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        with writing(services.engine) as session:
            return _tables(request, services, session, person.organisation_id, refusal.detail)
    return leave_for(batch.id, "/columns" if batch.state is BatchState.UPLOADED else "")


@router.get(f"{HOME}/template.xlsx")
def template(_person: Laboratory) -> Response:
    """The workbook to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="nps-registry-template.xlsx"'}
    return Response(write_template(), media_type=XLSX_TYPE, headers=headers)


@router.get(f"{HOME}/{{batch_id}}")
def table(
    request: Request,
    person: Laboratory,
    session: Reading,
    batch_id: BatchId,
    verdict: RowVerdict | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """How far the table is, and its rows, those with faults first."""
    batch = stored.find_batch(session, batch_id, person.organisation_id)
    if batch.state is BatchState.UPLOADED:
        return leave_for(batch.id, "/columns")
    response = render(request, "batches/table", page_of(session, batch, verdict, page))
    if batch.state in stored.IN_WORK:
        response.headers["Refresh"] = str(_REFRESH_S)
    return response


def page_of(
    session: Session, batch: Batch, verdict: RowVerdict | None = None, number: int = 1, wrong: str = ""
) -> TablePage:
    """The page of *batch* with one page of its rows."""
    counts = stored.count_verdicts(session, batch.id)
    count = batch.rows if verdict is None else counts.get(verdict, 0)
    names = batch.figures.get("unrecognised", {})
    rows = stored.page_of_rows(session, batch.id, verdict=verdict, page=number, limit=ROWS_A_PAGE)
    outside = {field for row in rows for field, _message in row.errors} - {"", *batch.headings}
    return TablePage(
        batch=batch,
        counts=counts,
        done=position_of(batch),
        figures={name: int(str(batch.figures.get(name, 0))) for name in ("reports", "accepted", "reidentified")},
        matches=_matches(batch),
        names=len(names) if isinstance(names, dict) else 0,
        rows=rows,
        labels={field: label_of(field) for field in outside},
        verdict=verdict,
        number=number,
        pages=max(1, -(-count // ROWS_A_PAGE)),
        wrong=wrong,
    )


def _matches(batch: Batch) -> list[tuple[str, int]]:
    counted = batch.figures.get("matches", {})
    found = counted.items() if isinstance(counted, dict) else ()
    return sorted(((Match(key).label, count) for key, count in found), key=lambda entry: -entry[1])


@router.post(f"{HOME}/{{batch_id}}/run")
def run(person: Laboratory, session: Writing, batch_id: BatchId, form: CheckedForm) -> Response:
    """Have the rows written: all of them, or the good ones."""
    batch = stored.find_batch(session, batch_id, person.organisation_id, lock=True)
    desk.begin_keeping(session, sender_of(session, person), batch, partial=text_of(form, "rows") == "good")
    return leave_for(batch.id)


@router.post(f"{HOME}/{{batch_id}}/discard")
def discard(person: Laboratory, session: Writing, batch_id: BatchId, _form: CheckedForm) -> Response:
    """Forget the table; reports that were made of it stay."""
    desk.discard(session, stored.find_batch(session, batch_id, person.organisation_id, lock=True))
    return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)


@router.get(f"{HOME}/{{batch_id}}/result.csv")
def result(person: Laboratory, session: Reading, batch_id: BatchId) -> Response:
    """What became of every row."""
    batch = stored.find_batch(session, batch_id, person.organisation_id)
    header = ("row", "verdict", "report_id", "reference", "state", "own_reference", "faults")
    lines: list[list[object]] = []
    for each in stored.results(session, batch.id):
        faults = "; ".join(f"{field}: {message}" if field else message for field, message in each.row.errors)
        report = each.report
        told = ["", "", "", ""]
        if report is not None:
            told = [report.id, report.reference or "", report.state.value, report.own_reference or ""]
        lines.append([each.row.number, each.row.verdict.value, *told, faults])
    return csv_answer(lines, header, "batch-result.csv")

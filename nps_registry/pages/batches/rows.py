"""One row of a table: corrected in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading, ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.intake import batch_desk as desk
from nps_registry.pages.batches.access import HOME, BatchId, Laboratory, leave_for, sender_of
from nps_registry.pages.lab.report_view import label_of
from nps_registry.pages.rendering import render
from nps_registry.store import batch_desk as stored
from nps_registry.store.tables import Batch, BatchRow
from nps_registry.vocabulary.batch import RowVerdict

router = APIRouter()
RowNumber = Annotated[int, Path(ge=1, le=10_000_000)]
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class RowPage:
    """One row as a form, with what is wrong beside each cell.

    Attributes:
        faults: messages by heading.
        others: messages that belong to no column.
    """

    batch: Batch
    row: BatchRow
    faults: dict[str, list[str]]
    others: list[str]


def _page(batch: Batch, row: BatchRow) -> RowPage:
    faults: dict[str, list[str]] = {}
    others: list[str] = [row.fault] if row.fault else []
    for field, message in row.errors:
        if field in batch.headings:
            faults.setdefault(field, []).append(message)
        elif message not in others:
            others.append(f"{label_of(field)}: {message}" if field else message)
    return RowPage(batch, row, faults, others)


@router.get(f"{HOME}/{{batch_id}}/rows/{{number}}")
def row(request: Request, person: Laboratory, session: Reading, batch_id: BatchId, number: RowNumber) -> Response:
    """The cells of the row, to be corrected."""
    batch = stored.find_batch(session, batch_id, person.organisation_id)
    return render(request, "batches/row", _page(batch, stored.find_row(session, batch.id, number)))


@router.post(f"{HOME}/{{batch_id}}/rows/{{number}}")
def correct(
    request: Request,
    services: ServicesOfRequest,
    person: Laboratory,
    session: Writing,
    batch_id: BatchId,
    number: RowNumber,
    form: CheckedForm,
) -> Response:
    """Look at the corrected row; on to the next one with faults where it stands now."""
    batch = stored.find_batch(session, batch_id, person.organisation_id, lock=True)
    cells = {heading: text_of(form, f"cell-{index}", most=_LONGEST) for index, heading in enumerate(batch.headings)}
    known, sender = services.desk, sender_of(session, person)
    corrected = desk.correct_row(session, known, sender, batch, number=number, cells=cells)
    if corrected.verdict is RowVerdict.FAULTY:
        return render(request, "batches/row", _page(batch, corrected), status=422)
    return leave_for(batch.id, f"?verdict={RowVerdict.FAULTY.value}")

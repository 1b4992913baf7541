"""A laboratory's table over HTTP, thousands of rows in one request, every row answered."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from nps_registry.api.description import WITH_TOKEN, problems, resource
from nps_registry.api.reports import idempotency_key_of, sender_of
from nps_registry.errors import MalformedRequest
from nps_registry.http.dependencies import ServicesOfRequest, SubmitterOfRequest
from nps_registry.http.problem import PROBLEM_TYPE, refusal_problem
from nps_registry.intake.batch import Answered, BatchWish, SentTable, receive_batch, refusal_of
from nps_registry.intake.table_form import MEDIA_TYPES, digest_of_bytes, form_of, read_whole_table
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.batch import RowVerdict
from nps_registry.vocabulary.report import ReportState

router = resource("/reports", "reports")


class BatchRowShape(BaseModel):
    """What became of one row, or would become of it."""

    row: int = Field(description="1 for the first row below the headings.")
    accepted: bool
    verdict: RowVerdict
    id: str | None = None
    reference: str | None = None
    state: ReportState | None = None
    errors: list[dict[str, str]] = Field(default=[], description="`field` is the heading of the column at fault.")


class BatchShape(BaseModel):
    """The answer to a batch; `rows` has one entry for each row of the table, in its order."""

    written: bool
    dry_run: bool
    demonstration: bool
    total: int
    accepted: int
    refused: int
    repeated: int = Field(description="Rows that were here already.")
    reports: int
    detections: dict[str, int]
    unrecognised: list[dict[str, Any]] = Field(description="Names that are not in the registry, most frequent first.")
    rows: list[BatchRowShape]


async def _table_body(request: Request) -> bytes:
    return await request.body()


_TABLE = {"schema": {"type": "string", "description": "Headings, then one row for each detection or item."}}
_TAKES: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, _TABLE)}}


@router.post(
    "/batch",
    status_code=201,
    summary="Submit a table of reports",
    response_class=Response,
    responses={
        201: {"model": BatchShape, "description": "Written; or sent again under the same key, and answered alike."},
        200: {"model": BatchShape, "description": "Looked at only (`dry_run`)."},
        **problems(401, 403, 404, 409, 413, 415, 429),
    },
    openapi_extra=_TAKES | WITH_TOKEN,
)
def submit_batch(
    request: Request,
    services: ServicesOfRequest,
    bearer: SubmitterOfRequest,
    body: Annotated[bytes, Depends(_table_body)],
    dry_run: Annotated[bool, Query(description="Only say what would become of each row.")] = False,
    partial: Annotated[bool, Query(description="Keep the good rows although others have faults.")] = False,
    mapping: Annotated[
        str | None, Query(max_length=120, description="A mapping that your organisation stored.")
    ] = None,
    idempotency_key: Annotated[str | None, Header(description="A retry with the same key is kept once.")] = None,
) -> Response:
    """Make reports of the rows of a table: CSV, a workbook (XLSX) or JSON Lines, to 50,000 rows.

    The columns are named after the fields of a report (`event_type`, `country`, `collected_on`, `form`, `name`,
    `structure`, `techniques` ...); rows with the same `own_reference` are one report. A line of JSON Lines is either
    such a row, or a whole report as `POST /reports` takes it. Nothing is written unless every row stands, or
    `partial=true`.
    """
    if not body:
        raise MalformedRequest(_("The body is empty; send a table."))
    wish = BatchWish(dry_run, partial, mapping, idempotency_key_of(idempotency_key))
    form = form_of(request.headers.get("content-type", ""), body)
    table = read_whole_table(body, form, _("The table"))
    answered = receive_batch(
        services.engine, services.desk, sender_of(bearer), SentTable(table, digest_of_bytes(body)), wish
    )
    services.index.refresh()
    return _respond(answered)


def _respond(answered: Answered) -> Response:
    if answered.refused:
        problem = json.loads(bytes(refusal_problem(refusal_of(answered)).body))
        faults = [
            {"field": f"rows[{row['row']}].{error['field']}", "message": error["message"]}
            for row in answered.body["rows"]
            if not row["accepted"]
            for error in row["errors"]
        ]
        body = problem | {"errors": faults[:100]} | answered.body
        return Response(json.dumps(body), 422, media_type=PROBLEM_TYPE)
    headers = {} if answered.body["dry_run"] else {"Idempotent-Replay": "true" if answered.repeated else "false"}
    status = 200 if answered.body["dry_run"] else 201
    return Response(json.dumps(answered.body), status, headers=headers, media_type="application/json")

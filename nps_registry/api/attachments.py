"""Files of a report over HTTP: attach, list, download."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from nps_registry.api.description import WITH_TOKEN, answers, problems, resource
from nps_registry.http.attachments import cabinet_of, describe, download, offered_in
from nps_registry.http.dependencies import BearerOfRequest, Reading, ServicesOfRequest, ViewerOfRequest
from nps_registry.http.forms import read_form
from nps_registry.intake.attachments import attach, find_file, find_whole_report, list_files
from nps_registry.vocabulary.attachment import AttachmentKind
from nps_registry.vocabulary.report import Scope

router = resource("/reports/{id_or_reference}/attachments", "reports")


class AttachmentShape(BaseModel):
    """A file of a report."""

    id: str
    kind: AttachmentKind
    media_type: str = Field(description="Found by the content of the file, whatever it was called.")
    file_name: str
    size_bytes: int
    sha256: str
    added_at: str
    url: str


class AttachmentListShape(BaseModel):
    """The files of a report, oldest first."""

    items: list[AttachmentShape]


_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "kind": {"type": "string", "enum": [kind.value for kind in AttachmentKind], "default": "document"},
        "nothing_readable": {
            "type": "boolean",
            "description": "Needed for photographs: no label and no person can be recognised.",
        },
    },
}
_TAKES = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
Form = Annotated[FormData, Depends(read_form)]


@router.post(
    "",
    status_code=201,
    summary="Attach a file to a report",
    responses={201: {"model": AttachmentShape}, **problems(401, 403, 404, 409, 413, 415)},
    openapi_extra=_TAKES | WITH_TOKEN,
)
def attach_file(id_or_reference: str, services: ServicesOfRequest, bearer: BearerOfRequest, form: Form) -> Response:
    """Keep a spectrum, chromatogram, photograph or document with a report of the caller's own.

    JCAMP-DX, mzML, MSP, CSV, JPEG, PNG and PDF are taken, each known by its content. A photograph is encoded anew,
    without what the camera wrote into it.
    """
    bearer.require(Scope.REPORTS_WRITE)
    row = attach(services.engine, cabinet_of(services), bearer.viewer, id_or_reference, offered_in(form))
    answer = describe(row, row.report_id)
    return JSONResponse(answer, 201, headers={"Location": str(answer["url"])})


@router.get(
    "",
    summary="The files of a report",
    response_model=None,
    responses=answers(AttachmentListShape, 401, 404),
)
def list_of_report(id_or_reference: str, session: Reading, viewer: ViewerOfRequest) -> JSONResponse:
    """The files, for those who may read the whole report."""
    report = find_whole_report(session, id_or_reference, viewer)
    items = [describe(each, report.id) for each in list_files(session, report.id, viewer)]
    return JSONResponse({"items": items}, headers={"Cache-Control": "private, no-store"})


@router.get(
    "/{attachment_id}",
    summary="One file of a report",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
        **problems(401, 404),
    },
)
def send_file(
    id_or_reference: str, attachment_id: str, services: ServicesOfRequest, session: Reading, viewer: ViewerOfRequest
) -> Response:
    """The file as a download, for those who may read the whole report."""
    return download(services, find_file(session, id_or_reference, attachment_id, viewer))

"""Files of a report on the laboratory's pages: added, listed, downloaded.

The report's own page includes ``parts/attachments.html`` with what :func:`attachments_part` answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nps_registry.errors import Refusal
from nps_registry.http.attachments import cabinet_of, download, offered_in
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.intake.attachments import attach, find_file, find_whole_report, list_files
from nps_registry.pages.rendering import render
from nps_registry.store.engine import Session, reading
from nps_registry.store.tables import Attachment
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.attachment import AttachmentKind

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AttachmentsPart:
    """The files of one report, and whether more may be added here.

    Attributes:
        most_mb: how large a file may be.
    """

    report_id: str
    files: list[Attachment]
    may_add: bool
    kinds: type[AttachmentKind]
    most_mb: float
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentsPage:
    """A page of its own for the files of one report."""

    attachments: AttachmentsPart


def attachments_part(
    session: Session, services: Services, report_id: str, viewer: Viewer, wrong: str = ""
) -> AttachmentsPart:
    """What ``parts/attachments.html`` shows of a report.

    Raises:
        NotFound: the viewer does not read the whole report.
    """
    report = find_whole_report(session, report_id, viewer)
    files = list_files(session, report.id, viewer)
    own = report.organisation_id == viewer.organisation_id
    most_mb = services.settings.attachment_limit_bytes / 1_000_000
    return AttachmentsPart(report.id, files, own, AttachmentKind, most_mb, wrong)


@router.get("/lab/reports/{report_id}/attachments")
def attachments(
    request: Request, services: ServicesOfRequest, person: SignedInPerson, session: Reading, report_id: str
) -> Response:
    """The files of a report."""
    return render(
        request, "attachments", AttachmentsPage(attachments_part(session, services, report_id, person.viewer))
    )


@router.post("/lab/reports/{report_id}/attachments")
def add(
    request: Request, services: ServicesOfRequest, person: SignedInPerson, report_id: str, form: CheckedForm
) -> Response:
    """Attach a file, or say why not."""
    try:
        row = attach(services.engine, cabinet_of(services), person.viewer, report_id, offered_in(form))
    except Refusal as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            raise
        with reading(services.engine) as session:
            part = attachments_part(session, services, report_id, person.viewer, refusal.detail)
        return render(request, "attachments", AttachmentsPage(part), status=refusal.status)
    return RedirectResponse(f"/lab/reports/{row.report_id}/attachments", HTTPStatus.SEE_OTHER)


@router.get("/lab/reports/{report_id}/attachments/{attachment_id}")
def send(
    services: ServicesOfRequest, person: SignedInPerson, session: Reading, report_id: str, attachment_id: str
) -> Response:
    """The file as a download."""
    return download(services, find_file(session, report_id, attachment_id, person.viewer))

"""Attached files over HTTP: what API and pages share of taking and giving them."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response, StreamingResponse

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.services import Services
from nps_registry.http.tables import attachment_header
from nps_registry.intake.attachments import Cabinet, Offered, cabinet_in
from nps_registry.localisation import gettext as _
from nps_registry.store.tables import Attachment
from nps_registry.vocabulary.attachment import AttachmentKind

_YES = frozenset({"true", "yes", "on", "1"})


def cabinet_of(services: Services) -> Cabinet:
    """Where this installation keeps attached files."""
    settings = services.settings
    return cabinet_in(settings.var_directory, settings.attachment_limit_bytes, settings.attachments_per_report)


def offered_in(form: FormData) -> Offered:
    """The file that a form brings, with the fields ``file``, ``kind`` and ``nothing_readable``.

    Raises:
        InvalidInput: there is no file, or no such kind.
    """
    file, kind = form.get("file"), form.get("kind", AttachmentKind.DOCUMENT.value)
    if not isinstance(file, UploadFile) or not file.filename:
        message = _("Choose a file.")
        raise InvalidInput(message, errors=[FieldError("file", message)])
    if kind not in {term.value for term in AttachmentKind}:
        message = _("The kind is one of: %(kinds)s.") % {"kinds": ", ".join(AttachmentKind)}
        raise InvalidInput(message, errors=[FieldError("kind", message)])
    ticked = str(form.get("nothing_readable", "")).lower() in _YES
    return Offered(file.filename, file.file.read(), AttachmentKind(str(kind)), ticked)


def download(services: Services, attachment: Attachment) -> Response:
    """The file as a download: never shown, never run, whatever it holds."""
    headers = {
        "Content-Disposition": attachment_header(attachment.file_name),
        "Content-Length": str(attachment.size_bytes),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "ETag": f'"{attachment.digest}"',
    }
    pieces = cabinet_of(services).files.read(attachment.digest)
    first = next(pieces, b"")  # a file that is missing is told before the answer begins

    def rest() -> object:
        yield first
        yield from pieces

    return StreamingResponse(rest(), media_type=attachment.media_type, headers=headers)  # type: ignore[arg-type]


def describe(attachment: Attachment, report_id: str) -> dict[str, object]:
    """What the API tells of a file."""
    return {
        "id": attachment.id,
        "kind": attachment.kind.value,
        "media_type": attachment.media_type,
        "file_name": attachment.file_name,
        "size_bytes": attachment.size_bytes,
        "sha256": attachment.digest,
        "added_at": attachment.added_at.isoformat(),
        "url": f"/api/v1/reports/{report_id}/attachments/{attachment.id}",
    }

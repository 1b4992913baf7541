"""Files that go with a report: known by their content, kept under their digest, for those who read the whole report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, TooLarge
from nps_registry.intake.file_names import plain_name
from nps_registry.intake.media import encode_anew, medium_of
from nps_registry.localisation import gettext as _
from nps_registry.store import attachments as stored
from nps_registry.store import audit
from nps_registry.store import reports as stored_reports
from nps_registry.store.attached_files import AttachedFiles
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.tables import Attachment, Organisation, Report
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import sees_whole_report
from nps_registry.vocabulary.attachment import AttachmentKind
from nps_registry.vocabulary.report import ReportState

_DIRECTORY = "attachments"
_ENDED = frozenset({ReportState.WITHDRAWN, ReportState.REDACTED})


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Where attached files are kept, and how large and how many they may be."""

    files: AttachedFiles
    most_bytes: int
    most_per_report: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A file as it was sent.

    Attributes:
        nothing_readable: the tick that no label and no person is readable on a photograph.
    """

    name: str
    body: bytes
    kind: AttachmentKind
    nothing_readable: bool = False


def cabinet_in(var_directory: Path, most_bytes: int, most_per_report: int) -> Cabinet:
    """The cabinet below the var directory."""
    return Cabinet(AttachedFiles(var_directory / _DIRECTORY), most_bytes, most_per_report)


def find_whole_report(session: Session, id_or_reference: str, viewer: Viewer) -> Report:
    """The report, where *viewer* reads all of it.

    Raises:
        NotFound: there is none that the viewer may see whole; which of the two, is not told.
    """
    report = stored_reports.find_report(session, id_or_reference, viewer) if len(id_or_reference) <= 64 else None
    if report is not None:
        organisation = session.get_one(Organisation, report.organisation_id)
        if sees_whole_report(viewer, organisation.id, organisation.country):
            return report
    raise NotFound(_("There is no report “%(id)s” whose files you may see.") % {"id": id_or_reference[:64]})


def list_files(session: Session, id_or_reference: str, viewer: Viewer) -> list[Attachment]:
    """The files of a report.

    Raises:
        NotFound: the viewer does not read the whole of it.
    """
    return stored.list_attachments(session, find_whole_report(session, id_or_reference, viewer).id)


def find_file(session: Session, id_or_reference: str, attachment_id: str, viewer: Viewer) -> Attachment:
    """One file of a report.

    Raises:
        NotFound: the viewer does not read the whole report, or it has no such file.
    """
    report = find_whole_report(session, id_or_reference, viewer)
    found = stored.find_attachment(session, report.id, attachment_id[:36])
    if found is None or report.state is ReportState.REDACTED:
        raise NotFound(_("The report has no such file."))
    return found


def attach(engine: Engine, cabinet: Cabinet, viewer: Viewer, id_or_reference: str, offered: Offered) -> Attachment:
    """Keep *offered* with a report of the viewer's own organisation; the same file twice is kept once.

    The file is on the disk before the row is, so that a file that was acknowledged is never lost.

    Raises:
        NotFound: the viewer's organisation has no such report.
        InvalidInput: the file is empty, damaged, or a photograph without the tick.
        UnsupportedForm: it is nothing that is kept here.
        TooLarge: it is larger than allowed, or one too many.
        Conflict: the report is withdrawn or redacted.
        NotReady: there is no room.
    """
    with reading(engine) as session:
        report_id = _own_report(session, id_or_reference, viewer).id
    body, media_type = _prepare(offered, cabinet)
    digest = cabinet.files.keep(body)
    with writing(engine) as session:
        report = stored_reports.lock_report(session, report_id)
        if report.state in _ENDED:
            raise Conflict(_("This report is %(state)s and cannot be changed.") % {"state": report.state.label.lower()})
        for before in stored.list_attachments(session, report_id):
            if before.digest == digest:
                return before
        if stored.count_attachments(session, report_id) >= cabinet.most_per_report:
            raise TooLarge(_("A report has at most %(most)d files.") % {"most": cabinet.most_per_report})
        row = Attachment(
            report_id=report_id,
            digest=digest,
            kind=offered.kind,
            media_type=media_type,
            file_name=plain_name(offered.name),
            size_bytes=len(body),
            added_by=viewer.actor,
        )
        session.add(row)
        session.flush()
        after: dict[str, object] = {"attachment": row.id, "digest": digest, "kind": row.kind.value}
        audit.append(session, [AuditEntry(viewer.actor, "report.attached", "report", report_id, None, after)])
        return row


def _own_report(session: Session, id_or_reference: str, viewer: Viewer) -> Report:
    report = find_whole_report(session, id_or_reference, viewer)
    if report.organisation_id != viewer.organisation_id:
        raise NotFound(_("There is no report “%(id)s” of yours.") % {"id": id_or_reference[:64]})
    return report


def _prepare(offered: Offered, cabinet: Cabinet) -> tuple[bytes, str]:
    """What is kept of the file, and its media type."""
    if not offered.body:
        raise InvalidInput(_("The file is empty."), errors=[FieldError("file", _("The file is empty."))])
    if len(offered.body) > cabinet.most_bytes:
        raise TooLarge(_("A file has at most %(most)g MB.") % {"most": cabinet.most_bytes / 1_000_000})
    medium = medium_of(offered.body)
    if not medium.is_photograph:
        if offered.kind is AttachmentKind.PHOTOGRAPH:
            message = _("A photograph is a JPEG or PNG file.")
            raise InvalidInput(message, errors=[FieldError("kind", message)])
        return offered.body, medium.media_type
    if not offered.nothing_readable:
        message = _("Confirm that no label and no person can be recognised on the picture.")
        raise InvalidInput(message, errors=[FieldError("nothing_readable", message)])
    return encode_anew(offered.body), medium.media_type

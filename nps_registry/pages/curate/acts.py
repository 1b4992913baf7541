"""The forms of the review's page, read and carried out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from starlette.datastructures import FormData

from nps_registry.errors import FieldError, InvalidInput, NotFound
from nps_registry.http.forms import text_of
from nps_registry.http.services import Services
from nps_registry.intake import history, redaction, reidentification, review
from nps_registry.intake.reidentification import Correction
from nps_registry.intake.review import Asked, Terms
from nps_registry.intake.standing import Why, lock
from nps_registry.intake.target import TargetPart
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Sharing

WORDS = 4_000
FIELD = "field:"
_PLACE = re.compile(r"(\d{1,4})\.(\d{1,4})")


def revision_of(form: FormData) -> int:
    """The revision that the form was shown with.

    Raises:
        InvalidInput: it is not a number.
    """
    text = text_of(form, "revision", most=9)
    if not text.isascii() or not text.isdigit():
        raise InvalidInput(_("The form lacks the revision of the report; open the page again."))
    return int(text)


def act_on(session: Session, services: Services, viewer: Viewer, report_id: str, sent: tuple[str, FormData]) -> None:
    """Carry out the form *sent*: the name of the act, and the fields.

    Raises:
        NotFound: there is no such act, or no such report.
        Refusal: what the act itself raises.
    """
    act, form = sent
    asked = Asked(report_id, viewer, revision_of(form))
    reason = text_of(form, "reason", most=WORDS)
    if act == "release":
        review.release(session, asked, terms_of(session, asked, form), Why(reason))
    elif act == "share":
        review.share(session, asked, terms_of(session, asked, form), Why(reason))
    elif act == "query":
        review.query(session, asked, Why(text_of(form, "question", most=WORDS)))
    elif act == "accept":
        review.accept(session, asked, Why(reason))
    elif act == "return":
        review.send_back(session, asked, Why(reason, reasons_of(form)))
    elif act == "reidentify":
        _require_current(session, asked)
        reidentification.reidentify(session, services.desk, viewer, correction_of(form, report_id))
    elif act == "propose-redaction":
        redaction.propose_redaction(session, asked, Why(reason))
    elif act == "redact":
        redaction.redact(session, asked)
    else:
        raise NotFound(_("There is nothing at this address."))


def _require_current(session: Session, asked: Asked) -> None:
    """Refuse to correct a report that somebody changed since it was read."""
    lock(session, asked.report, asked.viewer, asked.revision)


def terms_of(session: Session, asked: Asked, form: FormData) -> Terms:
    """Sharing and hold as the form says; a form without the choice of sharing leaves that as it is.

    Raises:
        InvalidInput: the day is none.
    """
    there = history.find(session, asked.report, asked.viewer)
    sharing = text_of(form, "sharing", most=48)
    if sharing and sharing not in set(Sharing):
        message = _("Choose who may see the report from the list.")
        raise InvalidInput(message, errors=[FieldError("sharing", message)])
    return Terms(
        sharing=Sharing(sharing) if sharing else there.sharing,
        hold_until=day_of(form, "hold_until"),
        legal_hold=bool(text_of(form, "legal_hold", most=10)),
    )


def day_of(form: FormData, name: str) -> datetime | None:
    """The beginning, in UTC, of the day in the field *name*; none where it is empty.

    Raises:
        InvalidInput: it is no day.
    """
    text = text_of(form, name, most=10)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = _("“%(text)s” is not a day: write it as 2026-10-02.") % {"text": text}
        raise InvalidInput(message, errors=[FieldError(name, message)]) from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def reasons_of(form: FormData) -> tuple[FieldError, ...]:
    """The reasons per field: fields named ``field:`` with the path behind it."""
    return tuple(
        FieldError(name.removeprefix(FIELD)[:200], text_of(form, name, most=WORDS))
        for name in form
        if name.startswith(FIELD) and text_of(form, name, most=WORDS)
    )


def target_of(form: FormData) -> TargetPart:
    """What something is to be identified as; one field takes a structure, an accession or a name."""
    text = text_of(form, "to", most=1_000_000)
    if re.fullmatch(r"(?i)(NPS-\d{6}|P-[0-9A-Z]{4}-[0-9A-Z]{4})", text):
        return TargetPart(accession=text.upper())
    if text_of(form, "to_is", most=20) == "name":
        return TargetPart(name=text[:200])
    return TargetPart(structure=text)


def correction_of(form: FormData, report_id: str) -> Correction:
    """The correction of one detection of a report.

    Raises:
        InvalidInput: the form names no detection.
    """
    place = _PLACE.fullmatch(text_of(form, "place", most=10))
    if place is None:
        message = _("Choose the detection that is to be corrected.")
        raise InvalidInput(message, errors=[FieldError("place", message)])
    return Correction(
        to=target_of(form),
        reason=text_of(form, "reason", most=WORDS),
        references=(report_id,),
        places=frozenset({(int(place[1]), int(place[2]))}),
    )

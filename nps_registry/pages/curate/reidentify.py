"""Re-identification in bulk: which reports, what they said, what it was; looked at before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, Refusal
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedIn
from nps_registry.intake import reidentification
from nps_registry.intake.reidentification import Correction, Outcome
from nps_registry.pages.curate.access import Curator, Laboratory
from nps_registry.pages.curate.acts import WORDS, target_of
from nps_registry.pages.rendering import render
from nps_registry.store.engine import writing
from nps_registry.vocabulary.partial_date import PartialDate

router = APIRouter()
_FIELDS = ("substance", "references", "collected_from", "collected_to", "to", "to_is", "reason")


@dataclass(frozen=True, slots=True)
class ReidentifyPage:
    """The form of a correction, what it would do, and what it did.

    Attributes:
        at: the address of the form.
        outcome: what it would do, or did; none before it was asked.
        is_done: whether it was done.
    """

    at: str
    own_only: bool
    typed: dict[str, str]
    outcome: Outcome | None
    is_done: bool
    wrong: str
    errors: list[FieldError]


@router.get("/curate/reidentify")
def reidentify(request: Request, _person: Curator, substance: str = "") -> Response:
    """The form for curators: everybody's reports."""
    return _render(request, "/curate/reidentify", {"substance": substance[:16]})


@router.get("/lab/reidentify")
def reidentify_own(request: Request, _person: Laboratory, substance: str = "") -> Response:
    """The form for a laboratory: its own reports."""
    return _render(request, "/lab/reidentify", {"substance": substance[:16]})


@router.post("/curate/reidentify")
def carry_out(request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm) -> Response:
    """Look at what would be done, or do it."""
    return _carry_out(request, services, person, ("/curate/reidentify", form))


@router.post("/lab/reidentify")
def carry_out_own(request: Request, services: ServicesOfRequest, person: Laboratory, form: CheckedForm) -> Response:
    """Look at what would be done, or do it."""
    return _carry_out(request, services, person, ("/lab/reidentify", form))


def _carry_out(request: Request, services: Services, person: SignedIn, sent: tuple[str, FormData]) -> Response:
    at, form = sent
    typed = {name: value for name in _FIELDS if isinstance(value := form.get(name, ""), str)}
    is_done = text_of(form, "act", most=20) == "do"
    act = reidentification.reidentify if is_done else reidentification.preview
    try:
        with writing(services.engine) as session:
            outcome = act(session, services.desk, person.viewer, correction_of(form))
    except (Conflict, InvalidInput, NotFound) as refusal:
        return _render(request, at, typed, refusal=refusal)
    services.index.refresh()
    return _render(request, at, typed, outcome=outcome, is_done=is_done)


def correction_of(form: FormData) -> Correction:
    """The correction that the form asks for.

    Raises:
        InvalidInput: a day that is none.
    """
    references = text_of(form, "references", most=100_000).replace(",", " ").split()
    return Correction(
        to=target_of(form),
        reason=text_of(form, "reason", most=WORDS),
        substance=text_of(form, "substance", most=16) or None,
        references=tuple(dict.fromkeys(references)),
        collected_from=_day(form, "collected_from"),
        collected_to=_day(form, "collected_to"),
    )


def _day(form: FormData, name: str) -> PartialDate | None:
    text = text_of(form, name, most=10)
    if not text:
        return None
    try:
        return PartialDate.read(text)
    except ValueError as fault:
        raise InvalidInput(str(fault), errors=[FieldError(name, str(fault))]) from None


def _render(
    request: Request,
    at: str,
    typed: dict[str, str],
    *,
    outcome: Outcome | None = None,
    is_done: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    page = ReidentifyPage(
        at=at,
        own_only=at.startswith("/lab"),
        typed={} if is_done else typed,
        outcome=outcome,
        is_done=is_done,
        wrong=refusal.detail if refusal else "",
        errors=[error for error in refusal.errors if error.message != refusal.detail] if refusal else [],
    )
    return render(request, "curate/reidentify", page, status=refusal.status if refusal else 200)

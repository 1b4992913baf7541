"""Names of a table that were not recognised: answered once, remembered by the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import InvalidInput
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.intake import batch_desk as desk
from nps_registry.intake.answers import NOTHING, UNIDENTIFIED
from nps_registry.intake.suggesting import suggest_answer
from nps_registry.pages.batches.access import HOME, BatchId, Laboratory, leave_for, sender_of
from nps_registry.pages.rendering import render
from nps_registry.store import batch_desk as stored
from nps_registry.store import table_mappings
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Batch

router = APIRouter()
_NAMES_A_PAGE = 50
_CHOICES = {"nothing": NOTHING, "unidentified": UNIDENTIFIED}


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name that was not recognised: how often it stands, what it may mean, and what was chosen or typed for it."""

    name: str
    count: int
    suggestion: str
    choice: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class NamesPage:
    """The commonest names without an answer, and how many more there are."""

    batch: Batch
    names: list[OpenName]
    more: int
    answered: dict[str, str]
    classes: list[str]
    wrong: str


def _open_names(batch: Batch) -> list[tuple[str, int]]:
    counted = batch.figures.get("unrecognised", {})
    found = counted if isinstance(counted, dict) else {}
    return sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))


@router.get(f"{HOME}/{{batch_id}}/names")
def names(
    request: Request, services: ServicesOfRequest, person: Laboratory, session: Reading, batch_id: BatchId
) -> Response:
    """The names to answer, most frequent first."""
    batch = stored.find_batch(session, batch_id, person.organisation_id)
    known, waiting = services.desk, _open_names(batch)
    shown = [OpenName(name, count, suggest_answer(known, name)) for name, count in waiting[:_NAMES_A_PAGE]]
    answered = table_mappings.answers_of(session, person.organisation_id)
    page = NamesPage(batch, shown, len(waiting) - len(shown), answered, sorted(services.rules.keys), "")
    return render(request, "batches/names", page)


@router.post(f"{HOME}/{{batch_id}}/names")
def answer(
    request: Request, services: ServicesOfRequest, person: Laboratory, batch_id: BatchId, form: CheckedForm
) -> Response:
    """Remember the answers, and have the rows looked at again."""
    given = _given(form)
    try:
        with writing(services.engine) as session:
            batch = stored.find_batch(session, batch_id, person.organisation_id, lock=True)
            answers = {each.name: _answer_of(each) for each in given}
            desk.answer_names(session, services.desk, sender_of(session, person), batch, answers)
    except InvalidInput as refusal:
        with reading(services.engine) as session:
            batch = stored.find_batch(session, batch_id, person.organisation_id)
            answered = table_mappings.answers_of(session, person.organisation_id)
        more = len(_open_names(batch)) - len(given)
        page = NamesPage(batch, given, more, answered, sorted(services.rules.keys), refusal.detail)
        return render(request, "batches/names", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return leave_for(batch_id)


def _given(form: FormData) -> list[OpenName]:
    found: list[OpenName] = []
    for index in range(_NAMES_A_PAGE):
        if f"name-{index}" in form:
            texts = [text_of(form, f"{field}-{index}") for field in ("name", "suggestion", "choice", "text")]
            count = text_of(form, f"count-{index}")
            number = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 0
            found.append(OpenName(texts[0], number, texts[1], texts[2], texts[3]))
    return found


def _answer_of(given: OpenName) -> str:
    """What was typed, else what was chosen; empty where the name stays open."""
    if given.text:
        return given.text
    if given.choice == "suggestion":
        return given.suggestion
    return _CHOICES.get(given.choice, "")

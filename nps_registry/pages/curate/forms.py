"""Official forms at one click, for focal points and curators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.form_files import FIRST_YEAR, file_of
from nps_registry.http.table_files import TableForm
from nps_registry.intake.official_forms import EU_REGULATION, OfficialForm
from nps_registry.pages.curate.access import Reviewer
from nps_registry.pages.rendering import render
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.report import Role

router = APIRouter()
Year = Annotated[int, Query(ge=FIRST_YEAR, le=2199)]


@dataclass(frozen=True, slots=True)
class FormsPage:
    """The forms there are, and what they can be narrowed by."""

    forms: list[OfficialForm]
    file_forms: list[TableForm]
    country: str
    countries: list[str]
    year: int
    regulation: str


@router.get("/curate/forms")
def forms(request: Request, person: Reviewer) -> Response:
    """Choose a form and a period."""
    own = person.country if person.role is Role.FOCAL_POINT else ""
    page = FormsPage(
        list(OfficialForm),
        list(TableForm),
        own,
        [code for code, _name in countries()],
        datetime.now(UTC).year,
        EU_REGULATION,
    )
    return render(request, "curate/forms", page)


@router.get("/curate/forms/file")
def form_file(
    services: ServicesOfRequest,
    session: Reading,
    person: Reviewer,
    form: OfficialForm,
    file: TableForm = TableForm.CSV,
    country: Annotated[str, Query(max_length=2)] = "",
    first_year: Year = FIRST_YEAR,
    last_year: Year = 2199,
) -> Response:
    """The filled form as a file."""
    return file_of(services, session, person.viewer, (form, file), (country, first_year, last_year))

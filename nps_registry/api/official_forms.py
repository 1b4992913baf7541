"""Official forms over HTTP, for focal points and curators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from nps_registry.api.description import WITH_TOKEN, problems, resource
from nps_registry.api.review import require_reviewer
from nps_registry.http.dependencies import BearerOfRequest, Reading, ServicesOfRequest
from nps_registry.http.form_files import FIRST_YEAR, file_of
from nps_registry.http.table_files import TableForm
from nps_registry.intake.official_forms import OfficialForm

router = resource("/review", "review")
_FILES = {form.media_type: {"schema": {"type": "string", "format": "binary"}} for form in TableForm}
Year = Annotated[int, Query(ge=FIRST_YEAR, le=2199)]


@router.get(
    "/forms/{form}",
    summary="An official form, filled",
    response_class=Response,
    responses={200: {"content": _FILES}, **problems(401, 403, 404)},
    openapi_extra=WITH_TOKEN,
)
def read_form(
    form: OfficialForm,
    services: ServicesOfRequest,
    session: Reading,
    bearer: BearerOfRequest,
    file: TableForm = TableForm.CSV,
    country: Annotated[str, Query(max_length=2)] = "",
    first_year: Year = FIRST_YEAR,
    last_year: Year = 2199,
) -> Response:
    """The EU's (Regulation (EU) 2023/1322, Articles 8 and 13), the UN's, or a national table; what may be sent on."""
    require_reviewer(bearer)
    return file_of(services, session, bearer.viewer, (form, file), (country, first_year, last_year))

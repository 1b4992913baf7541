"""A filled official form as an answer, alike for the page and the API."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.services import Services
from nps_registry.http.table_files import TableForm, write_table
from nps_registry.intake.official_forms import OfficialForm, fill
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.place import is_country

FIRST_YEAR = 1900


def file_of(
    services: Services,
    session: Session,
    viewer: Viewer,
    wanted: tuple[OfficialForm, TableForm],
    narrowed: tuple[str, int, int],
) -> Response:
    """The form *wanted* in its file form, *narrowed* to a country (or none) and the years between, both included.

    Raises:
        InvalidInput: no such country.
    """
    form, file = wanted
    country, first_year, last_year = narrowed
    code = country.strip().upper()
    if code and not is_country(code):
        message = _("“%(code)s” is not a country; use its two-letter ISO 3166-1 code (XK for Kosovo).")
        raise InvalidInput(message % {"code": code}, errors=[FieldError("country", message % {"code": code})])
    filled = fill(session, viewer, form, country=code or None, years=(first_year, last_year))
    told: dict[str, object] = {
        "form": form.value,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "demonstration": services.demonstration,
        "columns": [
            {"key": key, "answers": answers} for key, answers in zip(filled.columns, filled.answers, strict=True)
        ],
    }
    columns, rows = list(filled.columns), filled.rows
    if file is not TableForm.JSON:  # a table has no other place that lasts
        columns, rows = [*columns, "demonstration"], [
            [*row, "yes" if services.demonstration else "no"] for row in rows
        ]  # fmt: skip
    name = f"{'demonstration-' if services.demonstration else ''}{form.value}-{datetime.now(UTC):%Y-%m-%d}.{file.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(write_table(file, columns, rows, told), media_type=file.media_type, headers=headers)

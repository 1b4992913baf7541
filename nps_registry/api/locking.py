"""The revision that a caller read: another one there now answers 409, with what was done meanwhile."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header

from nps_registry.errors import MalformedRequest
from nps_registry.localisation import gettext as _

IfMatch = Annotated[str | None, Header(description="The revision that was read; another one there now answers 409.")]


def read_revision(given: str | None) -> int | None:
    """The revision in an ``If-Match`` header, if there is one.

    Raises:
        MalformedRequest: it holds no number.
    """
    if given is None:
        return None
    digits = given.removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise MalformedRequest(_("If-Match takes the revision number of the report."))
    return int(digits)

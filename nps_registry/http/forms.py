"""Forms of pages: read within bounds, and only where one of our own pages sent them.

Two things are asked of every form: the browser's own word on where it comes from (``Sec-Fetch-Site``, ``Origin``),
where it gives one, and the hidden token of a page that was shown to this very browser. The first alone would do for
the browsers of today; the second holds for all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from nps_registry.errors import FieldError, InvalidInput, MalformedRequest, NotPermitted, StaleForm, UnsupportedForm
from nps_registry.http.cookies import form_secret_of, is_form_token
from nps_registry.http.services import services_of
from nps_registry.localisation import gettext as _

TOKEN_FIELD = "form_token"
MOST_FIELDS, MOST_FILES = 5_000, 50
_FIELDS_ONLY = "application/x-www-form-urlencoded"
_FORM_TYPES = (_FIELDS_ONLY, "multipart/form-data")


def comes_from_us(request: Request) -> bool | None:
    """Whether the browser of *request* says that one of our pages sent it; none where it says nothing.

    Raises:
        NotPermitted: it says that another site did.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site == "same-origin":  # no page can forge this header, and no proxy changes what it compares
        return True
    hosts = {request.headers.get("host", "").lower(), urlsplit(services_of(request).settings.base_url).netloc.lower()}
    foreign_origin = origin is not None and urlsplit(origin).netloc.lower() not in hosts - {""}
    if foreign_origin or site not in {None, "none"}:
        raise NotPermitted(_("This form was sent by a page of another site; nothing was done."))
    return None if origin is None else True


async def read_form(request: Request) -> FormData:
    """The form in the body of *request*, read once.

    Raises:
        UnsupportedForm: the body is no form.
        MalformedRequest: it cannot be read, has too many fields, or holds a null byte.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _FORM_TYPES:
        raise UnsupportedForm(_("Send the form of the page."))
    form = await (_read_fields(request) if media_type == _FIELDS_ONLY else _read_parts(request))
    if len(form.multi_items()) > MOST_FIELDS:
        raise _refuse_many()
    for name, value in form.multi_items():
        told = value.filename or "" if isinstance(value, UploadFile) else value
        if "\x00" in name or "\x00" in told:
            raise MalformedRequest(_("A field of the form holds a null byte."))
    return form


async def _read_fields(request: Request) -> FormData:
    """A form without files, which a draft sends with every pause in typing: the framework reads it byte by byte."""
    text = (await request.body()).decode("latin-1")  # an address's characters; what else it says is escaped
    try:
        fields: list[tuple[str, str | UploadFile]] = list(
            parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        )
    except ValueError:
        raise _refuse_many() from None
    return FormData(fields)


async def _read_parts(request: Request) -> FormData:
    limit = services_of(request).settings.body_limit_bytes
    try:
        return await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES, max_part_size=limit)
    except HTTPException as error:  # the form reader's own refusal
        raise MalformedRequest(_("The form cannot be read: %(reason)s") % {"reason": error.detail}) from None


def _refuse_many() -> MalformedRequest:
    return MalformedRequest(_("The form has more than %(most)d fields.") % {"most": MOST_FIELDS})


async def _checked_form(request: Request) -> AsyncIterator[FormData]:
    from_us = comes_from_us(request)
    form = await read_form(request)
    given = form.get(TOKEN_FIELD)
    secret, fresh = form_secret_of(request)
    if fresh or not isinstance(given, str) or not is_form_token(secret, given):
        raise StaleForm(
            _(
                "This form was shown to another session, its page was open for too long, or this browser keeps no"
                " cookies. Nothing was done yet."
            ),
            may_repeat=from_us is True,
        )
    yield form
    await form.close()


CheckedForm = Annotated[FormData, Depends(_checked_form)]
"""The form of a POST, checked to come from a page that was shown to this browser.

It raises NotPermitted (another site sent it), StaleForm (the token is not of this browser's session), and what
:func:`read_form` raises. Ask for it *after* ``SignedInPerson``, so that the ended session is told of first.
"""


def text_of(form: FormData, name: str, *, most: int = 2_000, default: str = "") -> str:
    """The text field *name*, without the spaces around it.

    Raises:
        InvalidInput: it has more than *most* characters, or is a file.
    """
    value = form.get(name, default)
    if not isinstance(value, str):
        raise _refuse(name, _("“%(field)s” is a text, not a file.") % {"field": name})
    if len(value) > most:
        raise _refuse(name, _("“%(field)s” has at most %(most)d characters.") % {"field": name, "most": most})
    return value.strip()


def number_of(form: FormData, name: str) -> int:
    """The whole number in the field *name*.

    Raises:
        InvalidInput: it is none, or too large for any column.
    """
    text = text_of(form, name, most=9)
    if not (text.isascii() and text.isdigit()):
        raise _refuse(name, _("“%(field)s” is a whole number.") % {"field": name})
    return int(text)


def secret_of(form: FormData, name: str, *, most: int = 1_000) -> str:
    """The field *name* as it was typed, spaces included: a password.

    Raises:
        InvalidInput: it has more than *most* characters, or is a file.
    """
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise _refuse(name, _("“%(field)s” has at most %(most)d characters.") % {"field": name, "most": most})
    return value


def _refuse(name: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError(name, sentence)])

"""A list that a page takes: pasted or as a file, and what is asked of it beside."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, Form, UploadFile

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.lists import decode_list
from nps_registry.vocabulary.search import FileForm

SHOWN = 500
"""Lines of a result that a page shows; a file has all of them."""
FILES = tuple((form.value, form.label) for form in FileForm)
"""The forms in which an answer can be kept, with their labels."""
Upload = Annotated[UploadFile | None, File()]
Pasted = Annotated[str, Form(max_length=1_000_000)]
Short = Annotated[str, Form(max_length=100)]


def read_given(pasted: str, file: UploadFile | None) -> tuple[str, str]:
    """The list and the name of its file: an uploaded file before what was pasted."""
    content = file.file.read() if file else b""
    return (decode_list(content), file.filename or "") if file and content else (pasted, "")


def read_number(name: str, text: str) -> float:
    """The number that was typed for *name*.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return float(text)
    except ValueError:
        sentence = _("“%(text)s” is not a number (%(name)s); decimals stand behind a point, as in 0.5.") % {
            "text": text[:40],
            "name": name,
        }
        raise InvalidInput(sentence, errors=[FieldError(name, sentence)]) from None


def file_form(given: str) -> FileForm:
    """The form of file that a button names.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return FileForm(given)
    except ValueError:
        sentence = _("There is no file of the form “%(form)s”.") % {"form": given[:40]}
        raise InvalidInput(sentence, errors=[FieldError("form", sentence)]) from None

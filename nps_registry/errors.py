"""Every refusal in one place: the sentence a person reads, the HTTP status, the exit code.

A refusal is an expected answer ("this structure cannot be read"), not a defect. Code below the
outer edge raises one of these; the edge (HTTP or command line) renders it. Anything else that
escapes is a defect and is treated as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nps_registry.localisation import gettext as _

EXIT_CANNOT_ANSWER = 1
EXIT_WRONG_USAGE = 2


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, named by its path (``items[0].detections[1].structure``)."""

    field: str
    message: str


def field_of(location: Sequence[int | str], fault: Mapping[str, Any]) -> FieldError:
    """What a validator (Pydantic) found at *location*, in the words of the request: ``items[0].form``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    if fault["type"] in {"model_type", "model_attributes_type"}:  # it would name a class of ours
        return FieldError(path, _("Give a JSON object here."))
    return FieldError(path, str(fault["msg"]).removeprefix("Value error, "))


def sum_up(errors: Sequence[FieldError]) -> str:
    """One sentence over *errors*, naming the first."""
    first = errors[0]
    where = f"{first.field}: {first.message}" if first.field else first.message
    if len(errors) == 1:
        return where
    return _("%(count)d fields are not valid; the first: %(first)s") % {"count": len(errors), "first": where}


class Refusal(Exception):
    """A request that cannot be answered, with one sentence that says what to do.

    Attributes:
        detail: the sentence, complete, for a person.
        errors: the fields at fault, where the request had fields.
    """

    slug: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"
    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = EXIT_CANNOT_ANSWER

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


class InvalidInput(Refusal):
    """Fields that are missing, unknown, out of range or contradictory."""

    slug = "invalid-input"
    title = "Something in the request is not valid"
    status = 422
    exit_code = EXIT_WRONG_USAGE


class MalformedRequest(Refusal):
    """A body that cannot be read at all: not JSON, not UTF-8, a duplicate key, a null byte."""

    slug = "malformed-request"
    title = "The request cannot be read"
    status = 400
    exit_code = EXIT_WRONG_USAGE


class UnreadableStructure(InvalidInput):
    """A structure that cannot be read or is over a limit.

    Attributes:
        position: 1-based character position in the text given, where it is known.
        line: 1-based line of a molfile, where it is known.
    """

    slug = "unreadable-structure"
    title = "The structure cannot be read"
    exit_code = EXIT_CANNOT_ANSWER

    def __init__(
        self, detail: str, *, position: int | None = None, line: int | None = None, field: str = "structure"
    ) -> None:
        super().__init__(detail, errors=(FieldError(field, detail),))
        self.position = position
        self.line = line

    def at(self, field: str) -> UnreadableStructure:
        """The same refusal, pointing at *field* of the caller's request."""
        return UnreadableStructure(self.detail, position=self.position, line=self.line, field=field)


class UnreadablePattern(UnreadableStructure):
    """A SMARTS pattern that cannot be read or is over a limit."""

    slug = "unreadable-pattern"
    title = "The pattern cannot be read"


class UnreadableLibrary(Refusal):
    """A file of structures that breaks off; what stands before that was taken."""

    slug = "unreadable-library"
    title = "The file breaks off"
    status = 422


class NotSignedIn(Refusal):
    """No token or session, or one that is unknown, expired or revoked."""

    slug = "not-signed-in"
    title = "Sign in first"
    status = 401


class SignInUnfinished(NotSignedIn):
    """The password was given and the second factor was not; *path* is the page that asks for it."""

    slug = "sign-in-unfinished"
    title = "Finish signing in first"

    def __init__(self, detail: str, *, path: str) -> None:
        super().__init__(detail)
        self.path = path


class StaleForm(Refusal):
    """A form of a page that was shown to another session, or so long ago that its token is no longer valid.

    Attributes:
        may_repeat: whether the browser vouches that the form came from a page of ours, so that it can be
            shown again with all that was typed.
    """

    slug = "stale-form"
    title = "The form was shown too long ago"
    status = 403

    def __init__(self, detail: str, *, may_repeat: bool) -> None:
        super().__init__(detail)
        self.may_repeat = may_repeat


class NotPermitted(Refusal):
    """Known, but not allowed to do this."""

    slug = "not-permitted"
    title = "Not permitted"
    status = 403


class NotFound(Refusal):
    """Nothing by that name that the caller may see."""

    slug = "not-found"
    title = "Not found"
    status = 404


class Gone(Refusal):
    """Something that was there once and is no more.

    Attributes:
        instead: accession of what the caller most likely means now, or nothing.
    """

    slug = "gone"
    title = "No longer here"
    status = 410

    def __init__(self, detail: str, *, instead: str = "") -> None:
        super().__init__(detail)
        self.instead = instead


class Conflict(Refusal):
    """The request contradicts what is already there."""

    slug = "conflict"
    title = "The request contradicts what is already there"
    status = 409


class TooLarge(Refusal):
    """More than the stated limit."""

    slug = "too-large"
    title = "Too large"
    status = 413


class UnsupportedForm(Refusal):
    """A media type or file form that is not read here."""

    slug = "unsupported-form"
    title = "This form is not read here"
    status = 415


class TooManyRequests(Refusal):
    """More requests than the stated rate; *retry_after_s* says when the next one is read."""

    slug = "too-many-requests"
    title = "Too many requests"
    status = 429

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class NotReady(Refusal):
    """The installation lacks something; the sentence names the command that mends it."""

    slug = "not-ready"
    title = "The registry is not ready"
    status = 503


class CatalogueFault(Refusal):
    """The catalogue's files contradict their own rules."""

    slug = "catalogue-fault"
    title = "The catalogue has faults"
    status = 500

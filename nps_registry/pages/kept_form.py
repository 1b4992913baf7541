"""What is answered to a form that came too late: nothing typed is lost, the form is shown to be sent again."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from nps_registry.errors import NotSignedIn, Refusal, SignInUnfinished, StaleForm
from nps_registry.http.addresses import with_next
from nps_registry.http.forms import TOKEN_FIELD, comes_from_us, read_form
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for

_READING = {"GET", "HEAD"}
_NOT_KEPT = frozenset({TOKEN_FIELD, "password", "new_password", "repeated"})


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field as it was typed."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class KeptFormPage:
    """A form that was not taken, with everything that was typed, to be sent again.

    Attributes:
        sign_in_url: where to sign in first, in another window; empty where nobody has to.
        files: names of files, which a page cannot keep.
    """

    title: str
    detail: str
    action: str
    fields: list[KeptField]
    files: list[str]
    sign_in_url: str


async def ask_again(request: Request, refusal: Refusal) -> Response | None:
    """The answer to a refusal that the reader can mend by signing in or sending again; none for all others.

    Raises:
        Refusal: the form cannot be read, or another site sent it.
    """
    if isinstance(refusal, NotSignedIn) and request.method in _READING:
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return leave_for(with_next(refusal.path if isinstance(refusal, SignInUnfinished) else "/sign-in", wanted))
    if isinstance(refusal, NotSignedIn) and comes_from_us(request):
        path = refusal.path if isinstance(refusal, SignInUnfinished) else "/sign-in"
        return await _show(request, refusal, with_next(path, "/account"))
    if isinstance(refusal, StaleForm) and refusal.may_repeat:
        return await _show(request, refusal, "")
    return None


async def _show(request: Request, refusal: Refusal, sign_in_url: str) -> Response:
    form = (await read_form(request)).multi_items()
    page = KeptFormPage(
        title=_("Nothing is lost"),
        detail=refusal.detail,
        action=f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
        fields=[KeptField(name, value) for name, value in form if isinstance(value, str) and name not in _NOT_KEPT],
        files=[value.filename for _name, value in form if isinstance(value, UploadFile) and value.filename],
        sign_in_url=sign_in_url,
    )
    return render(request, "kept_form", page, status=refusal.status)

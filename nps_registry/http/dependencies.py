"""What routes ask for: a transaction, the viewer, the bearer of a token, a body read strictly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from nps_registry.accounts.limits import limits_of_submission, use_up
from nps_registry.accounts.tokens import Bearer, authenticate, note_use, use_is_due
from nps_registry.errors import NotSignedIn, UnsupportedForm
from nps_registry.http.cookies import read_session_secret
from nps_registry.http.services import Services, services_of
from nps_registry.http.signed_in import look_for_person
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.report import Scope

_SCHEME = "bearer "


async def _services(request: Request) -> Services:
    return services_of(request)  # a plain function would take a turn of the thread pool for it


ServicesOfRequest = Annotated[Services, Depends(_services)]


def _writing(services: ServicesOfRequest) -> Iterator[Session]:
    with writing(services.engine) as session:
        yield session
    # Committed: this process answers the next question with what was just written.
    services.index.refresh()


def _reading(services: ServicesOfRequest) -> Iterator[Session]:
    with reading(services.engine) as session:
        yield session


# scope="function" ends both before the answer leaves: a laboratory must never hold a 201 for a report
# that was not committed.
Writing = Annotated[Session, Depends(_writing, scope="function")]
Reading = Annotated[Session, Depends(_reading, scope="function")]


def bearer_text(request: Request) -> str | None:
    """The token of the Authorization header, if there is one.

    Raises:
        NotSignedIn: the header has another scheme.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    if not header.lower().startswith(_SCHEME):
        raise NotSignedIn(_("Send the token as “Authorization: Bearer …”."))
    return header[len(_SCHEME) :].strip()


def _bearer(request: Request, services: ServicesOfRequest) -> Bearer:
    text = bearer_text(request)
    if text is None:
        raise NotSignedIn(_("This needs a token: send “Authorization: Bearer …”."))
    with reading(services.engine) as session:
        bearer = authenticate(session, text)
    if use_is_due(bearer):
        with writing(services.engine) as session:
            note_use(session, bearer)
    return bearer


BearerOfRequest = Annotated[Bearer, Depends(_bearer)]


def _submitter(bearer: BearerOfRequest, services: ServicesOfRequest) -> Bearer:
    bearer.require(Scope.REPORTS_WRITE)
    per_minute = services.settings.submissions_per_minute
    use_up(services.engine, limits_of_submission(bearer.organisation.id, bearer.token.id, per_minute))
    return bearer


SubmitterOfRequest = Annotated[Bearer, Depends(_submitter)]
"""The bearer of a token that may submit, and has not done so too often (TooManyRequests)."""


def viewer_of(request: Request, services: ServicesOfRequest) -> Viewer:
    """Who asks: the bearer of the token, else the person whose session cookie a reading request has, else a visitor.

    A session counts for GET only: a browser sends its cookie along with requests that another site made it send.

    Raises:
        NotSignedIn: the token is not valid.
    """
    if bearer_text(request) is not None:
        return _bearer(request, services).viewer
    person = look_for_person(request, services) if request.method == "GET" else None
    return person.viewer if person is not None and person.second_factor else VISITOR


async def _viewer(request: Request, services: ServicesOfRequest) -> Viewer:
    if bearer_text(request) is None and read_session_secret(request) is None:
        return VISITOR  # without a turn of the thread pool
    return await run_in_threadpool(viewer_of, request, services)


ViewerOfRequest = Annotated[Viewer, Depends(_viewer)]


def _member(viewer: ViewerOfRequest) -> Viewer:
    if viewer.organisation_id is None:
        raise NotSignedIn(_("This needs a token: send “Authorization: Bearer …”."))
    return viewer


MemberOfRequest = Annotated[Viewer, Depends(_member)]
"""A viewer who belongs to an organisation, by token or by session."""


async def _json_body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedForm(_("The body is %(given)s; send application/json.") % {"given": media_type[:80]})
    return await request.body()


JsonBody = Annotated[bytes, Depends(_json_body)]

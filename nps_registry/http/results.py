"""Answers of a search as they leave: JSON for programs, or a file that says where it comes from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from nps_registry.http.addresses import base_url_of
from nps_registry.http.cookies import read_session_secret
from nps_registry.http.dependencies import bearer_text, viewer_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import look_for_person
from nps_registry.search.among import find_among
from nps_registry.search.restriction import Restriction
from nps_registry.search.result_files import MEDIA_TYPES, make_about, write_file
from nps_registry.search.result_table import tabulate
from nps_registry.search.snapshot import NOBODY
from nps_registry.store.engine import reading
from nps_registry.store.exports import find_molblocks
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.search import FileForm

Scope = tuple[frozenset[int], frozenset[int] | None]
"""Ids that the caller may know of beyond the public, and ids that the question is restricted to."""


def scope_of(request: Request, services: Services, among: Restriction) -> Scope:
    """What the caller's question may find; asks the database only where a token, a session or a restriction needs it.

    Raises:
        NotSignedIn: the token is not valid.
        InvalidInput: the restriction names a class that there is not.
    """
    if not among and bearer_text(request) is None and read_session_secret(request) is None:
        return NOBODY, None
    viewer = reader_of(request, services)
    with reading(services.engine) as session:
        return services.index.visible_beyond_public(session, viewer), find_among(session, among, viewer)


def reader_of(request: Request, services: Services) -> Viewer:
    """Who asks, by token or by session, of a request that only reads, by whatever method.

    Another site can make a browser send such a request, and nobody but that browser reads the answer.

    Raises:
        NotSignedIn: the token is not valid.
    """
    if bearer_text(request) is not None or request.method == "GET":
        return viewer_of(request, services)
    person = look_for_person(request, services)
    return person.viewer if person is not None and person.second_factor else VISITOR


def keep_private(response: Response, viewer: Viewer) -> Response:
    """*response* for the eyes of *viewer* only, where that is not everybody."""
    if viewer != VISITOR:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def send_answer(
    request: Request, services: Services, answer: object, content: bytes, form: FileForm | None
) -> Response:
    """*answer*, whose JSON is *content*: as it is, or as the file *form* to be kept."""
    if form is None:
        return Response(content, media_type="application/json")
    table = tabulate(answer)
    about = make_about(table, answer, base_url_of(request), demonstration=services.demonstration)
    molblocks: dict[int, str] = {}
    if form is FileForm.SDF:
        with reading(services.engine) as session:
            molblocks = find_molblocks(session, [entry.row.id for entry in table.entries if entry])
    file = write_file(table, about, form, molblocks=molblocks, answer=content)
    mark = "demonstration-" if services.demonstration else ""
    name = f"{mark}{table.kind}-{about.made_on.isoformat()}.{form.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type=MEDIA_TYPES[form], headers=headers)

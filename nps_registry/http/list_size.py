"""Who may send how long a list: each row costs some milliseconds, so long ones are for those who are known."""

from __future__ import annotations

from starlette.requests import Request

from nps_registry.accounts.tokens import authenticate
from nps_registry.errors import NotPermitted, NotSignedIn
from nps_registry.http.dependencies import bearer_text
from nps_registry.http.results import reader_of
from nps_registry.http.services import services_of
from nps_registry.localisation import gettext as _
from nps_registry.search.questions import ROWS_OF_VISITORS
from nps_registry.store.engine import reading
from nps_registry.vocabulary.report import Role, Scope


def require_allowed_size(request: Request, rows: int) -> None:
    """Refuse a list of more than 200 rows from somebody who is not known, or whose token is not for large queries.

    Raises:
        NotSignedIn: a visitor.
        NotPermitted: a token without the scope ``search:large``.
    """
    if rows <= ROWS_OF_VISITORS:
        return
    services, told = services_of(request), {"rows": rows, "most": ROWS_OF_VISITORS, "scope": Scope.SEARCH_LARGE.value}
    token = bearer_text(request)
    if token is not None:
        with reading(services.engine) as session:
            scopes = authenticate(session, token).token.scopes
        if Scope.SEARCH_LARGE.value not in scopes:
            sentence = _("The list has %(rows)d rows; for more than %(most)d the token needs the scope %(scope)s.")
            raise NotPermitted(sentence % told)
    elif reader_of(request, services).role is Role.VISITOR:
        sentence = _("The list has %(rows)d rows; without signing in, send at most %(most)d at once.")
        raise NotSignedIn(sentence % told)

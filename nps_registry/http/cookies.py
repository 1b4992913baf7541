"""The two cookies: one for the session, one that ties a form to the browser it was shown in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from nps_registry.http.services import Services, services_of
from nps_registry.settings import Settings

_SESSION, _VISIT, _HERE = "nps-session", "nps-visit", "nps-here"
_LONGEST = 100


def is_secure(settings: Settings) -> bool:
    """Whether readers come over HTTPS, so that a cookie must not travel otherwise."""
    return settings.public_url.startswith("https://")


def _name(settings: Settings, name: str) -> str:
    # The prefix makes the browser refuse the cookie from any other host, a subdomain's included (RFC 6265bis, 4.1.3).
    return f"__Host-{name}" if is_secure(settings) else name


def read_session_secret(request: Request) -> str | None:
    """The secret of the session cookie, as the browser sent it."""
    return request.cookies.get(_name(services_of(request).settings, _SESSION))


def set_session(response: Response, services: Services, secret: str) -> None:
    """Give the browser the secret of its session, and a mark for scripts that there is one."""
    settings = services.settings
    longest = int(timedelta(days=settings.session_days).total_seconds())
    _set(response, settings, _name(settings, _SESSION), secret, max_age=longest)
    # Tells a script that somebody is signed in, and nothing else: public pages are the same for everyone.
    _set(response, settings, _HERE, "1", max_age=longest, for_scripts=True)


def clear_session(response: Response, services: Services) -> None:
    """Take the session cookie out of the browser."""
    settings = services.settings
    for name in (_name(settings, _SESSION), _HERE):
        response.delete_cookie(name, path="/", secure=is_secure(settings), httponly=name != _HERE, samesite="lax")


def _set(
    response: Response, settings: Settings, name: str, value: str, *, max_age: int | None, for_scripts: bool = False
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=is_secure(settings),
        httponly=not for_scripts,
        samesite="lax",
    )


def form_secret_of(request: Request) -> tuple[str, bool]:
    """What the forms of this browser are tied to, and whether it was made just now and must be set.

    It is the session where the browser has one, else a random value of its own, so that the form of the
    sign-in is protected too.
    """
    settings = services_of(request).settings
    found = read_session_secret(request) or request.cookies.get(_name(settings, _VISIT))
    if found and len(found) <= _LONGEST:
        return found, False
    if not hasattr(request.state, "visit_secret"):
        request.state.visit_secret = secrets.token_urlsafe(32)
    return request.state.visit_secret, True


def set_visit(response: Response, request: Request) -> None:
    """Give the browser the value that its forms are tied to, where it has none yet."""
    secret, fresh = form_secret_of(request)
    if fresh:
        settings = services_of(request).settings
        _set(response, settings, _name(settings, _VISIT), secret, max_age=None)


def form_token(secret: str) -> str:
    """The hidden field of a form shown to the browser that holds *secret*; it does not give the secret away."""
    return hmac.new(secret.encode(), b"nps-registry form", hashlib.sha256).hexdigest()


def is_form_token(secret: str, given: str) -> bool:
    """Whether *given* is the token of that browser's forms, compared in constant time."""
    return hmac.compare_digest(form_token(secret).encode(), given.encode("utf-8", "replace"))

"""Templates: found once, compiled once, every text through gettext, everything escaped."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache
from gettext import NullTranslations
from http import HTTPStatus

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from nps_registry.assets import find_web
from nps_registry.http.addresses import base_url_of
from nps_registry.http.cookies import form_secret_of, form_token, set_visit
from nps_registry.http.languages import find_languages, prefix_links
from nps_registry.http.services import services_of
from nps_registry.localisation import SOURCE_LANGUAGE, gettext, ngettext, translations
from nps_registry.pages import formats
from nps_registry.pages.site import Site, StaticFiles

PRIVATE_PATHS = (
    "/sign-in", "/sign-out", "/account", "/lab", "/curate", "/invitations/", "/password", "/subscribe", "/unsubscribe/",
)  # fmt: skip
_MOST_TEXTS = 10_000
"""Some thousand texts in a few languages."""


def build_templates() -> Environment:
    """The template environment; a misspelt variable fails instead of showing nothing."""
    environment = Environment(
        loader=FileSystemLoader(find_web() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    environment.globals["_"] = Texts()
    environment.filters.update(formats.FILTERS)
    environment.globals["static"] = StaticFiles(find_web() / "static")
    environment.globals["languages"] = tuple(find_languages(find_web() / "translations"))
    return environment


class Texts:
    """What templates call ``_``: the extension's own takes two look-ups in the context for every text.

    As there, a percent sign is written twice, and what goes into the text is escaped. Most texts take nothing, and a
    page has a hundred of them: those are written once for each language.
    """

    def __init__(self) -> None:
        self._find_written = lru_cache(_MOST_TEXTS)(self._write)

    def _write(self, chosen: NullTranslations, text: str) -> Markup:
        return Markup(chosen.gettext(text)) % {}  # texts are the project's own, and their translations

    def __call__(self, text: str, **variables: object) -> Markup:
        """*text* in the language in force."""
        return Markup(gettext(text)) % variables if variables else self._find_written(translations(), text)


def templates_of(request: Request) -> Environment:
    """The environment of the application, made at its first page."""
    state = request.app.state
    if not hasattr(state, "templates"):
        state.templates = build_templates()
    environment: Environment = state.templates
    return environment


def site_of(request: Request) -> Site:
    """The frame of the page that *request* asks for."""
    everywhere = templates_of(request).globals
    static, languages = everywhere["static"], everywhere["languages"]
    assert isinstance(static, StaticFiles)
    assert isinstance(languages, tuple)
    csrf = form_token(form_secret_of(request)[0]) if is_private(request) else ""
    return Site(
        request.url.path,
        services_of(request).demonstration,
        static,
        csrf=csrf,
        person=getattr(request.state, "signed_in", None),
        language=language_of(request),
        languages=languages,
        address="" if is_private(request) or request.url.query else _address_of(request),
    )


def _address_of(request: Request) -> str:
    language = language_of(request)
    prefix = "" if language == SOURCE_LANGUAGE else f"/{language}"
    return f"{base_url_of(request)}{prefix}{request.url.path}"


def language_of(request: Request) -> str:
    """The language that the address of *request* asks for."""
    return str(request.scope.get("language", SOURCE_LANGUAGE))


def is_private(request: Request) -> bool:
    """Whether the page is for one browser only: it has forms, or belongs to who is signed in.

    All other pages read neither session nor cookie and are the same for everyone.
    """
    return request.url.path.startswith(PRIVATE_PATHS)


def render(request: Request, name: str, context: object, *, status: int = HTTPStatus.OK) -> HTMLResponse:
    """The page *name*: its template filled with *context*, a frozen dataclass whose fields the template names."""
    if not is_dataclass(context) or isinstance(context, type):
        raise TypeError("the context of a page is an instance of a dataclass")
    variables = {field.name: getattr(context, field.name) for field in fields(context)}
    html = templates_of(request).get_template(f"pages/{name}.html").render(site=site_of(request), **variables)
    response = HTMLResponse(prefix_links(html, language_of(request)), status)
    if is_private(request):
        response.headers["Cache-Control"] = "private, no-store"
        set_visit(response, request)
    return response

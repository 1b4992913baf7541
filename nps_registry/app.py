"""The application put together: settings, services, routes, refusals. Composition only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from types import ModuleType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match

from nps_registry import __version__, api, pages
from nps_registry.assets import find_substances, find_web
from nps_registry.deferred import IMPORTS
from nps_registry.errors import NotFound, Refusal
from nps_registry.http.guard import Guard, headers_of_all
from nps_registry.http.languages import Languages
from nps_registry.http.problem import refusal_problem, status_problem, validation_refusal
from nps_registry.http.sections import OnDemand, Section
from nps_registry.http.services import Services, services_of
from nps_registry.http.static_files import serve_static
from nps_registry.localisation import gettext as _
from nps_registry.search.index import SubstanceIndex
from nps_registry.settings import Settings, read_settings
from nps_registry.store import schema
from nps_registry.store.engine import make_engine, reading
from nps_registry.store.registry import find_registry

_MACHINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")


def build_services(settings: Settings) -> Services:
    """Open the database and build what the process holds.

    Raises:
        NotReady: naming the command that mends it.
    """
    engine = make_engine(
        settings.database_url, statement_limit_s=settings.statement_limit_s, pool_size=settings.database_pool_size
    )
    schema.require_current(engine)
    with reading(engine) as session:
        mode = find_registry(session).mode
    index = SubstanceIndex.soon(engine, settings.index_directory)
    return Services(settings, engine, index, mode, find_substances())


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole application.

    Raises:
        NotReady: the database or the installation is not as it should be.
    """
    services = build_services(settings or read_settings())

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        services.index.follow()
        beside = asyncio.create_task(_follow_up(services, sections))
        yield
        beside.cancel()
        services.stop()

    application = FastAPI(
        title="nps-registry",
        summary=_("An open early-warning registry for new psychoactive substances"),
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        redirect_slashes=False,
    )
    application.state.services = services
    application.openapi = lambda: api.describe(application)  # type: ignore[method-assign]  # as FastAPI documents it
    application.router.routes.extend(api.operation_routes())
    application.mount("/static", serve_static(find_web() / "static"), name="static")
    _refuse(application)
    for_readers, for_machines = Section(application, pages.routes), Section(application, api.routes)
    sections = (for_readers, for_machines)
    belong = {"/": for_readers, "/api/": for_machines, "/openapi.json": for_machines}
    application.add_middleware(
        OnDemand, sections=belong | dict.fromkeys(("/healthz", "/readyz", "/metrics", "/static/"), None)
    )
    application.add_middleware(
        Languages, directory=find_web() / "translations", pseudo=services.settings.pseudo_languages
    )
    application.add_middleware(
        Guard,
        body_limit_bytes=services.settings.body_limit_bytes,
        metrics=services.metrics,
        demonstration=services.demonstration,
        larger_limits=_larger_limits(services.settings),
    )
    return application


def _larger_limits(settings: Settings) -> dict[str, int]:
    """Where files are taken, which may be larger than any other body; a form has some bytes of its own around one."""
    form_bytes = 100_000
    return {
        r"/api/v1/reports/batch": settings.batch_limit_bytes,
        r"/lab/batches(/.*)?": settings.batch_limit_bytes + form_bytes,
        r"/api/v1/reports/[^/]+/attachments": settings.attachment_limit_bytes + form_bytes,
        r"/lab/reports/[^/]+/attachments": settings.attachment_limit_bytes + form_bytes,
    }


async def _follow_up(services: Services, sections: Iterable[Section]) -> None:
    """Put together what nobody asked for yet, one section after the other; then work beside the requests."""
    for section in sections:
        await run_in_threadpool(section.build)
    beside = await run_in_threadpool(_import_background)
    await beside.work_beside(services)


def _import_background() -> ModuleType:
    with IMPORTS:
        return import_module("nps_registry.background")


def _refuse(application: FastAPI) -> None:
    """Turn every refusal into a problem document, or for a page into a page."""

    def answer(request: Request, refusal: Refusal) -> Response:
        return refusal_problem(refusal) if _is_for_machines(request) else pages.refusal_page(request, refusal)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        if not _is_for_machines(request):
            try:
                again = await pages.ask_again(request, error)
            except Refusal as worse:
                return answer(request, worse)
            if again is not None:
                return again
        return answer(request, error)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, validation_refusal(error))

    def bare_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND:
            if request.url.path.endswith("/") and not _is_for_machines(request):
                return _without_slash(request)
            return answer(request, NotFound(_("There is nothing at this address.")))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            taken = _find_methods(request)
            sentence = _("This address takes %(methods)s only.") % {"methods": taken}
            return status_problem(error.status_code, sentence, {"Allow": taken})
        return status_problem(error.status_code, str(error.detail), error.headers)

    def defect(request: Request, _error: Exception) -> Response:
        sentence = _("Something is wrong on our side; it has been written down.")
        if _is_for_machines(request):
            response = status_problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence)
        else:
            response = pages.defect_page(request, sentence)
        # This answer is given outside the guard, which puts these on all others.
        response.raw_headers.extend(headers_of_all(demonstration=services_of(request).demonstration))
        return response

    handlers: dict[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
        Refusal: refused,
        RequestValidationError: invalid,
        HTTPException: bare_status,
        Exception: defect,
    }
    for kind, handler in handlers.items():
        application.add_exception_handler(kind, handler)


def _without_slash(request: Request) -> Response:
    """Lead to the page whose address somebody ended with a slash, as a copy's folders are; to this site only."""
    path, query = "/" + request.url.path.strip("/"), request.url.query
    return RedirectResponse(f"{path}?{query}" if query else path, HTTPStatus.PERMANENT_REDIRECT)


def _find_methods(request: Request) -> str:
    """The methods that the address of *request* takes; a router names only those of its first route there."""
    routes = request.app.router.routes
    taken = [
        method
        for method in ("GET", "POST", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    taken = taken or ["GET"]  # a file below another application, which has no routes
    return ", ".join(["HEAD", *taken] if "GET" in taken else taken)


def _is_for_machines(request: Request) -> bool:
    return request.url.path.startswith(_MACHINE_PATHS)

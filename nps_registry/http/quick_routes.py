"""Routes that read the parameters that were given, and none of those that were not.

A search takes a dozen parameters and is asked with one or two. Going through all of them, the nested restriction too,
costs as much as the search itself.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, get_origin, get_type_hints

from fastapi import Request
from fastapi.params import Query
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.responses import Response

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_METHODS = {"GET"}
_PLAIN = (str, int, float)


class QuickRoute(APIRoute):
    """A route whose endpoint is ``def endpoint(request, ...) -> Response`` with a default for all that may be left out.

    What it cannot read by itself (a restriction, a parameter given twice or unknown, a value that is wrong) goes the
    framework's whole way, which answers and refuses as ever.
    """

    def get_route_handler(self) -> Handler:
        """Read by ourselves what is plain; all else as the framework does."""
        whole = super().get_route_handler()
        if self.methods != _METHODS:
            return whole
        endpoint, adapters = self.endpoint, _find_adapters(self.endpoint)
        required = _find_required(endpoint, adapters)

        async def handle(request: Request) -> Response:
            values = _read(request.query_params, adapters)
            if values is None or not required <= values.keys():
                return await whole(request)
            answer: Response = await run_in_threadpool(endpoint, request, **values)
            return answer

        return handle


def _find_adapters(endpoint: Callable[..., Any]) -> dict[str, TypeAdapter[Any]]:
    """What reads each parameter of the query that is a text, a number or a term."""
    hints = get_type_hints(endpoint, include_extras=True)
    return {name: TypeAdapter(kind) for name, kind in hints.items() if name != "return" and _is_of_the_query(kind)}


def _is_of_the_query(kind: Any) -> bool:
    metadata = getattr(kind, "__metadata__", None)
    if metadata is not None:
        return any(isinstance(each, Query) for each in metadata)
    return get_origin(kind) is None and isinstance(kind, type) and issubclass(kind, _PLAIN)


def _find_required(endpoint: Callable[..., Any], adapters: Mapping[str, TypeAdapter[Any]]) -> set[str]:
    code = endpoint.__code__
    names = code.co_varnames[: code.co_argcount]
    optional = len(endpoint.__defaults__ or ())
    return set(names[: len(names) - optional]) & adapters.keys()


def _read(given: QueryParams, adapters: Mapping[str, TypeAdapter[Any]]) -> dict[str, Any] | None:
    """The values of what was given; nothing where that is not for us to read."""
    pairs = given.multi_items()
    values: dict[str, Any] = {}
    try:
        for name, text in pairs:
            values[name] = adapters[name].validate_python(text)
    except (KeyError, ValidationError):
        return None
    return values if len(values) == len(pairs) else None

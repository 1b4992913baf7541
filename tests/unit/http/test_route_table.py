"""A table of routes finds what a router finds by trying one route after the other."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from nps_registry.http.route_table import RouteTable

_METHODS = st.sampled_from(["GET", "POST"])
_WORDS = st.sampled_from(["", "a", "b", "a.svg", "new"])
_PARTS = st.one_of(_WORDS, st.sampled_from(["{one}", "{one}.svg", "a{one}", "{one:path}"]))
_ADDRESSES = st.lists(_PARTS, max_size=3).map("/".join).map("/{}".format).filter(lambda path: path.count("one") < 2)
_PATHS = st.lists(_WORDS, max_size=4).map("/".join).map("/{}".format)


def _answer(_request: object) -> Response:
    return Response()


def _try_all(routes: list[BaseRoute], scope: Scope) -> tuple[Match, BaseRoute | None, object]:
    partly: tuple[Match, BaseRoute | None, object] = (Match.NONE, None, None)
    for route in routes:
        match, within = route.matches(scope)
        if match is Match.FULL:
            return match, route, within["path_params"]
        if match is Match.PARTIAL and partly[0] is Match.NONE:
            partly = match, route, within["path_params"]
    return partly


@given(
    addresses=st.lists(st.tuples(_ADDRESSES, _METHODS), max_size=12),
    path=_PATHS,
    method=_METHODS,
    root=st.sampled_from(["", "/registry"]),
)
@example(addresses=[("/{one}", "GET"), ("/a", "GET")], path="/a", method="GET", root="")
@example(addresses=[("/a/{one}", "GET"), ("/{one:path}", "GET")], path="/a/b", method="GET", root="")
def test_a_table_finds_what_trying_all_routes_in_their_order_finds(
    addresses: list[tuple[str, str]], path: str, method: str, root: str
) -> None:
    routes: list[BaseRoute] = [Route(address, _answer, methods=[takes]) for address, takes in addresses]
    scope = {"type": "http", "method": method, "path": root + path, "root_path": root}
    match, within = RouteTable(routes).matches(scope)
    assert (match, within.get("route"), within.get("path_params")) == _try_all(routes, scope)


def test_a_table_takes_nothing_but_requests() -> None:
    assert RouteTable([]).matches({"type": "websocket", "path": "/"}) == (Match.NONE, {})

"""Many routes as one, found by the beginning of their addresses.

A router tries its routes one after the other, and one router within another does so again at each step inwards: with
some three hundred routes that took longer than the search behind one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class RouteTable(BaseRoute):
    """Finds the route that a router would find by trying all *routes* in their order, by trying those that may fit."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        # An address with a parameter stands under all that comes before the part with the first of them.
        self._fixed: defaultdict[str, list[tuple[int, Route]]] = defaultdict(list)
        self._open: defaultdict[str, list[tuple[int, Route]]] = defaultdict(list)
        for number, route in enumerate(routes):
            assert isinstance(route, Route), f"{route} has no address of its own"
            fixed, brace, _parameters = route.path.partition("{")
            if brace:
                self._open[fixed[: fixed.rindex("/") + 1]].append((number, route))
            else:
                self._fixed[fixed].append((number, route))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether one of the routes takes the request; the route is a member of the scope that goes with it."""
        if scope["type"] != "http":
            return Match.NONE, {}
        partly: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._that_may_fit(scope["path"].removeprefix(scope.get("root_path", ""))):
            match, within = route.matches(scope)
            if match is Match.FULL:
                return match, {**within, "route": route}
            if match is Match.PARTIAL and partly[0] is Match.NONE:
                partly = match, {**within, "route": route}
        return partly

    def _that_may_fit(self, path: str) -> Iterator[Route]:
        numbered = list(self._fixed.get(path, ()))
        slash = path.find("/")
        while slash >= 0:
            numbered += self._open.get(path[: slash + 1], ())
            slash = path.find("/", slash + 1)
        return (route for _number, route in sorted(numbered, key=lambda each: each[0]))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the route answer that :meth:`matches` has found."""
        await scope["route"].handle(scope, receive, send)

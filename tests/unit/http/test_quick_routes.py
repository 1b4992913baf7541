"""A quick route answers and refuses as any other; it only does not look at what was not given."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse, Response

from nps_registry.http.quick_routes import QuickRoute


class Colour(StrEnum):
    """A term."""

    RED = "red"
    BLUE = "blue"


async def _read_nested(country: str = "") -> str:
    return f"in {country}" if country else "everywhere"


def _client(kind: type[APIRoute]) -> TestClient:
    routes = APIRouter(prefix="/v1", route_class=kind)

    @routes.get("/ask", response_class=Response)
    def ask(
        request: Request,
        text: str,
        limit: Annotated[int, Query(description="how many")] = 50,
        share: Annotated[float, Query(le=2)] = 0.5,
        colour: Colour | None = None,
        among: Annotated[str, Depends(_read_nested)] = "everywhere",
    ) -> Response:
        return JSONResponse([request.url.path, text, limit, share, colour, among])

    application = FastAPI()
    application.include_router(routes)
    return TestClient(application)


@pytest.mark.parametrize(
    "query",
    [
        "text=CC",
        "text=",
        "text=CC&limit=7&share=0.25",
        "text=CC&colour=blue",
        "text=CC&country=fr",
        "text=CC&limit=7&country=fr",
        "text=CC&text=CCC",
        "text=CC&unknown=1",
        "text=CC&limit=seven",
        "text=CC&limit=",
        "text=CC&limit=1.5",
        "text=CC&share=3",
        "text=CC&share=nan",
        "text=CC&colour=green",
        "limit=7",
        "",
        "text=%E2%82%AC&limit=%207",
    ],
)
def test_whatever_is_asked_is_answered_as_by_an_ordinary_route(query: str) -> None:
    quick, ordinary = _client(QuickRoute).get(f"/v1/ask?{query}"), _client(APIRoute).get(f"/v1/ask?{query}")
    assert (quick.status_code, quick.text) == (ordinary.status_code, ordinary.text)


def test_what_is_plain_does_not_go_through_the_parameters_that_were_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    client = _client(QuickRoute)
    assert client.get("/v1/ask?text=CC&limit=7").status_code == 200  # builds what is built once
    monkeypatch.setattr("fastapi.routing.solve_dependencies", None)
    assert client.get("/v1/ask?text=CC&limit=7").json() == ["/v1/ask", "CC", 7, 0.5, None, "everywhere"]


def test_every_parameter_is_documented() -> None:
    names = [
        each["name"]
        for each in _client(QuickRoute).get("/openapi.json").json()["paths"]["/v1/ask"]["get"]["parameters"]
    ]
    assert names == ["text", "limit", "share", "colour", "country"]

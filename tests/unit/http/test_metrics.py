"""What the open figures say: how the server does, and nothing of who reports."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from nps_registry.http.guard import Guard
from nps_registry.http.metrics import Metrics


def answer(request: Request) -> Response:
    if "broken" in request.url.path:
        raise RuntimeError("a defect")
    return PlainTextResponse("fine", 201)


def counted(*asked: tuple[str, str]) -> list[str]:
    """The lines that count requests, after those *asked* (method and path)."""
    metrics = Metrics()
    application = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    guarded = Guard(application, body_limit_bytes=10_000, metrics=metrics, demonstration=False)
    client = TestClient(guarded, raise_server_exceptions=False)
    for method, path in asked:
        client.request(method, path)
    return [line for line in metrics.expose().decode().splitlines() if line.startswith("nps_registry_requests_total")]


def test_requests_are_counted_by_method_and_status() -> None:
    (line,) = counted(("GET", "/substances"), ("GET", "/timeline"))
    assert line == 'nps_registry_requests_total{method="GET",status="201"} 2.0'


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/reports",
        "/api/v1/reports/batch",
        "/api/v1/reports/R-2345-6789/withdraw",
        "/lab/reports",
        "/fr/lab",
        "/curate/queue",
    ],
)
def test_a_report_that_comes_in_is_not_counted(path: str) -> None:
    assert counted(("POST", path)) == []


def test_a_defect_is_counted_whatever_was_asked() -> None:
    (line,) = counted(("POST", "/api/v1/reports/broken"), ("POST", "/broken"))
    assert line == 'nps_registry_requests_total{method="POST",status="500"} 2.0'

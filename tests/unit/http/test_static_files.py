"""Static files are sent compressed where the reader takes it, and not sent again to who has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from nps_registry.http.static_files import digest_of, serve_static

TEXT = "body { color: red }\n" * 100


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "site.css").write_text(TEXT)
    (tmp_path / "dot.bin").write_bytes(os.urandom(2_000))
    (tmp_path / "parts").mkdir()
    return tmp_path


@pytest.fixture
def client(directory: Path) -> TestClient:
    return TestClient(Starlette(routes=[Mount("/", serve_static(directory))]))


def test_a_file_travels_compressed_where_the_reader_takes_it_and_where_that_is_shorter(client: TestClient) -> None:
    packed = client.get("/site.css", headers={"accept-encoding": "gzip"})
    plain = client.get("/site.css", headers={"accept-encoding": "identity"})
    assert packed.text == plain.text == TEXT
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) == len(TEXT)
    assert packed.headers["content-type"] == "text/css; charset=utf-8"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in client.get("/dot.bin", headers={"accept-encoding": "gzip"}).headers


def test_a_file_is_not_sent_again_to_who_has_it(client: TestClient) -> None:
    first = client.get("/site.css")
    for name, value in (
        ("if-none-match", first.headers["etag"]),
        ("if-modified-since", first.headers["last-modified"]),
    ):
        again = client.get("/site.css", headers={name: value})
        assert (again.status_code, again.content) == (304, b"")


def test_only_the_address_that_names_the_content_is_kept_for_ever(client: TestClient) -> None:
    assert "immutable" in client.get(f"/site.css?v={digest_of(TEXT.encode())}").headers["cache-control"]
    of_another_version = f"/site.css?v={digest_of(b'body { color: blue }')}"
    for path in ("/site.css", "/site.css?v=", of_another_version):
        assert client.get(path).headers["cache-control"] == "public, no-cache"


def test_a_file_that_was_changed_is_sent_as_it_is_now(client: TestClient, directory: Path) -> None:
    before = client.get("/site.css")
    (directory / "site.css").write_text("p { margin: 0 }")
    os.utime(directory / "site.css", (1, 1))
    after = client.get("/site.css", headers={"if-none-match": before.headers["etag"]})
    assert (after.status_code, after.text) == (200, "p { margin: 0 }")


@pytest.mark.parametrize("path", ["/nothing.css", "/parts", "/../secret.key", "/%2e%2e/%2e%2e/etc/passwd", "/"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_file_takes_no_other_method(client: TestClient) -> None:
    assert client.post("/site.css").status_code == 405

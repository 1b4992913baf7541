"""Files of a report: known by their content, for those who read the whole report, never shown or run."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nps_registry.intake.file_names import plain_name
from tests.attached import CSV, JDX, MSP, MZML, PDF, picture
from tests.databases import SqliteDatabases
from tests.spec.served import Served, a_report, served

BOMB = b'<?xml version="1.0"?><!DOCTYPE mzML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><mzML>&b;</mzML>'


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    var = tmp_path_factory.mktemp("var")
    with served(
        sqlite_databases.migrated(), var_directory=var, attachment_limit_bytes=300_000, attachments_per_report=12
    ) as given:
        yield given


@pytest.fixture
def report(registry: Served) -> str:
    return str(registry.report("de", a_report()).json()["id"])


def attach(registry: Served, report: str, body: bytes, name: str = "file", laboratory: str = "de", **data: str) -> Any:
    return registry.client.post(
        f"/api/v1/reports/{report}/attachments",
        files={"file": (name, io.BytesIO(body), "text/html")},
        data=data,
        headers=registry.as_(laboratory),
    )


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (JDX, "chemical/x-jcamp-dx"),
        (MZML, "application/mzml+xml"),
        (MSP, "text/x-msp"),
        (CSV, "text/csv"),
        (PDF, "application/pdf"),
    ],
)
def test_a_file_is_what_its_content_says_and_comes_back_unchanged(
    registry: Served, report: str, body: bytes, media_type: str
) -> None:
    answer = attach(registry, report, body, "../../etc/<b>x\u202e.html", kind="spectrum")
    assert answer.status_code == 201, answer.text
    assert answer.json()["media_type"] == media_type
    assert answer.json()["file_name"] == "_b_x.html"
    sent = registry.client.get(answer.json()["url"], headers=registry.as_("de"))
    assert sent.content == body
    assert sent.headers["content-disposition"].startswith("attachment;")
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in sent.headers["content-security-policy"]


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", BOMB,
        b"MZ\x90\x00\x03", b"just words", b"PK\x03\x04", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xff", b"<mzML>",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence(registry: Served, report: str, body: bytes) -> None:
    answer = attach(registry, report, body, "spectrum.jdx", nothing_readable="true")
    assert answer.status_code in {415, 422}, answer.text
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_loses_what_the_camera_wrote_and_needs_the_tick(registry: Served, report: str, kind: str) -> None:
    refused = attach(registry, report, picture(kind), "a.jpg", kind="photograph")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "nothing_readable"
    answer = attach(registry, report, picture(kind), "a.jpg", kind="photograph", nothing_readable="true")
    assert answer.status_code == 201, answer.text
    kept = registry.client.get(answer.json()["url"], headers=registry.as_("de")).content
    assert b"Secret" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()
        assert image.size == (20, 40)  # turned as the camera said


def test_a_picture_that_unfolds_to_too_much_is_refused(registry: Served, report: str) -> None:
    kept = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(kept, "PNG")
    answer = attach(registry, report, kept.getvalue(), "a.png", kind="photograph", nothing_readable="true")
    assert answer.status_code == 422


def test_size_and_number_are_limited(registry: Served, report: str) -> None:
    assert attach(registry, report, b"a,b\n" + b"1,2\n" * 100_000).status_code == 413
    for number in range(12):
        assert attach(registry, report, JDX + b"%d" % number).status_code == 201
    assert attach(registry, report, JDX + b"one more").status_code == 413
    again = attach(registry, report, JDX + b"1")
    assert again.status_code == 201
    listed = registry.client.get(f"/api/v1/reports/{report}/attachments", headers=registry.as_("de")).json()
    assert len(listed["items"]) == 12


def test_only_those_who_read_the_whole_report_see_its_files(registry: Served, report: str) -> None:
    url = attach(registry, report, JDX).json()["url"]
    for address in (url, f"/api/v1/reports/{report}/attachments"):
        for laboratory in ("de", "curator", "focal-de"):
            assert registry.client.get(address, headers=registry.as_(laboratory)).status_code == 200, laboratory
        for laboratory in ("at", "de-reviewed", "scientist"):
            assert registry.client.get(address, headers=registry.as_(laboratory)).status_code == 404, laboratory
        assert registry.client.get(address).status_code == 404
    assert attach(registry, report, JDX, laboratory="curator").status_code == 404


def test_files_stand_outside_the_web_root_under_their_digest(registry: Served, report: str) -> None:
    digest = attach(registry, report, JDX + b"digest").json()["sha256"]
    var: Path = registry.client.app.state.services.settings.var_directory  # type: ignore[attr-defined]  # a FastAPI
    assert (var / "attachments" / digest[:2] / digest).read_bytes() == JDX + b"digest"
    assert not [each for each in var.rglob("*") if each.name.startswith(".") and each.is_file()]


def test_a_name_is_never_a_path() -> None:
    for given, kept in (
        ("../../etc/passwd", "passwd"), ("C:\\spectra\\a.jdx", "a.jdx"), ("..", "file"), ("", "file"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"), ("x" * 300 + ".jdx", "x" * 116 + ".jdx"),
    ):  # fmt: skip
        assert plain_name(given) == kept

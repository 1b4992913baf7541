"""A published copy of the site can be read without the registry: its links lead from file to file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.cli.conftest import Command

LIVE = "https://registry.example"


def links_of(page: Path) -> list[str]:
    """What a page leads to or asks for, its form excepted."""
    text = page.read_text(encoding="utf-8")
    plain = re.findall(r'<(?!form)[^>]*?\s(?:href|src)="([^"]*)"', text)
    return plain + [each.split()[0] for found in re.findall(r'srcset="([^"]*)"', text) for each in found.split(",")]


def broken_links(copy: Path) -> list[str]:
    """The links within *copy* that lead to no file of it."""
    broken = []
    for page in copy.rglob("*.html"):
        for link in links_of(page):
            parts = urlsplit(link.replace("&amp;", "&"))
            if parts.scheme or not parts.path:
                continue
            if link.startswith("/") or not (page.parent / unquote(parts.path)).resolve().is_file():
                broken.append(f"{page.relative_to(copy)}: {link}")
    return broken


def test_a_copy_holds_every_public_page_its_links_lead_to_files_and_nothing_asks(nps: Command, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    answer = nps("publish", copy)
    assert answer.code == 0, answer.err
    names = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert {"index.html", "substances/index.html", "about/index.html", "data/index.html", "sitemap.xml"} <= names
    assert {"api/v1/exports/substances.csv", "api/v1/exports/substances.sdf", "static/site.css"} <= names
    accession = next(name.split("/")[1] for name in names if name.startswith("substances/NPS-"))
    own = {f"substances/{accession}/index.html", f"api/v1/substances/{accession}.json"}
    assert own <= names
    assert broken_links(copy) == []
    assert json.loads((copy / "published.json").read_text())["files"] == len(names) - 1, "nothing is asked for twice"
    # Nothing answers questions there, so nothing asks any.
    home = copy / "index.html"
    assert re.findall(r"<form (?!hidden)", home.read_text(encoding="utf-8")) == []
    assert re.search(r'<aside class="notice of-copy"[^>]*"><div', home.read_text(encoding="utf-8")), "and it says so"
    assert not [link for link in links_of(home) if link.startswith(("search", "sign-in", "/"))]


def test_searches_lead_to_the_live_registry_and_a_later_copy_takes_the_place_of_the_first(
    nps: Command, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "published.json").write_text("{}")
    (copy / "stale.html").write_text("gone with the next copy")
    answer = nps("publish", copy, "--live", LIVE)
    assert answer.code == 0, answer.err
    assert not (copy / "stale.html").exists()
    assert f'action="{LIVE}/search"' in (copy / "index.html").read_text(encoding="utf-8")
    assert f"{LIVE}/sign-in" in links_of(copy / "index.html")
    assert json.loads((copy / "published.json").read_text())["files"] > 20
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy"]


def test_a_directory_with_something_else_in_it_is_left_alone(nps: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    answer = nps("publish", tmp_path / "mine")
    assert answer.code == 1
    assert "no published copy" in answer.err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"

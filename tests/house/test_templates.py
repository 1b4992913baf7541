"""Every template compiles, has a title, and asks for nothing that a strict policy or the house forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from nps_registry.assets import find_web
from nps_registry.pages.rendering import build_templates

WEB = find_web()
TEMPLATES = WEB / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
PAGES = [name for name in NAMES if name.startswith("pages/")]
INLINE_STYLE = re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.I)
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*(?:\bsrc=|ld\+json))|<[^>]*\son[a-z]+\s*=", re.I)
ELSEWHERE = re.compile(
    r"""<(?:script|img|link|iframe|source|form)\b[^>]*\b(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.I
)
STATIC = re.compile(r"""static\(["']([\w./-]+)["']\)""")
# A text is filled in by the % operator even where it names nothing to fill in.
BARE_PERCENT = re.compile(r"%(?!\(\w+\)[sdrfg])")
ENVIRONMENT = build_templates()


def parse(name: str) -> nodes.Template:
    """The syntax tree of a template."""
    return ENVIRONMENT.parse((TEMPLATES / name).read_text(encoding="utf-8"), name)


def source(name: str) -> str:
    """The text of a template without its comments."""
    return re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.S)


def test_there_are_templates() -> None:
    assert PAGES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_finds_the_ones_it_refers_to(name: str) -> None:
    ENVIRONMENT.get_template(name)  # an unknown filter shows here
    referred = set(meta.find_referenced_templates(parse(name)))
    assert {each for each in referred if each and not (TEMPLATES / each).is_file()} == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_percent_sign_in_a_text_is_written_twice(name: str) -> None:
    texts = [
        argument.value
        for call in parse(name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}
        for argument in call.args
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str)
    ]
    assert [text for text in texts if BARE_PERCENT.search(text.replace("%%", ""))] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_title(name: str) -> None:
    titles = [block for block in parse(name).find_all(nodes.Block) if block.name == "title"]
    assert titles, "a page needs {% block title %}"
    assert any(list(title.find_all((nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Call))) for title in titles)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_nothing_that_the_content_security_policy_drops(name: str) -> None:
    assert INLINE_STYLE.findall(source(name)) == []
    assert INLINE_SCRIPT.findall(source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_asks_no_other_host_for_anything(name: str) -> None:
    assert ELSEWHERE.findall(source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_static_file_that_a_template_names_exists(name: str) -> None:
    assert [each for each in STATIC.findall(source(name)) if not Path(WEB, "static", each).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_small_enough_to_read(name: str) -> None:
    assert len((TEMPLATES / name).read_text(encoding="utf-8").splitlines()) <= 200


def test_stylesheets_ask_no_other_host_for_anything() -> None:
    sheets = [
        path
        for path in (WEB / "static").rglob("*.css")
        if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))
    ]
    assert sheets == []

"""The reading of pages sees the faults that it is there for."""

from __future__ import annotations

import pytest

from tests.pages.html import Page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<p>one<p>two", "never closed"),
        ("<ul><li>one</ul></li>", "closes nothing"),
        ("</p>", "closes nothing"),
        ('<p id="a"></p><svg id="a"/>', "stands 2 times"),
        ('<p id=""></p>', "an id is"),
        ('<label for="q"></label>', "not there"),
        ('<section aria-labelledby="x"></section>', "not there"),
        ('<a href="#x"></a>', "leads to #x"),
        ('<p class="a" class="b"></p>', "twice"),
    ],
)
def test_a_fault_of_the_markup_is_seen(text: str, fault: str) -> None:
    assert fault in " ".join(Page.read(text).faults)


@pytest.mark.parametrize(
    "text", ['<p style="color:red"></p>', '<p onclick="x"></p>', "<style></style>", "<script>x</script>"]
)
def test_what_the_policy_drops_is_seen(text: str) -> None:
    assert Page.read(text).inline


def test_what_the_browser_loads_is_seen() -> None:
    page = Page.read(
        '<img src="https://elsewhere.example/x.png"><link rel="stylesheet" href="/a.css"><a href="/b"></a>'
    )
    assert page.loads == ["https://elsewhere.example/x.png", "/a.css"]
    assert page.faults == []

"""What a restricted report causes leaves no trace for those who may not see it.

Two registries live through the same public history; one of them through restricted reports besides: held,
waiting for review, reviewed, returned, re-identified, withdrawn, redacted, shared with few. Whoever may not see
those gets the same bytes from both.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from nps_registry.http.public import COMPRESSION
from tests.databases import Databases
from tests.spec.histories import FINDINGS, Lived, Plan, draw, live
from tests.spec.served import Served, served

ACTS = 22
VISITOR = ""
PLANS = {
    # Laboratories abroad, a scientist and visitors know nothing of what stays in a country, and are told nothing.
    "within a country": (
        Plan((("jp", "JP"), ("at", "AT")), (("de", "DE"), ("de-reviewed", "DE")), ("laboratory", "country")),
        (VISITOR, "jp", "scientist"),
    ),
    # A neighbour in the same country knows nothing of what stays with a laboratory.
    "within a laboratory": (
        Plan((("de", "DE"), ("jp", "JP")), (("de-reviewed", "DE"),), ("laboratory",)),
        (VISITOR, "de"),
    ),
    # What laboratories learn from each other does not show to visitors in what those laboratories make public.
    "within the network": (
        Plan((("jp", "JP"), ("de", "DE"), ("at", "AT")), (("de", "DE"), ("at", "AT")), ("network", "country")),
        (VISITOR,),
    ),
}
STRUCTURES = [str(finding["structure"]) for finding in FINDINGS if "structure" in finding]
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Reports stand in the order of their references, which are drawn at random.
_LISTED = re.compile(
    r'(?:<li><a href="/api/v1/reports/<reference of \w+>"><reference of \w+></a></li>){2,}'
    r'|(?:\{"reference":"<reference of \w+>","url":"/api/v1/reports/<reference of \w+>"\},?){2,}'
)
# How long requests took, and when this process began to count.
_CLOCK = re.compile(r"(?m)^(nps_registry_\w+_(?:sum|created|bucket)(?:\{[^}]*\})?) .*$")


@dataclass
class World:
    """One of the two registries, with what is random by design in it and the names to write in its place."""

    registry: Served
    lived: Lived
    names: Mapping[str, str]

    def plain(self, text: str) -> str:
        """*text* without what is random or the clock's: ids, references, accessions drawn, instants, durations."""
        for drawn, name in self.names.items():
            text = text.replace(drawn, name)
        text = _LISTED.sub(lambda listed: " ".join(sorted(re.findall(r"<reference of \w+>", listed[0]))), text)
        return _CLOCK.sub(r"\1 <time>", _INSTANT.sub("<instant>", _ID.sub("<id>", text)))

    def ask(self, address: str, who: str) -> Any:
        """What *who* is answered at *address*."""
        return self.registry.client.get(address, headers=self.registry.as_(who) if who else {}, follow_redirects=False)


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest) -> str:
    """Who does what."""
    return str(request.param)


@pytest.fixture
def worlds(databases: Databases, plan: str) -> Iterator[tuple[World, World]]:
    """The registry that lived the public history alone, and the one that lived all of it."""
    # As with other drawn examples: continuous integration tries the same ones each time.
    seed = 1 if os.environ.get("CI") else random.SystemRandom().randrange(1_000_000)
    acts = draw(PLANS[plan][0], seed, ACTS)
    print(f"seed {seed}:", *acts, sep="\n  ")  # noqa: T201 - pytest shows it with a failure
    with ExitStack() as stack:
        pair = [stack.enter_context(served(databases.migrated(), comparison_limit_s=60)) for _ in range(2)]
        lives = [live(pair[0], [act for act in acts if not act.secret]), live(pair[1], acts)]
        yield _world(pair[0], lives[0]), _world(pair[1], lives[1])


def _world(registry: Served, lived: Lived) -> World:
    names = lived.accessions | {value: f"<reference of {name}>" for name, value in lived.references.items()}
    return World(registry, lived, names | {value: f"<id of {name}>" for name, value in lived.ids.items()})


def pages() -> Iterator[str]:
    """The pages that show the same to everybody."""
    yield from (
        "/",
        "/timeline",
        "/about",
        "/data",
        "/advisories",
        "/bulletins",
        "/search",
        "/nowhere",
        "/healthz",
        "/readyz",
    )
    yield from (f"/countries/{code}" for code in ("DE", "AT", "JP", "BR"))
    yield from (f"/classes/{key}" for key in ("synthetic_cathinone", "other"))
    yield from ("/advisories?severity=critical", "/api/v1/advisories", "/api/v1/advisories?country=DE")
    yield from ("/substances", "/substances?q=unnamed", "/substances?nature=nps&country=DE", "/search?q=unnamed")
    yield from ("/substances?status=provisional&sort=newest", "/search?pattern=C(=O)c1ccccc1", "/search?mz=178.1226")
    yield from (f"/search?structure={quote(structure)}" for structure in STRUCTURES)
    yield from (f"/api/v1/exports/substances.{form}" for form in ("csv", "sdf", "json", "parquet"))
    yield from ("/signals", "/signals?kind=first_in_country", "/changes", "/api/v1/feeds/signals.atom")
    yield from ("/api/v1/exports/reports.csv", "/api/v1/feeds/substances.atom", "/api/v1/feeds/advisories.atom")
    yield from (f"/api/v1/statistics/{name}" for name in ("timeline", "countries", "classes", "latency"))


def answers_by_viewer(world: World) -> Iterator[str]:
    """What depends on who asks."""
    for sort in ("name", "accession", "mass", "newest", "reports"):
        yield f"/api/v1/substances?sort={sort}&limit=5"
    yield from (f"/api/v1/substances?status={status}" for status in ("provisional", "merged", "withdrawn"))
    yield from ("/api/v1/search/name?q=unnamed%20cathinone", "/api/v1/search/substructure?pattern=C(%3DO)c1ccccc1")
    yield from ("/api/v1/search/mass?formula=C15H21ClFNO", "/api/v1/search/mass?mass_da=285.1295&ppm=100")
    yield from ("/api/v1/signals?limit=2", "/api/v1/signals?kind=first_ever")
    for structure in STRUCTURES:
        yield f"/api/v1/search/identity?structure={quote(structure)}"
        yield f"/api/v1/search/similarity?structure={quote(structure)}&threshold=0.2"
    yield f"/api/v1/search/similarity?structure={quote(STRUCTURES[0])}&fingerprint=maccs&threshold=0.2"
    for name in sorted(world.lived.references):
        if name.startswith("p"):
            yield f"/api/v1/reports/{world.lived.references[name]}"


def of_substances(accessions: list[str]) -> Iterator[str]:
    """Everything that can be asked of each of these substances."""
    for accession in accessions:
        yield from (f"/substances/{accession}", f"/api/v1/substances/{accession}", f"/search?q={accession}")
        yield from (f"/api/v1/substances/{accession}.{form}" for form in ("mol", "sdf", "svg", "jsonld"))
        yield f"/api/v1/signals?substance={accession}"
        yield from (f"/figures/substances/{accession}/quarters.{form}" for form in ("svg", "csv"))
        yield f"/compare?ids=NPS-000001,{accession}"


def of_signals(world: World) -> Iterator[str]:
    """The page and the data of each public signal, in the order of the list."""
    for signal in world.ask("/api/v1/signals?limit=200", VISITOR).json()["items"]:
        yield from (f"/signals/{signal['id']}", f"/api/v1/signals/{signal['id']}")


def own_headers(answer: Any) -> dict[str, str]:
    """The headers of an answer without those that follow from its body, in which there are random ids."""
    headers = dict(answer.headers)
    digest = hashlib.sha256(answer.content).hexdigest()[:20]
    if headers.get("etag") in (f'"{digest}"', f'"{digest}-gzip"'):
        headers["etag"] = "<digest of the body>"
    if headers.get("content-encoding") == "gzip":
        packed = gzip.compress(answer.content, compresslevel=COMPRESSION, mtime=0)
        assert int(headers.pop("content-length")) == len(packed)
    return headers


def answers(world: World, who: str, every: list[str]) -> Iterator[tuple[str, str]]:
    """Each address with the whole answer, and where it has a next page, all of those."""
    asked = [*answers_by_viewer(world), *of_substances(every), *of_signals(world)]
    asked += ["/api/v1/reports?limit=200"] if who in {"de", "jp"} else [] if who else pages()
    for address in asked:
        cursor, page = "", 0
        while not page or cursor:
            answer = world.ask(f"{address}&{urlencode({'cursor': cursor})}" if cursor else address, who)
            headers = "\n".join(f"{name}: {value}" for name, value in sorted(own_headers(answer).items()))
            text = answer.text if "parquet" not in address else hashlib.sha256(answer.content).hexdigest()
            told = answer.json() if answer.headers.get("content-type") == "application/json" else {}
            cursor = told.get("next") or "" if "limit=" in address else ""
            if cursor:
                text = text.replace(cursor, str(base64.urlsafe_b64decode(cursor + "==")))
            yield world.plain(f"{address} page {page}"), world.plain(f"{answer.status_code}\n{headers}\n\n{text}")
            page += 1
    yield "/metrics", world.plain(world.ask("/metrics", who).text)


def difference(address: str, expected: str, told: str) -> str:
    """Where two answers part, for whoever has to find out why."""
    place = next(
        (at for at, pair in enumerate(zip(expected, told, strict=False)) if pair[0] != pair[1]),
        min(len(expected), len(told)),
    )
    start = max(0, place - 100)
    return f"{address}: …{expected[start : place + 100]!r}… became …{told[start : place + 100]!r}…"


def parting(pairs: Iterable[tuple[tuple[str, str], tuple[str, str]]]) -> list[str]:
    """Where the answers of two registries part."""
    return [difference(address, expected, told) for (address, expected), (_same, told) in pairs if told != expected]


def test_whoever_may_not_see_a_report_gets_the_same_bytes_as_if_it_were_not_there(
    worlds: tuple[World, World], plan: str
) -> None:
    alone, fuller = worlds
    viewers = PLANS[plan][1]
    if len(viewers) > 1:  # else the laboratories of this history see each other's reports, and receipts tell of those
        receipts = [
            [(f"act {number}", f"{status}\n{world.plain(text)}") for number, (status, text) in enumerate(told)]
            for world, told in ((alone, alone.lived.answers), (fuller, fuller.lived.answers))
        ]
        found = parting(zip(*receipts, strict=True))
        assert not found, "\n\n".join(found)
    names = {*alone.names.values(), *fuller.names.values()}
    every = ["NPS-000001", "NPS-000005", "NPS-000012", *sorted(name for name in names if name.startswith("P-"))]
    for who in viewers:
        found = parting(zip(answers(alone, who, every), answers(fuller, who, every), strict=True))
        assert not found, "\n\n".join([f"{len(found)} answers to {who or 'a visitor'}:", *found])
    _require_open_times(fuller, every)


def _require_open_times(world: World, every: list[str]) -> None:
    """Every instant that a visitor is shown is of something that the visitor may know of."""
    asked = [*pages(), *answers_by_viewer(world), *of_substances(every), *of_signals(world)]
    shown = {text for address in asked for text in _INSTANT.findall(world.ask(address, VISITOR).text)}
    times = [world.registry.loaded, *world.lived.open_times]
    for text in shown:
        instant = datetime.fromisoformat(text)
        assert instant.year == 1970 or any(begin <= instant <= end for begin, end in times), text

"""Hits as the search page shows them: cards or rows of a table, in an order of the reader's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.pages.search_asking import Asking
from nps_registry.search.drawing import draw_match
from nps_registry.search.snapshot import Entry
from nps_registry.store.dossiers import class_labels, drawings
from nps_registry.store.engine import Session
from nps_registry.vocabulary.search import FileForm
from nps_registry.vocabulary.substance import Status


@dataclass(frozen=True, slots=True)
class Hit:
    """One substance of a list, with how it answers.

    Attributes:
        score: likeness, 0 to 1, where that was asked.
        error_ppm: distance of the mass, where that was asked.
        detail: what else there is to say of this hit.
        explain_url: where the hit is explained; empty where there is nothing to explain.
        atoms: atoms to mark in the drawing.
    """

    entry: Entry
    score: float | None = None
    error_ppm: float | None = None
    detail: str = ""
    explain_url: str = ""
    atoms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownHit:
    """One hit ready for the page."""

    accession: str
    name: str
    status: Status
    class_label: str
    formula: str | None
    mass_da: float | None
    svg: str
    score: float | None
    error_ppm: float | None
    detail: str
    explain_url: str


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the table; *url* sorts by it and *order* says how it is sorted now, if it is."""

    key: str
    label: str
    url: str
    order: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the results."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Results:
    """One list of results under its heading.

    Attributes:
        key: of the list, for its anchor.
        total: hits there are, shown or not; *total_is_exact* says whether there may be more.
        note: how far the search went, or what was done to the question.
        downloads: files of the whole list.
    """

    key: str
    heading: str
    hits: list[ShownHit]
    total: int
    total_is_exact: bool = True
    note: str = ""
    downloads: tuple[Download, ...] = ()
    has_scores: bool = False
    has_errors: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the results.

    Attributes:
        value: of a hit, by which it is sorted; a hit without one comes last either way.
        falls: whether the largest comes first unless the reader turns it round.
    """

    label: str
    value: Callable[[Hit], float | str | None]
    is_number: bool = False
    falls: bool = False


ORDERS = {
    "score": Order(mark("Similarity"), lambda hit: hit.score, is_number=True, falls=True),
    "error": Order(
        mark("Error, ppm"), lambda hit: None if hit.error_ppm is None else abs(hit.error_ppm), is_number=True
    ),
    "name": Order(mark("Name"), lambda hit: hit.entry.name.casefold()),
    "accession": Order(mark("Accession"), lambda hit: hit.entry.accession),
    "class": Order(mark("Class"), lambda hit: hit.entry.row.chemical_class),
    "formula": Order(mark("Formula"), lambda hit: hit.entry.row.formula),
    "mass": Order(mark("Mass, Da"), lambda hit: hit.entry.row.mass_da, is_number=True),
}


def sort_hits(hits: Sequence[Hit], asked: str) -> list[Hit]:
    """*hits* in the order asked: a key of :data:`ORDERS`, with ``-`` before it the other way round; none leaves them.

    Raises:
        InvalidInput: there is no such order.
    """
    name = asked.removeprefix("-")
    if not name:
        return list(hits)
    if name not in ORDERS:
        raise InvalidInput(_("The results cannot be sorted by “%(sort)s”.") % {"sort": asked[:40]})
    order = ORDERS[name]
    known = [(value, hit) for hit in hits if (value := order.value(hit)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.falls != asked.startswith("-"))
    return [*(hit for _value, hit in known), *(hit for hit in hits if order.value(hit) is None)]


def columns_of(results: Sequence[Results], asking: Asking) -> list[Column]:
    """The headings of the table of *results*, each with the address that sorts by it."""
    left_out = {
        *(() if any(each.has_scores for each in results) else ("score",)),
        *(() if any(each.has_errors for each in results) else ("error",)),
    }
    return [_column(name, order, asking) for name, order in ORDERS.items() if name not in left_out]


def _column(name: str, order: Order, asking: Asking) -> Column:
    is_turned = asking.sort == f"-{name}"
    now = ""
    if asking.sort.removeprefix("-") == name:
        now = "descending" if order.falls != is_turned else "ascending"
    turned = name if is_turned or not now else f"-{name}"
    return Column(name, _(order.label), asking.address(sort=turned), now, order.is_number)


def show_hits(session: Session, hits: Iterable[Hit]) -> list[ShownHit]:
    """*hits* with their drawings and the labels of their classes: two queries in all."""
    given = list(hits)
    if not given:
        return []
    labels = class_labels(session)
    svgs = drawings(session, [hit.entry.row.id for hit in given if not hit.atoms])
    return [
        ShownHit(
            accession=hit.entry.accession,
            name=hit.entry.name,
            status=hit.entry.row.status,
            class_label=labels.get(hit.entry.row.chemical_class or "", ""),
            formula=hit.entry.row.formula,
            mass_da=hit.entry.row.mass_da,
            svg=draw_match(hit.entry, hit.atoms) if hit.atoms else svgs.get(hit.entry.row.id, ""),
            score=hit.score,
            error_ppm=hit.error_ppm,
            detail=hit.detail,
            explain_url=hit.explain_url,
        )
        for hit in given
    ]


def explain_address(structure: str, accession: str, fingerprint: str) -> str:
    """Where it is explained why a substance resembles *structure*."""
    return f"/search/explain?{urlencode({'structure': structure, 'accession': accession, 'fingerprint': fingerprint})}"


def downloads_of(asking: Asking, kind: str) -> tuple[Download, ...]:
    """The files in which the answer to the question of *kind* can be kept."""
    whole = replace(asking, limit="500")
    address = whole.api_address(kind)
    return tuple(Download(form.label, f"{address}&format={form.value}") for form in FileForm)

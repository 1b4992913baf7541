"""The list of substances, with filters whose counts stay true as one filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import InvalidInput
from nps_registry.http.dependencies import Reading
from nps_registry.http.filters import require_filters
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.rendering import render
from nps_registry.store import substances as stored
from nps_registry.store.browse import SORTS, Browse
from nps_registry.store.dossiers import class_labels
from nps_registry.vocabulary.place import country_name, is_country
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status

router = APIRouter(route_class=PublicRoute)
ON_A_PAGE = 48
_FILTERS = ("chemical_class", "effect", "nature", "status", "control", "country")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a filter: what people read, how many substances it leaves, where it leads."""

    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its values; *clear_url* takes it away where it is set."""

    label: str
    values: list[FacetValue]
    clear_url: str | None


@dataclass(frozen=True, slots=True)
class SubstancesPage:
    """What the list shows."""

    cards: list[PageCard]
    total: int
    facets: list[Facet]
    sorts: list[FacetValue]
    next_url: str | None
    first_url: str | None
    question: Browse


def _term(kind: type[EffectGroup | Nature | Status], name: str, given: str) -> EffectGroup | Nature | Status | None:
    if not given:
        return None
    try:
        return kind(given)
    except ValueError:
        raise InvalidInput(
            _("“%(given)s” is not a value of the filter “%(name)s”.") % {"given": given[:40], "name": name}
        ) from None


@router.get("/substances")
def substances(
    request: Request,
    session: Reading,
    q: Annotated[str, Query(max_length=500)] = "",
    chemical_class: Annotated[str, Query(max_length=64)] = "",
    effect: Annotated[str, Query(max_length=64)] = "",
    nature: Annotated[str, Query(max_length=64)] = "",
    status: Annotated[str, Query(max_length=64)] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    control: Annotated[str, Query(max_length=2)] = "",
    sort: Annotated[str, Query(max_length=20)] = "name",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """The list of substances; the address always says the state."""
    if sort not in SORTS:
        raise InvalidInput(_("The list cannot be sorted by “%(sort)s”.") % {"sort": sort})
    question = Browse(
        q=q,
        chemical_class=chemical_class or None,
        effect=_term(EffectGroup, "effect", effect),  # type: ignore[arg-type]  # the kind asked for is the kind given
        nature=_term(Nature, "nature", nature),  # type: ignore[arg-type]
        status=_term(Status, "status", status),  # type: ignore[arg-type]
        country=country or None,
        control=control or None,
        sort=sort,
    )
    question = require_filters(session, question)
    page = stored.browse(session, question, limit=ON_A_PAGE, cursor=cursor or None)
    chosen = _chosen(question)
    shown = SubstancesPage(
        cards=draw_cards(session, page.items),
        total=page.total,
        facets=_facets(stored.facets(session, question), class_labels(session), chosen),
        sorts=_sorts(question.sort, chosen),
        next_url=_url(chosen | {"cursor": page.next}) if page.next else None,
        first_url=_url(chosen) if cursor else None,
        question=question,
    )
    return render(request, "substances", shown)


def _chosen(question: Browse) -> dict[str, str]:
    """The filters that are set, as the address says them."""
    values = {name: getattr(question, name) for name in ("q", *_FILTERS)}
    chosen = {name: str(value) for name, value in values.items() if value}
    return chosen | ({"sort": question.sort} if question.sort != "name" else {})


def _url(chosen: Mapping[str, str]) -> str:
    return f"/substances?{urlencode(chosen)}" if chosen else "/substances"


def _facets(counted: stored.Facets, labels: Mapping[str, str], chosen: dict[str, str]) -> list[Facet]:
    titles = {
        "effect": _("Effect group"),
        "chemical_class": _("Chemical class"),
        "nature": _("Nature"),
        "status": _("Status"),
        "control": _("Control"),
        "country": _("Reported in"),
    }
    facets: list[Facet] = []
    for name, title in titles.items():
        values = [
            FacetValue(
                label=_value_label(name, value, labels),
                count=count,
                url=_url(chosen | {name: value}),
                chosen=chosen.get(name) == value,
            )
            for value, count in _with_chosen(counted.get(name, {}), chosen.get(name)).items()
        ]
        rest = {key: value for key, value in chosen.items() if key != name}
        values.sort(key=lambda value: (-value.count, value.label))
        facets.append(Facet(title, values, _url(rest) if name in chosen else None))
    return facets


def _with_chosen(counted: Mapping[str, int], chosen: str | None) -> Mapping[str, int]:
    """*counted* with the value that is *chosen*: a filter that leaves nothing is still there to be taken away."""
    return {chosen: 0, **counted} if chosen else counted


def _value_label(name: str, value: str, labels: Mapping[str, str]) -> str:
    terms: dict[str, type[EffectGroup | Nature | Status]] = {"effect": EffectGroup, "nature": Nature, "status": Status}
    if name in terms:
        return terms[name](value).label
    if name == "chemical_class":
        return _(labels.get(value, value))
    if name == "control" and value == "UN":
        return _("United Nations")
    return country_name(value) if is_country(value) else value


def _sorts(current: str, chosen: dict[str, str]) -> list[FacetValue]:
    titles = {
        "name": _("Name"),
        "newest": _("Latest first report"),
        "reports": _("Most events"),
        "mass": _("Mass"),
        "accession": _("Accession"),
    }
    return [FacetValue(title, 0, _url(chosen | {"sort": key}), key == current) for key, title in titles.items()]

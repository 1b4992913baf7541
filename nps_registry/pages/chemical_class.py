"""The page of one chemical class: its definition and its substances."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.cards import PageCard, draw_cards
from nps_registry.pages.figures.figure import Figure, Scope, world_figure, years_figure
from nps_registry.pages.rendering import render
from nps_registry.store import spread, statistics
from nps_registry.store import substances as stored
from nps_registry.store.browse import Browse
from nps_registry.store.spread import Subject
from nps_registry.store.tables import ChemicalClass
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)
SHOWN = 24


@dataclass(frozen=True, slots=True)
class ChemicalClassPage:
    """What the page of a class shows; *listed* are its new psychoactive substances in the catalogue, of *total*."""

    key: str
    label: str
    definition: str
    effect_groups: list[EffectGroup]
    unodc_group: str
    eu_group: str
    subclasses: list[str]
    figures: list[Figure]
    cards: list[PageCard]
    total: int
    listed: int


@router.get("/classes/{key}")
def chemical_class(key: str, request: Request, session: Reading) -> Response:
    """The page of the class *key*."""
    row = session.get(ChemicalClass, key) if len(key) <= 64 else None
    if row is None:
        raise NotFound(_("There is no chemical class “%(key)s”.") % {"key": key[:40]})
    found = stored.browse(session, Browse(chemical_class=key, sort="reports"), limit=SHOWN)
    subject, label = Subject(chemical_class=key), _(row.label)
    drawn = (
        years_figure(Scope.CLASSES, key, label, spread.per_year(session, subject)),
        world_figure(Scope.CLASSES, key, label, spread.per_country(session, subject)),
    )
    page = ChemicalClassPage(
        key=key,
        label=label,
        definition=_(row.definition),
        effect_groups=[EffectGroup(group) for group in row.effect_groups],
        unodc_group=row.unodc_group,
        eu_group=row.eu_group,
        subclasses=[str(subclass["label"]) for subclass in row.subclasses],
        figures=[figure for figure in drawn if figure is not None],
        cards=draw_cards(session, found.items),
        total=found.total,
        listed=next(each.substances for each in statistics.classes(session) if each.key == key),
    )
    return render(request, "chemical_class", page)

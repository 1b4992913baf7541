"""The page of one effect group: what it means, its classes, how its substances spread."""

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
from nps_registry.store.statistics import ClassFigure
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)
SHOWN = 24


@dataclass(frozen=True, slots=True)
class EffectGroupPage:
    """What the page of a group shows; *listed* are its new psychoactive substances in the catalogue, of *total*."""

    group: EffectGroup
    meaning: str
    classes: list[ClassFigure]
    figures: list[Figure]
    cards: list[PageCard]
    total: int
    listed: int


@router.get("/effects/{key}")
def effect_group(key: str, request: Request, session: Reading) -> Response:
    """The page of the effect group *key*."""
    if key not in set(EffectGroup):
        raise NotFound(_("There is no effect group “%(key)s”.") % {"key": key[:40]})
    group = EffectGroup(key)
    subject = Subject(effect=group)
    found = stored.browse(session, Browse(effect=group, sort="reports"), limit=SHOWN)
    classes = statistics.classes(session, effect=group)
    drawn = (
        years_figure(Scope.EFFECTS, key, group.label, spread.per_year(session, subject)),
        world_figure(Scope.EFFECTS, key, group.label, spread.per_country(session, subject)),
    )
    page = EffectGroupPage(
        group=group,
        meaning=_meanings()[group],
        classes=sorted((row for row in classes if row.substances), key=lambda row: -row.substances),
        figures=[figure for figure in drawn if figure is not None],
        cards=draw_cards(session, found.items),
        total=found.total,
        listed=sum(row.substances for row in classes),
    )
    return render(request, "effect_group", page)


def _meanings() -> dict[EffectGroup, str]:
    """What each group means, in words for everybody; the grouping is UNODC's."""
    return {
        EffectGroup.STIMULANT: _("They speed up the central nervous system, as amphetamine and cocaine do."),
        EffectGroup.SYNTHETIC_OPIOID: _(
            "They act on opioid receptors, as morphine and fentanyl do. Breathing can stop; naloxone reverses that."
        ),
        EffectGroup.SYNTHETIC_CANNABINOID_RECEPTOR_AGONIST: _(
            "They act on the receptors that cannabis acts on, many of them far more strongly."
        ),
        EffectGroup.DISSOCIATIVE: _(
            "They detach a person from body and surroundings, as ketamine and phencyclidine do."
        ),
        EffectGroup.CLASSIC_HALLUCINOGEN: _("They change perception through serotonin receptors, as LSD does."),
        EffectGroup.SEDATIVE_HYPNOTIC: _(
            "They calm and put to sleep, as benzodiazepines do; together with opioids or alcohol breathing can stop."
        ),
        EffectGroup.UNASSIGNED: _("The sources do not say to which group these belong."),
    }

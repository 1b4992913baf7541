"""The figures themselves: SVG for pages, PNG for slides, CSV for those who want the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.pages.figures.charts import draw_quarters, draw_years
from nps_registry.pages.figures.figure import Figure, Scope, Show, quarters_figure, title_of, world_figure, years_figure
from nps_registry.pages.figures.forms import Form, answer_numbers, answer_picture
from nps_registry.pages.figures.palette import Breadth, Scheme
from nps_registry.pages.figures.world import draw_world
from nps_registry.store import spread
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session
from nps_registry.store.spread import QuarterFigure, Subject
from nps_registry.store.tables import ChemicalClass
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.place import country_name, is_country
from nps_registry.vocabulary.substance import EffectGroup

router = APIRouter(route_class=PublicRoute)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A subject with what people call it."""

    subject: Subject
    name: str


@router.get("/figures/{scope}/{key}/{show}.{form}")
def figure(
    scope: str, key: str, show: str, form: str, request: Request, services: ServicesOfRequest, session: Reading
) -> Response:
    """One figure in one form."""
    try:
        asked_scope, asked_show, asked_form = Scope(scope), Show(show), Form(form)
        scheme = Scheme(request.query_params.get("scheme", Scheme.LIGHT))
        breadth = Breadth(request.query_params.get("breadth", Breadth.WIDE))
    except ValueError:
        raise NotFound(_("There is no such figure.")) from None
    asked = _find(session, asked_scope, key)
    # Public time and places are the same for everyone: a figure is drawn from the public ledger only.
    if asked_form is Form.CSV:
        table = _figure_of(session, asked_scope, key, asked, asked_show)
        return answer_numbers(table, demonstration=services.demonstration)
    drawn = _draw(session, asked, asked_show, scheme, breadth, demonstration=services.demonstration)
    return answer_picture(drawn, asked_form, scheme)


def _find(session: Session, scope: Scope, key: str) -> _Asked:
    """What the address asks about.

    Raises:
        NotFound: there is no such thing.
    """
    if scope is Scope.REGISTRY and key == "all":
        return _Asked(Subject(), "")
    if scope is Scope.SUBSTANCES and len(key) <= 16:
        found = stored.by_accession(session, key, VISITOR)
        if found is not None:
            return _Asked(Subject(substance_id=found.id), found.name)
    if scope is Scope.CLASSES and len(key) <= 64:
        row = session.get(ChemicalClass, key)
        if row is not None:
            return _Asked(Subject(chemical_class=key), _(row.label))
    if scope is Scope.EFFECTS and key in set(EffectGroup):
        return _Asked(Subject(effect=EffectGroup(key)), EffectGroup(key).label)
    if scope is Scope.COUNTRIES and is_country(key.upper()):
        return _Asked(Subject(country=key.upper()), country_name(key.upper()))
    raise NotFound(_("There is nothing called “%(key)s” to draw a figure of.") % {"key": key[:40]})


def _draw(session: Session, asked: _Asked, show: Show, scheme: Scheme, breadth: Breadth, *, demonstration: bool) -> str:
    title = title_of(show, asked.name)
    if show is Show.WORLD:
        return draw_world(
            spread.per_country(session, asked.subject), title, scheme, breadth, demonstration=demonstration
        )
    if show is Show.QUARTERS:
        return draw_quarters(_quarters(session, asked), scheme, demonstration=demonstration)
    years = spread.per_year(session, asked.subject)
    if not years:
        raise NotFound(_("Nothing has been reported in public that a figure could show."))
    return draw_years(years, title, scheme, breadth, demonstration=demonstration)


def _quarters(session: Session, asked: _Asked) -> list[QuarterFigure]:
    """The latest quarters of a substance.

    Raises:
        NotFound: it is no substance, or nothing of it is public.
    """
    found = spread.latest_quarters(session, asked.subject) if asked.subject.substance_id is not None else []
    if not found:
        raise NotFound(_("Nothing has been reported in public that a figure could show."))
    return found


def _figure_of(session: Session, scope: Scope, key: str, asked: _Asked, show: Show) -> Figure:
    """The figure with its table.

    Raises:
        NotFound: nothing that it could show is public.
    """
    if show is Show.QUARTERS:
        return quarters_figure(key, asked.name, _quarters(session, asked))
    if show is Show.WORLD:
        found = world_figure(scope, key, asked.name, spread.per_country(session, asked.subject))
    else:
        found = years_figure(scope, key, asked.name, spread.per_year(session, asked.subject))
    if found is None:
        raise NotFound(_("Nothing has been reported in public that a figure could show."))
    return found

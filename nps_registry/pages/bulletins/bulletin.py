"""The bulletins that were issued, as pages, for print, as signed documents, and their charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from nps_registry.errors import NotFound
from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.localisation import gettext as _
from nps_registry.notices.bulletins import read_signed
from nps_registry.notices.print import PDF_TYPE
from nps_registry.pages.bulletins.charts import Chart, charts_of, draw_chart, figure_of
from nps_registry.pages.bulletins.print import print_bulletin
from nps_registry.pages.bulletins.words import headline, lead, line_of_signal, note
from nps_registry.pages.figures.figure import Figure
from nps_registry.pages.figures.forms import Form, answer_numbers, answer_picture
from nps_registry.pages.figures.palette import Breadth, Scheme
from nps_registry.pages.rendering import render
from nps_registry.store import bulletins as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Bulletin
from nps_registry.vocabulary.advisory import Severity

router = APIRouter(route_class=PublicRoute)
SIGNALS = 60
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class BulletinLine:
    """A bulletin in the list."""

    period: str
    title: str
    lead: str
    version: int
    day: str


@dataclass(frozen=True, slots=True)
class BulletinsPage:
    """All bulletins, the latest period first."""

    rows: list[BulletinLine]


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """One version of a bulletin.

    Attributes:
        day: that of the public data it is made of.
        versions: each with its day, the latest first.
        signals: the first of them, in words.
    """

    period: str
    version: int
    title: str
    lead: str
    day: str
    figures: list[Figure]
    substances: list[dict[str, Any]]
    signals: list[str]
    signals_total: int
    advisories: list[tuple[dict[str, Any], Severity]]
    note: str
    versions: list[tuple[int, str]]
    latest: int
    query: str
    signatures: list[dict[str, str]]


@router.get("/bulletins")
def bulletins(request: Request, session: Reading) -> Response:
    """The latest version of each bulletin."""
    rows = [
        BulletinLine(
            row.period, headline(row.content), lead(row.content), row.version, row.issued_at.date().isoformat()
        )
        for row in stored.list_bulletins(session)
    ]
    return render(request, "bulletins", BulletinsPage(rows))


@router.get("/bulletins/{period}.pdf")
def as_pdf(period: str, request: Request, session: Reading, version: Version = None) -> Response:
    """A version for print."""
    row, _versions = find_bulletin(session, period, version)
    name = f'inline; filename="nps-bulletin-{row.period}.{row.version}.pdf"'
    body = print_bulletin(row, base_url_of(request))
    return Response(body, media_type=PDF_TYPE, headers={"Content-Disposition": name})


@router.get("/bulletins/{period}.json")
def as_json(period: str, session: Reading, version: Version = None) -> Response:
    """A version as a signed document."""
    return JSONResponse(read_signed(find_bulletin(session, period, version)[0]))


@router.get("/bulletins/{period}")
def bulletin(period: str, request: Request, session: Reading, version: Version = None) -> Response:
    """A version as a page."""
    row, versions = find_bulletin(session, period, version)
    told: dict[str, Any] = row.content
    latest = versions[0].version
    page = BulletinPage(
        period=row.period,
        version=row.version,
        title=headline(told),
        lead=lead(told),
        day=row.issued_at.date().isoformat(),
        figures=[figure_of(chart, told) for chart in charts_of(told)],
        substances=told["became_public"]["substances"],
        signals=[line_of_signal(each) for each in told["signals"][:SIGNALS]],
        signals_total=told["signals_total"],
        advisories=[(each, Severity(each["severity"])) for each in told["advisories"]],
        note=note(told),
        versions=[(each.version, each.issued_at.date().isoformat()) for each in versions],
        latest=latest,
        query="" if row.version == latest else f"?version={row.version}",
        signatures=row.signatures,
    )
    return render(request, "bulletin", page)


@router.get("/bulletins/{period}/{version}/{chart}.{form}")
def chart_of_bulletin(period: str, version: str, chart: str, form: str, request: Request, session: Reading) -> Response:
    """A chart as SVG, PNG or CSV."""
    try:
        number, asked, asked_form = int(version[:7]), Chart(chart), Form(form)
        scheme = Scheme(request.query_params.get("scheme", Scheme.LIGHT))
        breadth = Breadth(request.query_params.get("breadth", Breadth.WIDE))
    except ValueError:
        raise NotFound(_("There is no such figure.")) from None
    told = find_bulletin(session, period, number)[0].content
    if asked not in charts_of(told):
        raise NotFound(_("Nothing has been reported in public that a figure could show."))
    if asked_form is Form.CSV:
        return answer_numbers(figure_of(asked, told), demonstration=bool(told["demonstration"]))
    return answer_picture(draw_chart(asked, told, scheme, breadth), asked_form, scheme)


def find_bulletin(session: Session, period: str, version: int | None) -> tuple[Bulletin, list[Bulletin]]:
    """The version of a bulletin, the latest where none is asked for, and all of them.

    Raises:
        NotFound: none was issued.
    """
    versions = stored.versions_of(session, period) if len(period) <= 8 else []
    wanted = next((row for row in versions if version is None or row.version == version), None)
    if wanted is None:
        raise NotFound(_("There is no bulletin of “%(period)s”.") % {"period": period[:20]})
    return wanted, versions

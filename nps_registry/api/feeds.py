"""Atom feeds (RFC 4287): substances newly reported in public, signals, advisories."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.api.description import sends
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.shapes import write_quarter
from nps_registry.localisation import gettext as _
from nps_registry.notices.cap import CAP_TYPE
from nps_registry.signals import wording
from nps_registry.store import advisories
from nps_registry.store import signals as stored
from nps_registry.store.advisories import AdvisoryQuestion
from nps_registry.store.signals import SignalQuestion
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.signal import SignalKind

router = APIRouter(prefix="/feeds", tags=["feeds"])
ATOM_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


def _element(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _feed(request: Request, title: str, updated: datetime, *, demonstration: bool) -> ET.Element:
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    marked = _("Demonstration, invented reports: %(title)s") % {"title": title} if demonstration else title
    address = str(request.url.replace(query=""))
    _element(feed, "id", address)
    _element(feed, "title", marked)
    _element(feed, "updated", updated.isoformat())
    _element(feed, "link", rel="self", href=address)
    _element(_element(feed, "author"), "name", "nps-registry")
    return feed


def _answer(feed: ET.Element) -> Response:
    return Response(ET.tostring(feed, encoding="utf-8", xml_declaration=True), media_type=ATOM_TYPE)


@router.get(
    "/substances.atom", summary="Substances newly reported", response_class=Response, responses=sends(ATOM_TYPE)
)
def substances_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 substances whose first public report is the latest."""
    question = SignalQuestion(kind=SignalKind.FIRST_EVER)
    page = stored.list_signals(session, VISITOR, question, limit=_ENTRIES, cursor=None)
    updated = max((row.signal.raised_at for row in page.items), default=datetime.fromtimestamp(0, UTC))
    feed = _feed(request, _("Substances newly reported"), updated, demonstration=services.demonstration)
    base = str(request.base_url).rstrip("/")
    for row in page.items:
        entry = _element(feed, "entry")
        address = f"{base}/substances/{row.accession}"
        _element(entry, "id", address)
        _element(entry, "title", f"{_('Demonstration: ') if services.demonstration else ''}{row.name}")
        _element(entry, "link", href=address)
        _element(entry, "updated", row.signal.raised_at.isoformat())
        quarter = write_quarter(row.signal.year, row.signal.quarter)
        _element(entry, "summary", _("First public report: %(quarter)s.") % {"quarter": quarter})
    return _answer(feed)


@router.get("/signals.atom", summary="Public signals", response_class=Response, responses=sends(ATOM_TYPE))
def signals_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 public signals raised last that stand."""
    rows = stored.list_latest(session, limit=_ENTRIES)
    updated = max((row.signal.raised_at for row in rows), default=datetime.fromtimestamp(0, UTC))
    feed = _feed(request, _("Signals"), updated, demonstration=services.demonstration)
    base = str(request.base_url).rstrip("/")
    for row in rows:
        entry = _element(feed, "entry")
        address = f"{base}/signals/{row.signal.id}"
        _element(entry, "id", address)
        title = f"{row.name}: {wording.headline(row.signal)}"
        _element(entry, "title", f"{_('Demonstration: ') if services.demonstration else ''}{title}")
        _element(entry, "link", href=address)
        _element(entry, "updated", row.signal.raised_at.isoformat())
        _element(entry, "category", term=row.signal.kind.value, label=row.signal.kind.label)
        quarter = write_quarter(row.signal.year, row.signal.quarter)
        _element(entry, "summary", " ".join([f"{quarter}.", *wording.tell_evidence(row.signal)]))
    return _answer(feed)


@router.get("/advisories.atom", summary="Advisories", response_class=Response, responses=sends(ATOM_TYPE))
def advisories_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 public advisories that changed last, withdrawn ones among them."""
    page = advisories.list_readable(session, VISITOR, AdvisoryQuestion(), limit=_ENTRIES, cursor=None)
    versions = advisories.latest_versions(session, page.items)
    updated = max((row.modified_at for row in page.items), default=datetime.fromtimestamp(0, UTC))
    feed = _feed(request, _("Advisories"), updated, demonstration=services.demonstration)
    base = str(request.base_url).rstrip("/")
    for row in page.items:
        document = versions[row.id].content
        entry = _element(feed, "entry")
        address = f"{base}/advisories/{row.id}"
        marks = [
            _("Demonstration") if services.demonstration else "",
            _("Withdrawn") if document.get("withdrawn") else "",
        ]
        _element(entry, "id", address)
        _element(entry, "title", ": ".join([*filter(None, marks), str(document["summary"])]))
        _element(entry, "link", href=address)
        for ending, media_type in (("", "application/json"), (".cap", CAP_TYPE), (".pdf", "application/pdf")):
            link = f"{base}/api/v1/advisories/{row.id}{ending}"
            _element(entry, "link", rel="alternate", type=media_type, href=link)
        _element(entry, "published", str(document["published"]))
        _element(entry, "updated", str(document["modified"]))
        _element(entry, "category", term=row.severity.value, label=row.severity.label)
        _element(entry, "summary", str(document.get("withdrawal_reason") or document["details"]))
    return _answer(feed)

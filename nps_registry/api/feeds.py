"""Atom feeds (RFC 4287): substances newly reported in public, signals, advisories."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from fastapi import Request
from starlette.responses import Response

from nps_registry.api.description import resource, sends
from nps_registry.http.addresses import base_url_of
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.public import PublicRoute
from nps_registry.http.shapes import write_quarter
from nps_registry.localisation import gettext as _
from nps_registry.notices.cap import CAP_TYPE
from nps_registry.signals import wording
from nps_registry.store import advisories
from nps_registry.store import signals as stored
from nps_registry.store.advisories import AdvisoryQuestion
from nps_registry.store.signals import SignalQuestion, SignalRow
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import name_with_nature

router = resource("/feeds", "feeds", PublicRoute)
ATOM_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


def add_element(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """An element of Atom below *parent*."""
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def begin_feed(request: Request, title: str, updated: datetime, *, demonstration: bool) -> ET.Element:
    """A feed at the address of *request*, without entries."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    marked = _("Demonstration, invented reports: %(title)s") % {"title": title} if demonstration else title
    address = base_url_of(request) + request.url.path
    add_element(feed, "id", address)
    add_element(feed, "title", marked)
    add_element(feed, "updated", updated.isoformat())
    add_element(feed, "link", rel="self", href=address)
    add_element(add_element(feed, "author"), "name", "nps-registry")
    return feed


def answer_feed(feed: ET.Element) -> Response:
    """The answer that *feed* is."""
    return Response(ET.tostring(feed, encoding="utf-8", xml_declaration=True), media_type=ATOM_TYPE)


@router.get(
    "/substances.atom", summary="Substances newly reported", response_class=Response, responses=sends(ATOM_TYPE)
)
def substances_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 substances whose first public report is the latest; what is no NPS is named as what it is."""
    question = SignalQuestion(kind=SignalKind.FIRST_EVER)
    page = stored.list_signals(session, VISITOR, question, limit=_ENTRIES, cursor=None)
    updated = max((row.signal.raised_at for row in page.items), default=datetime.fromtimestamp(0, UTC))
    feed = begin_feed(request, _("Substances newly reported"), updated, demonstration=services.demonstration)
    base = base_url_of(request)
    for row in page.items:
        entry = add_element(feed, "entry")
        address = f"{base}/substances/{row.accession}"
        add_element(entry, "id", address)
        add_element(entry, "title", f"{_('Demonstration: ') if services.demonstration else ''}{_named(row)}")
        add_element(entry, "link", href=address)
        add_element(entry, "updated", row.signal.raised_at.isoformat())
        add_element(entry, "category", term=row.nature.value, label=row.nature.label)
        quarter = write_quarter(row.signal.year, row.signal.quarter)
        add_element(entry, "summary", _("First public report: %(quarter)s.") % {"quarter": quarter})
    return answer_feed(feed)


@router.get("/signals.atom", summary="Public signals", response_class=Response, responses=sends(ATOM_TYPE))
def signals_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 public signals raised last that stand."""
    rows = stored.list_latest(session, limit=_ENTRIES)
    updated = max((row.signal.raised_at for row in rows), default=datetime.fromtimestamp(0, UTC))
    feed = begin_feed(request, _("Signals"), updated, demonstration=services.demonstration)
    base = base_url_of(request)
    for row in rows:
        entry = add_element(feed, "entry")
        address = f"{base}/signals/{row.signal.id}"
        add_element(entry, "id", address)
        title = f"{_named(row)} · {wording.headline(row.signal)}"
        add_element(entry, "title", f"{_('Demonstration: ') if services.demonstration else ''}{title}")
        add_element(entry, "link", href=address)
        add_element(entry, "updated", row.signal.raised_at.isoformat())
        add_element(entry, "category", term=row.signal.kind.value, label=row.signal.kind.label)
        add_element(entry, "category", term=row.nature.value, label=row.nature.label)
        quarter = write_quarter(row.signal.year, row.signal.quarter)
        add_element(entry, "summary", " ".join([f"{quarter}.", *wording.tell_evidence(row.signal)]))
    return answer_feed(feed)


def _named(row: SignalRow) -> str:
    return name_with_nature(row.name, row.nature)


@router.get("/advisories.atom", summary="Advisories", response_class=Response, responses=sends(ATOM_TYPE))
def advisories_atom(request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The 50 public advisories that changed last, withdrawn ones among them."""
    page = advisories.list_readable(session, VISITOR, AdvisoryQuestion(), limit=_ENTRIES, cursor=None)
    versions = advisories.latest_versions(session, page.items)
    updated = max((row.modified_at for row in page.items), default=datetime.fromtimestamp(0, UTC))
    feed = begin_feed(request, _("Advisories"), updated, demonstration=services.demonstration)
    base = base_url_of(request)
    for row in page.items:
        document = versions[row.id].content
        entry = add_element(feed, "entry")
        address = f"{base}/advisories/{row.id}"
        marks = [
            _("Demonstration") if services.demonstration else "",
            _("Withdrawn") if document.get("withdrawn") else "",
        ]
        add_element(entry, "id", address)
        add_element(entry, "title", ": ".join([*filter(None, marks), str(document["summary"])]))
        add_element(entry, "link", href=address)
        for ending, media_type in (("", "application/json"), (".cap", CAP_TYPE), (".pdf", "application/pdf")):
            link = f"{base}/api/v1/advisories/{row.id}{ending}"
            add_element(entry, "link", rel="alternate", type=media_type, href=link)
        add_element(entry, "published", str(document["published"]))
        add_element(entry, "updated", str(document["modified"]))
        add_element(entry, "category", term=row.severity.value, label=row.severity.label)
        add_element(entry, "summary", str(document.get("withdrawal_reason") or document["details"]))
    return answer_feed(feed)

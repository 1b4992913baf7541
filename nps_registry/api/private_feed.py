"""A subscriber's own Atom feed, at an address that nobody guesses; what it shows is looked at again at each reading."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request
from starlette.responses import Response

from nps_registry.accounts.tokens import digest_of
from nps_registry.api.description import resource, sends
from nps_registry.api.feeds import ATOM_TYPE, add_element, answer_feed, begin_feed
from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.localisation import gettext as _
from nps_registry.notices.entitlement import rule
from nps_registry.notices.telling import Told, tell
from nps_registry.store import deliveries, notices
from nps_registry.store import subscriptions as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Subscription

router = resource("/feeds", "feeds")
_LONGEST_SECRET = 100


@router.get(
    "/private/{secret}.atom", summary="A private feed", response_class=Response, responses=sends(ATOM_TYPE, 404)
)
def private_atom(secret: str, request: Request, services: ServicesOfRequest, session: Reading) -> Response:
    """The latest notices of one subscription, as far as its owner may read them now."""
    known = 0 < len(secret) <= _LONGEST_SECRET and secret.isascii()
    row = stored.find_feed(session, digest_of(secret)) if known else None
    if row is None:
        raise NotFound(_("There is no feed at this address, or it was ended."))
    entries = _entries(session, row, services.settings.public_url)
    updated = max((at for at, _told in entries), default=row.created_at)
    feed = begin_feed(request, _("Notices of the NPS registry"), updated, demonstration=services.demonstration)
    for at, told in entries:
        entry = add_element(feed, "entry")
        add_element(entry, "id", f"urn:uuid:{told.key}")
        add_element(entry, "title", f"{_('Demonstration: ') if services.demonstration else ''}{told.title}")
        add_element(entry, "link", href=told.link)
        add_element(entry, "updated", at.isoformat())
        add_element(entry, "summary", "\n".join(f"{label}: {text}" for label, text in told.facts))
    answer = answer_feed(feed)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _entries(session: Session, row: Subscription, public_url: str) -> list[tuple[datetime, Told]]:
    viewer = stored.readers(session, [row], datetime.now(UTC)).get(row.id)
    found: list[tuple[datetime, Told]] = []
    for delivery, notice in deliveries.list_recent(session, row.id):
        subject = notices.read_subject(session, notice)
        ruling = rule(session, notice, subject, viewer, row.id)
        if ruling.goes and subject is not None:
            told = tell(notice, subject, public_url, openly=ruling.openly)
            found.append((delivery.ended_at or delivery.made_at, told))
    return found

"""Notices that could not be delivered, for curators: why, and the button that tries them anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading, Writing
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.localisation import gettext as _
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import deliveries as stored
from nps_registry.vocabulary.notice import Channel, DeliveryState

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ParkedDelivery:
    """A delivery that was given up. The subscriber's address is theirs and not shown."""

    id: str
    made_at: datetime
    what: str
    channel: Channel
    subscriber: str
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """What was given up, the newest first, and how much waits."""

    parked: list[ParkedDelivery]
    parked_total: int
    waiting_total: int


@router.get("/curate/deliveries")
def deliveries(request: Request, session: Reading, _person: Curator) -> Response:
    """What was given up."""
    counts = stored.count_by_state(session)
    parked = [
        ParkedDelivery(
            id=delivery.id,
            made_at=delivery.made_at,
            what=f"{notice.kind.label}, {notice.change.label}",
            channel=delivery.channel,
            subscriber=_("a visitor") if subscription.organisation_id is None else subscription.role.label,
            attempts=delivery.attempts,
            reason=delivery.reason,
        )
        for delivery, notice, subscription in stored.list_parked(session)
    ]
    page = DeliveriesPage(parked, counts.get(DeliveryState.PARKED, 0), counts.get(DeliveryState.WAITING, 0))
    return render(request, "curate/deliveries", page)


@router.post("/curate/deliveries/retry")
def retry(session: Writing, _person: Curator, form: CheckedForm) -> Response:
    """Try one delivery anew, or all of them."""
    delivery_id = text_of(form, "delivery", most=64)
    if not stored.retry(session, datetime.now(UTC), delivery_id or None) and delivery_id:
        raise NotFound(_("This delivery is not among those that were given up any longer."))
    return leave_for("/curate/deliveries")

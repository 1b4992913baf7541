"""Subscriptions for programs: by signed webhook or private feed, of the token that makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from nps_registry.accounts.tokens import Bearer
from nps_registry.api.description import WITH_TOKEN, answers, problems, resource
from nps_registry.api.subscription_shapes import (
    DeliveryListShape,
    LookBackListShape,
    MadeSubscriptionShape,
    NoticeShape,
    SubscriptionBody,
    SubscriptionListShape,
)
from nps_registry.errors import NotFound
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import BearerOfRequest, JsonBody, Reading, ServicesOfRequest, Writing
from nps_registry.localisation import gettext as _
from nps_registry.notices import subscribing
from nps_registry.notices.criteria import read_criteria
from nps_registry.notices.entitlement import rule
from nps_registry.notices.subscribing import Owner, Wish
from nps_registry.notices.telling import tell
from nps_registry.store import deliveries, look_backs, notices
from nps_registry.store import subscriptions as stored
from nps_registry.store.tables import Notice, Subscription
from nps_registry.vocabulary.report import Scope

router = resource("", "subscriptions")
_PRIVATE = {"Cache-Control": "private, no-store"}


def _owner_of(bearer: Bearer) -> Owner:
    bearer.require(Scope.REPORTS_READ)
    return Owner(bearer.viewer, token_id=bearer.token.id)


def _describe(row: Subscription, *, in_force: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel.value,
        "address": row.address,
        "label": row.label,
        "criteria": row.criteria,
        "made_at": row.created_at.isoformat(),
        "in_force": in_force,
    }


@router.get(
    "/subscriptions",
    summary="The subscriptions of the organisation's tokens",
    response_model=None,
    responses=answers(SubscriptionListShape, 401, 403),
    openapi_extra=WITH_TOKEN,
)
def list_subscriptions(services: ServicesOfRequest, session: Reading, bearer: BearerOfRequest) -> JSONResponse:
    """Those made by any token of the organisation, the newest first."""
    owner = _owner_of(bearer)
    rows = stored.list_of_tokens(session, owner.viewer.organisation_id or "")
    living = stored.readers(session, rows, datetime.now(UTC))
    items = [_describe(row, in_force=row.id in living) for row in rows]
    told = {"items": items, "total": len(items), "demonstration": services.demonstration}
    return JSONResponse(told, headers=_PRIVATE)


@router.post(
    "/subscriptions",
    summary="Subscribe by webhook or private feed",
    status_code=201,
    response_model=None,
    responses={201: {"model": MadeSubscriptionShape}, **problems(401, 403, 409, 413, 415)},
    openapi_extra=takes(SubscriptionBody) | WITH_TOKEN,
)
def make_subscription(services: ServicesOfRequest, bearer: BearerOfRequest, body: JsonBody) -> JSONResponse:
    """It covers what the token's role may read, looked at again at every delivery. Secret and feed are told once."""
    owner = _owner_of(bearer)
    given = read_body(body, SubscriptionBody)
    criteria = read_criteria(given.criteria.model_dump(mode="json", exclude_defaults=True))
    wish = Wish(criteria, given.channel, address=given.address, label=given.label)
    private = services.settings.webhooks_private
    made = subscribing.subscribe(services.engine, services.seal, owner, wish, private=private)
    told = _describe(made.subscription, in_force=True) | {
        "secret": made.secret or None,
        "feed": f"{services.settings.public_url}/api/v1/feeds/private/{made.feed}.atom" if made.feed else None,
    }
    return JSONResponse(told, 201, headers=_PRIVATE)


@router.delete(
    "/subscriptions/{subscription_id}",
    summary="End a subscription",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404),
    openapi_extra=WITH_TOKEN,
)
def end_subscription(subscription_id: str, session: Writing, bearer: BearerOfRequest) -> Response:
    """End it at once; nothing is kept of it."""
    subscribing.end(session, subscription_id, _owner_of(bearer))
    return Response(status_code=204)


@router.get(
    "/subscriptions/{subscription_id}/deliveries",
    summary="What became of a subscription's latest notices",
    response_model=None,
    responses=answers(DeliveryListShape, 401, 403, 404),
    openapi_extra=WITH_TOKEN,
)
def list_deliveries(subscription_id: str, session: Reading, bearer: BearerOfRequest) -> JSONResponse:
    """The latest fifty, the newest first."""
    row = subscribing.find_own(session, subscription_id, _owner_of(bearer))
    items = [
        {
            "id": delivery.letter or delivery.id,
            "notice": notice.id,
            "kind": notice.kind.value,
            "change": notice.change.value,
            "state": delivery.state.value,
            "attempts": delivery.attempts,
            "made_at": delivery.made_at.isoformat(),
            "ended_at": delivery.ended_at.isoformat() if delivery.ended_at else None,
            "reason": delivery.reason,
        }
        for delivery, notice in deliveries.list_recent(session, row.id)
    ]
    return JSONResponse({"items": items, "total": len(items)}, headers=_PRIVATE)


@router.get(
    "/notices/{notice_id}",
    summary="A notice in full",
    response_model=None,
    responses=answers(NoticeShape, 401, 403, 404),
    openapi_extra=WITH_TOKEN,
)
def one_notice(notice_id: str, services: ServicesOfRequest, session: Reading, bearer: BearerOfRequest) -> JSONResponse:
    """What a restricted webhook only announces, for those who may read it now."""
    viewer = _owner_of(bearer).viewer
    row = session.get(Notice, notice_id) if len(notice_id) <= 36 else None
    subject = notices.read_subject(session, row) if row is not None else None
    if row is None or subject is None or not rule(session, row, subject, viewer, "").goes:
        raise NotFound(_("There is no such notice for you, or it holds no longer."))
    told = tell(row, subject, services.settings.public_url, openly=True)
    body = {"id": row.id, "type": told.kind, "title": told.title, "data": told.data}
    return JSONResponse(body | {"demonstration": services.demonstration}, headers=_PRIVATE)


@router.get(
    "/look-backs",
    summary="What the laboratory's earlier partial identifications could be",
    response_model=None,
    responses=answers(LookBackListShape, 401, 403),
    openapi_extra=WITH_TOKEN,
)
def list_look_backs(services: ServicesOfRequest, session: Reading, bearer: BearerOfRequest) -> JSONResponse:
    """Substances listed or refined since that an open finding of one's own could be: the newest 200."""
    rows, total = look_backs.list_of_laboratory(session, _owner_of(bearer).viewer)
    items = [
        {
            "report": row.report_id,
            "own_reference": row.own_reference,
            "reported_as": row.reported_as,
            "substance": {"accession": row.accession, "name": row.name},
            "ground": row.ground.value,
            "found_at": row.found_at.isoformat(),
        }
        for row in rows
    ]
    told = {"items": items, "total": total, "demonstration": services.demonstration}
    return JSONResponse(told, headers=_PRIVATE)

"""Signals that a visitor may know of."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from nps_registry.api.description import answers
from nps_registry.api.figure_shapes import SignalListShape
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.store import signals as stored
from nps_registry.vocabulary.place import region_name
from nps_registry.vocabulary.signal import SignalKind

router = APIRouter(tags=["signals"])


@router.get("/signals", summary="Public signals", response_model=None, responses=answers(SignalListShape))
def list_signals(
    services: ServicesOfRequest,
    session: Reading,
    kind: SignalKind | None = None,
    substance: Annotated[str | None, Query(max_length=16, description="accession")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> dict[str, Any]:
    """Firsts among public reports: in the world, a region, a country; the latest quarter first."""
    page = stored.list_public(session, kind=kind, accession=substance, limit=limit, cursor=cursor)
    items = [
        {
            "id": row.signal.id,
            "kind": row.signal.kind.value,
            "substance": {"accession": row.accession, "name": row.name},
            "country": row.signal.country,
            "region": row.signal.region,
            "region_name": region_name(row.signal.region) if row.signal.region else None,
            "year": row.signal.year,
            "quarter": row.signal.quarter or None,
            "state": row.signal.state.value,
            "rule": row.signal.rule,
        }
        for row in page.items
    ]
    return {"items": items, "total": page.total, "next": page.next, "demonstration": services.demonstration}

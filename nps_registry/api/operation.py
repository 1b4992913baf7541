"""Liveness, readiness and figures, at the root: for those who run the registry."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from nps_registry.api.description import answers, sends
from nps_registry.api.figure_shapes import LivenessShape, ReadinessShape
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.metrics import MEDIA_TYPE
from nps_registry.store.engine import reading
from nps_registry.store.registry import find_registry

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Is the process alive?", responses=answers(LivenessShape))
def be_alive() -> dict[str, bool]:
    """Answer without touching anything."""
    return {"ok": True}


@router.get(
    "/readyz", summary="Can questions be answered?", response_model=None, responses=answers(ReadinessShape, 503)
)
def be_ready(services: ServicesOfRequest) -> dict[str, object]:
    """Ask the database and the index; 503 with a sentence where one of them cannot answer."""
    with reading(services.engine) as session:
        find_registry(session)
    return {"ok": True, "mode": services.mode.value, "recipe": services.index.recipe.id}


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response, responses=sends(MEDIA_TYPE))
def tell_metrics(services: ServicesOfRequest) -> Response:
    """Counts and times of this process; nothing in them depends on a restricted report."""
    services.metrics.substances.set(services.index.public_count)
    return Response(services.metrics.expose(), media_type=MEDIA_TYPE)

"""The public keys that what is published here is signed with, at a well-known address (RFC 8615)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.notices.signing import have_key, public_keys, write_keys
from nps_registry.store.engine import reading

router = APIRouter()
KEYS_PATH = "/.well-known/nps-registry-keys.json"


@router.get(KEYS_PATH)
def keys(services: ServicesOfRequest) -> JSONResponse:
    """The key in use, made where there is none yet, and the retired ones."""
    have_key(services.engine, services.seal)
    with reading(services.engine) as session:
        return JSONResponse(write_keys(public_keys(session)), headers={"Cache-Control": "public, max-age=3600"})

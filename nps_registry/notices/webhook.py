"""One webhook: signed as Standard Webhooks 1.0 has it, sent once, within bounds of time and size.

The receiver checks ``webhook-signature`` (``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body`` by the
secret behind ``whsec_``) and tells repeats by ``webhook-id``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import secrets
import ssl
from dataclasses import dataclass
from datetime import datetime

import httpx

from nps_registry import __version__
from nps_registry.notices.mail import NotDelivered
from nps_registry.notices.webhook_address import Destination, resolve

TIME_LIMIT_S = 20.0
"""Seconds for all of it: resolving, connecting, sending, and reading the answer."""

MOST_ANSWER_BYTES = 64_000
_PREFIX = "whsec_"
_GONE = 410
_STEP_S = 10.0


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook that is to be sent.

    Attributes:
        key: stays the same at every attempt.
        secret: as the subscriber was shown it, ``whsec_…``.
        body: JSON.
    """

    key: str
    destination: Destination
    secret: str
    body: bytes


def mint_secret() -> str:
    """A fresh signing secret of 192 bits, as it is shown once."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def write_body(kind: str, at: datetime, data: dict[str, object]) -> bytes:
    """The body of a webhook: what happened, when, and its facts."""
    told = {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, key: str, timestamp_s: int, body: bytes) -> str:
    """The signature of *body* sent under *key* at *timestamp_s* (Unix time).

    Raises:
        ValueError: *secret* is none of ours.
    """
    try:
        raw = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as fault:
        raise ValueError("a signing secret is whsec_ and base64") from fault
    signed = hmac.new(raw, f"{key}.{timestamp_s}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def send(call: Call, at: datetime, *, private: bool) -> None:
    """Send *call*; a receiver takes it by any status from 200 to 299.

    Raises:
        NotDelivered: it was not taken; for good where the receiver is gone (410) or may not be reached at all.
    """
    try:
        status = asyncio.run(_within_limit(call, at, private))
    except TimeoutError:
        raise NotDelivered(f"no answer within {TIME_LIMIT_S:g} s", for_good=False) from None
    except (OSError, httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, UnicodeError) as fault:
        raise NotDelivered(f"{type(fault).__name__}: {fault}"[:300], for_good=False) from fault
    if 300 <= status < 400:
        raise NotDelivered(f"answered {status}; redirects are not followed", for_good=False)
    if not 200 <= status < 300:
        raise NotDelivered(f"answered {status}", for_good=status == _GONE)


async def _within_limit(call: Call, at: datetime, private: bool) -> int:
    async with asyncio.timeout(TIME_LIMIT_S):
        address = await asyncio.to_thread(resolve, call.destination, private=private)
        if address is None:
            raise NotDelivered("the address is private; webhooks are not sent there", for_good=True)
        return await _post(call, address, at)


async def _post(call: Call, address: str, at: datetime) -> int:
    """Post to *address*, under the name that the destination has; answers the status."""
    timestamp_s, where = int(at.timestamp()), call.destination
    host = f"[{address}]" if ":" in address else address
    headers = {
        "host": where.authority,
        "content-type": "application/json",
        "user-agent": f"nps-registry/{__version__}",
        "webhook-id": call.key,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(call.secret, call.key, timestamp_s, call.body),
    }
    # No proxy of the environment: it would resolve the name again, by itself.
    async with httpx.AsyncClient(timeout=_STEP_S, follow_redirects=False, trust_env=False) as client:
        url = f"{where.scheme}://{host}:{where.port}{where.target}"
        extensions = {"sni_hostname": where.host}  # the certificate is checked against the name
        request = client.build_request("POST", url, content=call.body, headers=headers, extensions=extensions)
        response = await client.send(request, stream=True)
        try:
            read = 0
            async for piece in response.aiter_raw():
                read += len(piece)
                if read > MOST_ANSWER_BYTES:
                    break
        finally:
            await response.aclose()
        return response.status_code

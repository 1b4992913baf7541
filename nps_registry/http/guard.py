"""The outermost layer, plain ASGI: body limit, security headers, HEAD, request counting.

It is written without a framework's request object because every answer passes through it and the
search over the catalogue is measured against an empty route behind the same layer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nps_registry.errors import MalformedRequest, Refusal, TooLarge
from nps_registry.http.metrics import Metrics
from nps_registry.http.problem import refusal_problem
from nps_registry.localisation import gettext as _

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def headers_of_all(*, demonstration: bool) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that every answer has."""
    marks = ((b"x-robots-tag", b"noindex"), (b"x-nps-registry-data", b"demonstration"))
    return SECURITY_HEADERS + marks if demonstration else SECURITY_HEADERS


class BodyTooLarge(Exception):
    """The body grew past the limit while it was read."""


class Guard:
    """Wrap an ASGI application with the body limit, the security headers and the metrics."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit_bytes: int,
        metrics: Metrics,
        demonstration: bool,
        larger_limits: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.body_limit_bytes = body_limit_bytes
        # Addresses that take files, as patterns, each with a limit of its own.
        self.larger_limits = [(re.compile(path), limit) for path, limit in (larger_limits or {}).items()]
        self.metrics = metrics
        self.headers = headers_of_all(demonstration=demonstration)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500
        method, has_body = scope["method"], True
        if method == "HEAD":  # whatever answers GET answers HEAD alike, without the body
            scope, has_body = {**scope, "method": "GET"}, False

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self.headers]
            elif not has_body:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._answer(scope, receive, send_guarded)
        finally:  # a defect, which is answered further out, counts too
            self.metrics.count_request(method, scope["path"], status, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await refusal_problem(MalformedRequest(_("The address holds a null byte.")))(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        if self._declared_length(scope) > limit:
            await refusal_problem(self._too_large(limit))(scope, receive, send)
        else:
            try:
                await self.app(scope, self._bounded(receive, limit), send)
            except BodyTooLarge:
                await refusal_problem(self._too_large(limit))(scope, receive, send)

    def _limit_of(self, path: str) -> int:
        for pattern, limit in self.larger_limits:
            if pattern.fullmatch(path):
                return limit
        return self.body_limit_bytes

    @staticmethod
    def _declared_length(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0

    @staticmethod
    def _bounded(receive: Receive, limit: int) -> Receive:
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge
            return message

        return receive_bounded

    @staticmethod
    def _too_large(limit: int) -> Refusal:
        limit_mb = limit / 1_000_000
        return TooLarge(_("The body is larger than the limit of %(limit)g MB.") % {"limit": limit_mb})

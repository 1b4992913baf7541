"""Where notices arrive in tests: a mail server and a webhook's receiver, both real and on loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from nps_registry.settings import Settings


class Postbox:
    """What the mail server does with letters: keep them, or answer what it was told to."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 kept"
        self.holds_back = False
        """While it is set, a letter is kept and the answer waits."""
        self.hangs_up_on = ""
        """An address; the connection breaks at a letter for it."""

    async def handle_RCPT(  # noqa: N802  # as aiosmtpd names it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hangs_up_on in envelope.rcpt_tos:
            server.transport.abort()
            return "421 gone"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        while self.holds_back:
            await asyncio.sleep(0.01)
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters that came for *address*."""
        return [letter for letter in self.letters if letter["To"] == address]


@contextmanager
def mail_server(postbox: Postbox) -> Iterator[str]:
    """A mail server that hands everything to *postbox*; the block gets its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(postbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    """The part of *letter* in plain text, or in HTML."""
    part = letter.get_body((kind,))
    assert part is not None, f"no {kind} part"
    return str(part.get_content())


@dataclass
class Arrival:
    """A webhook as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def is_signed_with(self, secret: str) -> bool:
        """Checked by the words of the specification, with none of our own code."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """What a webhook's receiver does: keep what arrives, and answer what it was told to."""

    url: str = ""
    status: int = 200
    arrivals: list[Arrival] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    """While it is not set, an answer waits."""

    def at(self, path: str) -> list[Arrival]:
        return [arrival for arrival in self.arrivals if arrival.path == path]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver of webhooks on loopback."""
    receiver = Receiver()
    receiver.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # as http.server names it
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # who sent it was killed before the end of it
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.arrivals.append(Arrival(self.path, headers, body))
            receiver.open.wait(60)
            try:
                self.send_response(receiver.status)
                if 300 <= receiver.status < 400:
                    self.send_header("location", receiver.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                pass  # who asked was killed

        def log_message(self, *_rest: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        server.server_close()
        thread.join(20)


def settings_with_mail(database_url: str, var_directory: Path, smtp_url: str, base_url: str) -> Settings:
    """The settings of a registry that sends mail, and webhooks to receivers on loopback."""
    return Settings(
        database_url=database_url,
        var_directory=var_directory,
        base_url=base_url,
        smtp_url=smtp_url,
        mail_from="registry@registry.example",
        webhooks_private=True,
    )

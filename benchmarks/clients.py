"""Many clients at once, each asking again as soon as it is answered, in one process that takes little itself."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLOCK_BYTES = 1 << 18
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(eq=False)
class Client:
    """One connection, kept alive, and the question it waits for."""

    connection: socket.socket
    begun: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def ask(self, path: str) -> None:
        """Send the request for *path*."""
        self.received.clear()
        self.begun = time.perf_counter()
        self.connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def is_answered(self) -> bool:
        """Take in what has come; whether the whole answer has, which must be 200 and say its length."""
        self.received += self.connection.recv(_BLOCK_BYTES)
        head = self.received.find(_HEAD_END)
        if head < 0:
            return False
        assert self.received.startswith(b"HTTP/1.1 200"), bytes(self.received[:300])
        at = self.received.lower().index(_LENGTH, 0, head) + len(_LENGTH)
        length = int(self.received[at : self.received.index(b"\r\n", at)])
        return len(self.received) >= head + len(_HEAD_END) + length


def ask_at_once(port: int, paths: Iterator[str], clients: int, seconds: float) -> list[float]:
    """*clients* ask the server at *port* for *paths* for so many *seconds*; how long each answer took, in seconds."""
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        for _number in range(clients):
            client = Client(socket.create_connection(("127.0.0.1", port), timeout=60))
            selector.register(client.connection, selectors.EVENT_READ, client)
            client.ask(next(paths))
        until = time.perf_counter() + seconds
        while selector.get_map():
            for key, _events in selector.select(timeout=60):
                client = key.data
                if not client.is_answered():
                    continue
                times.append(time.perf_counter() - client.begun)
                if time.perf_counter() < until:
                    client.ask(next(paths))
                else:
                    selector.unregister(client.connection)
                    client.connection.close()
    return times

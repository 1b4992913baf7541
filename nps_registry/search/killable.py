"""A process that answers questions line by line and can be killed in the middle of one."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

_BLOCK_BYTES = 1 << 16


class Killable:
    """A process of our own that runs *module* and speaks JSON, one message per line, over its pipes."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the server; this one ends when its stdin does
        )
        self._waiting = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._waiting.register(self._process.stdout, selectors.EVENT_READ)
        self._rest = b""
        self._is_asked = False
        self.has_failed = False
        """Whether it ended by itself in the middle of a question."""

    @property
    def can_be_asked(self) -> bool:
        """Whether it is alive and has no question open."""
        return not self._is_asked and self._process.poll() is None

    def ask(self, question: Mapping[str, Any], until: float) -> Iterator[dict[str, Any]]:
        """The answers to *question*, as they come; the process is killed when the clock passes *until*."""
        yield from self.exchange(question, "done", until)

    def exchange(self, message: Mapping[str, Any], last: str, until: float) -> Iterator[dict[str, Any]]:
        """Send *message*; the answers up to the one that has the member *last*, or until the time is over."""
        self._is_asked = True
        if self._send(json.dumps(message).encode() + b"\n"):
            while (line := self._read_line(until)) is not None:
                answer: dict[str, Any] = json.loads(line)
                self._is_asked = last not in answer
                yield answer
                if last in answer:
                    return
        self.kill()

    def _send(self, data: bytes) -> bool:
        """Write *data*; answers whether there was still a process to read it."""
        assert self._process.stdin is not None
        if self._process.stdin.closed:  # it ended at an earlier message
            self.has_failed = True
            return False
        unsent = memoryview(data)
        try:
            while unsent:
                unsent = unsent[self._process.stdin.write(unsent) or 0 :]
        except BrokenPipeError:
            self.has_failed = True
        return not self.has_failed

    def _read_line(self, until: float) -> bytes | None:
        """The next line; none when the time is over or the process is gone."""
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            left_s = until - time.monotonic()
            if left_s <= 0 or not self._waiting.select(left_s):
                return None
            block = os.read(self._process.stdout.fileno(), _BLOCK_BYTES)
            if not block:
                self.has_failed = True
                return None
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._waiting.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

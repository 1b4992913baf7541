"""RDKit's error log, captured for one call at a time.

RDKit tells the position of a syntax error in its log and nowhere else, and that log is one for
the whole process. Two captures at once would read each other's lines, so a lock stands around
each. The lock costs nothing further: RDKit's readers keep the interpreter's own lock anyway.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rdkit import rdBase

_TIMESTAMP = re.compile(r"^\[\d\d:\d\d:\d\d\] ", re.MULTILINE)
_POSITION = re.compile(r"check for mistakes around position (\d+)")
_ONE_AT_A_TIME = threading.RLock()


class CapturedLog:
    """What RDKit wrote to its error log inside :func:`captured_log`."""

    def __init__(self) -> None:
        self.text = ""

    @property
    def position(self) -> int | None:
        """The 1-based position of a syntax error, where RDKit told one."""
        found = _POSITION.search(self.text)
        return int(found.group(1)) if found else None

    def mentions(self, words: str) -> bool:
        """Whether *words* stand anywhere in the log."""
        return words in self.text


@contextmanager
def captured_log() -> Iterator[CapturedLog]:
    """Hold back RDKit's error log inside the block; its text is complete after the block."""
    log = CapturedLog()
    with _ONE_AT_A_TIME:
        capture = rdBase.CaptureErrorLog()
        try:
            with capture:
                yield log
        finally:
            written = capture.messages
            log.text = _TIMESTAMP.sub("", written) if written else ""


@contextmanager
def silent_log() -> Iterator[None]:
    """Drop whatever RDKit logs inside the block, warnings included."""
    with _ONE_AT_A_TIME, rdBase.BlockLogs():
        yield

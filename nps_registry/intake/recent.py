"""Structures of drafts as they were read last: a form asks with every pause in typing, its structures unchanged."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar, cast

from nps_registry.chemistry import reading as chemistry
from nps_registry.chemistry.reading import Reading
from nps_registry.intake.derivation import positional_digest
from nps_registry.localisation import translations
from nps_registry.vocabulary.substance import Stereo

MOST = 256
"""Answers kept at once: some dozens of people who write at the same time, each with a few structures."""

_Answer = TypeVar("_Answer")


@dataclass
class RecentStructures:
    """The last structures read by one process, and what follows from each alone; used by all its threads."""

    _kept: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, text: str, stated: Stereo | None) -> Reading:
        """Read *text*; its notes are in the language in force.

        Raises:
            UnreadableStructure: it cannot be read.
        """
        return self._recall((text, stated, translations()), lambda: chemistry.read(text, stated))

    def positional_key(self, reading: Reading) -> str:
        """What positional isomers of *reading* share."""
        return self._recall(
            ("position", reading.identity.smiles), lambda: positional_digest(reading.standardised.parent)
        )

    def _recall(self, key: Hashable, make: Callable[[], _Answer]) -> _Answer:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("_Answer", self._kept[key])
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made

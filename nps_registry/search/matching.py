"""A process that matches, as whoever asks it sees it: which molecules it has learnt, and how it is asked."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nps_registry.search.killable import Killable

if TYPE_CHECKING:
    from nps_registry.search.snapshot import Snapshot, Structures

_MODULE = "nps_registry.search.matcher"
_LEARN_LIMIT_S = 120.0
_LESSON = 5_000
"""Molecules told at once."""


class Matcher(Killable):
    """Told each molecule once and afterwards its number only."""

    def __init__(self) -> None:
        super().__init__(_MODULE)
        self._number_of: dict[str, int] = {}
        self._known: tuple[Structures, NDArray[np.int32]] | None = None

    @property
    def is_warm(self) -> bool:
        """Whether it has learnt all structures of a snapshot, and not only what it was asked about."""
        return self._known is not None

    def hasten(self, kernel: Path) -> None:
        """Have it read the compiled walk from the directory *kernel*, or compile it, before it goes on."""
        self._tell({"kernel": str(kernel)}, "ready")

    def learn(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Tell it those of *texts* that it does not know; answers the number of each, in order."""
        fresh = iter([text for text in dict.fromkeys(texts) if text not in self._number_of])
        while lesson := list(islice(fresh, _LESSON)):
            self._number_of.update((text, number) for number, text in enumerate(lesson, len(self._number_of)))
            self._tell({"learn": lesson}, "learned")
        return np.array([self._number_of[text] for text in texts], np.int32)

    def learn_all(self, snapshot: Snapshot) -> NDArray[np.int32]:
        """Tell it all structures of *snapshot*; answers their numbers, remembered until another one is asked about."""
        if self._known is None or self._known[0] is not snapshot.structures:
            texts = [snapshot.entries[position].row.smiles or "" for position in snapshot.structures.positions.tolist()]
            self._known = snapshot.structures, self.learn(texts)
        return self._known[1]

    def match(self, question: dict[str, Any], numbers: NDArray[np.int32], until: float) -> Iterator[dict[str, Any]]:
        """The answers to *question* about the molecules with *numbers*; it is killed when the clock passes *until*."""
        return self.ask(question | {"test": b64encode(numbers.tobytes()).decode()}, until)

    def _tell(self, message: Mapping[str, Any], last: str) -> None:
        for _answer in self.exchange(message, last, time.monotonic() + _LEARN_LIMIT_S):
            pass

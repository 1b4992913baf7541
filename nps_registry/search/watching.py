"""Structures that somebody watches for: does this one substance resemble that structure, or contain that pattern?

The same answers as a search over all substances gives, asked the other way round: one substance, many questions.
"""

from __future__ import annotations

import logging
import threading
import time

from nps_registry.chemistry.fingerprints import MORGAN, RECIPES, fingerprint, query_fingerprint
from nps_registry.chemistry.standardise import standardise
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadablePattern
from nps_registry.search.matching import Matcher
from nps_registry.search.substructure import read_pattern

RECIPE_ID = MORGAN.id
_log = logging.getLogger(__name__)


def read_bits(structure: str) -> bytes:
    """The fingerprint of *structure* (SMILES, InChI or molfile) by the recipe of the stored ones.

    Raises:
        UnreadableStructure: it cannot be read.
    """
    return fingerprint(standardise(parse(structure).mol).parent, RECIPES[MORGAN.fingerprint])


def resembles(bits: bytes, other: bytes, threshold: float) -> bool:
    """Whether two fingerprints of one recipe reach *threshold* by Tanimoto; two empty ones do not."""
    one, two = int.from_bytes(bits, "little"), int.from_bytes(other, "little")
    common = (one & two).bit_count()
    either = one.bit_count() + two.bit_count() - common
    return either > 0 and common / either >= threshold


class PatternWatch:
    """Matches patterns in a process of its own, begun with the first one and killed with one that takes too long.

    Attributes:
        limit_s: seconds that one pattern may take on one substance.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._process: Matcher | None = None
        self._one_at_a_time = threading.Lock()

    def contains(self, smiles: str, bits: bytes, pattern: str) -> bool:
        """Whether the substance with *smiles* and the pattern fingerprint *bits* contains *pattern*.

        A pattern that cannot be read any longer, or that is stopped at the limit, matches nothing; the log says so.
        """
        try:
            read = read_pattern(pattern)
        except UnreadablePattern as fault:
            _log.warning("a pattern that is watched for cannot be read: %s", fault.detail)
            return False
        wanted = int.from_bytes(query_fingerprint(read.query), "little")
        if not smiles or wanted & ~int.from_bytes(bits, "little"):
            return False
        with self._one_at_a_time:
            return self._match(smiles, read.smarts)

    def _match(self, smiles: str, smarts: str) -> bool:
        process = self._process
        if process is None or not process.can_be_asked:
            process = self._process = Matcher()
        numbers = process.learn([smiles])
        asked = {"pattern": smarts, "enough": 1, "exact": False, "limit_s": self.limit_s}
        answers = process.match(asked, numbers, time.monotonic() + self.limit_s)
        hits = [hit for answer in answers for hit in answer["hits"]]
        if not process.can_be_asked:
            _log.warning("a pattern that is watched for was stopped at its limit")
        return bool(hits)

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._one_at_a_time:
            if self._process is not None:
                self._process.kill()
                self._process = None

"""When a name that was typed is another name typed badly, and when it is the name of another substance.

2-FMA and 3-FMA, JWH-018 and JWH-081, ethylone and methylone differ by less than most typing slips. So a
slip never touches a digit, never a run of fewer than five letters, never the first letter of a run, and
never makes one chemical syllable out of another.
"""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz.distance import OSA

_SYLLABLE = re.compile(
    "methoxy|ethoxy|propoxy|methyl|ethyl|propyl|butyl|pentyl|hexyl|phenyl|benzyl|acetyl|amino|nitro|hydroxy|"
    "fluor|chlor|brom|iod|meth|eth|prop|but|pent|hex|hept|oct|phen|benz|cyclo|iso|nor"
)
MOST_EDITS = 3
_LONG_ENOUGH = 10


def allowed_edits(letters: int) -> int:
    """How many slips a run of so many letters may hold."""
    if letters < 5:
        return 0
    if letters < 12:
        return 1
    return 2 if letters < 18 else MOST_EDITS


def is_slip(typed: list[str], written: list[str]) -> bool:
    """Whether *typed* is *written* with slips; both as runs of letters and of digits, in order."""
    if len(typed) == len(written):
        return all(_is_slip_of_run(*runs) for runs in zip(typed, written, strict=True)) and _syllables_stand(
            typed, written
        )
    # Hyphens were left out or put in; without them a short abbreviation can hide inside.
    whole, other = "".join(typed), "".join(written)
    letters = min(_count_letters(whole), _count_letters(other))
    return letters >= _LONG_ENOUGH and _is_slip_of_run(whole, other, edits=1) and _syllables_stand(typed, written)


def _is_slip_of_run(typed: str, written: str, edits: int = MOST_EDITS) -> bool:
    if typed == written:
        return True
    if _digits(typed) != _digits(written) or typed[0] != written[0]:
        return False
    allowed = min(edits, allowed_edits(min(_count_letters(typed), _count_letters(written))))
    return bool(OSA.distance(typed, written, score_cutoff=allowed) <= allowed)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _count_letters(text: str) -> int:
    return sum(not letter.isdigit() for letter in text)


def _syllables_stand(typed: list[str], written: list[str]) -> bool:
    """Whether every chemical syllable that was typed is in the name too."""
    return not _syllables(typed) - _syllables(written)


def _syllables(runs: list[str]) -> Counter[str]:
    return Counter(syllable for run in runs for syllable in _SYLLABLE.findall(run))


def are_transposed(typed: list[str], written: list[str]) -> bool:
    """Whether *typed* has the runs of *written* in another order, with at most one number among them.

    With two numbers the order says which stands where: 4-chloro-3-methyl is not 3-chloro-4-methyl.
    """
    numbers = sum(run.isdigit() for run in typed)
    return numbers <= 1 and sorted(typed) == sorted(written)

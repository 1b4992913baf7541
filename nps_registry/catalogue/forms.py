"""Names of an entry's forms among its names: salts, solvates, mixtures and standards of the substance.

A salt is a fact of a finding, and its name is none of the parent's. Registries name it by the parent's name and
further words (``cyproheptadine orotate``, ``calcium phenobarbital``, ``caffeine melting point standard``), which
is how it is known without a list of acids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHORTEST = 4
"""A name of fewer letters begins too many others."""

_CATION = r"(?:calcium|magnesium|lithium|ammonium|sodium|potassium|zinc|picrate) "
_FURTHER = re.compile(r"[ ,](?!\w$)")
"""More words; a letter alone, as of salvinorin A, tells apart and makes no form."""


def form_of(name: str, others: Iterable[str]) -> str | None:
    """Which of *others* the *name* is that of with further words behind it, or a cation before it; or nothing."""
    spelt = name.casefold()
    for other in others:
        base = other.casefold()
        if len(base) < _SHORTEST or base == spelt:
            continue
        if (spelt.startswith(base) and _FURTHER.match(spelt, len(base))) or re.fullmatch(
            _CATION + re.escape(base), spelt
        ):
            return other
    return None

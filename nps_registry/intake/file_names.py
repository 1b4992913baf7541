"""File names as people's machines send them, made harmless: a name is shown and offered, never a path."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120


def plain_name(given: str) -> str:
    """The last part of *given* without control characters, directions of writing and what file systems refuse.

    ``../../etc/passwd`` becomes ``passwd``; a name with nothing left is ``file``.
    """
    last = re.split(r"[/\\]", given)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")
    if len(kept) > _LONGEST:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _LONGEST - len(ending) - 1]}{dot}{ending}" if dot and len(ending) <= 12 else kept[:_LONGEST]
    return kept or "file"

"""Names as the laws write them, taken apart: brackets, aliases, dashes."""

from __future__ import annotations

import re

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-") | {"\xa0": " ", "\u2032": "'"})


def plain_dashes(text: str) -> str:
    """*text* with one kind of hyphen, prime and space."""
    return re.sub(r"\s+", " ", text.translate(_DASHES)).strip()


def peel_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """``Name (A) (B)`` as ``Name`` and ``A``, ``B``; a bracket without a space before it belongs to the name."""
    brackets: list[str] = []
    while text.endswith(")"):
        start = _opening(text)
        if start <= 0 or text[start - 1] != " " or not _is_aside(text[start + 1 : -1]):
            break
        brackets.insert(0, text[start + 1 : -1].strip())
        text = text[:start].strip()
    return text, tuple(brackets)


def split_aliases(bracket: str) -> tuple[str, ...]:
    """``4-CMC, clephedrone`` as two names; the commas of a chemical name have no space behind them."""
    if "," in bracket and re.search(r", propanoate|, ester", bracket):
        return (bracket,)
    return tuple(part.strip() for part in re.split(r"[,;] ", bracket) if part.strip())


def _opening(text: str) -> int:
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return -1


def _is_aside(inside: str) -> bool:
    """Whether a bracket holds another name, and not a part of the name that a line break has set apart."""
    return bool(inside) and inside.count("(") == inside.count(")")

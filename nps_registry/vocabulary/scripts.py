"""Names typed in Cyrillic letters, as a Latin reader would say them.

People write ``мефедрон`` for mephedrone, and also ``3-ММС`` with letters that only look Latin. Both are tried: the
letters by their looks, and by their sounds. Two names that sound alike (:func:`sound`) may be two substances.
"""

from __future__ import annotations

import re

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LOOKS = str.maketrans("АВСЕНКМОРТХаесорхуіІЅѕЈј", "ABCEHKMOPTXaecopxyiISsJj")
_SOUNDS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u", "ј": "i", "љ": "l", "њ": "n", "ћ": "ch", "ђ": "d", "џ": "dzh",
})  # fmt: skip
# What Latin spelling distinguishes and Cyrillic does not, in the order in which it is taken away.
_ALIKE = (
    ("ph", "f"), ("th", "t"), ("rh", "r"), ("ch", "h"), ("ck", "k"), ("qu", "kv"), ("x", "ks"), ("h", "g"), ("y", "i"),
    ("j", "i"), ("w", "v"), ("q", "k"), ("ce", "tse"), ("ci", "tsi"), ("c", "k"),
)  # fmt: skip
_WORDS = (("alfa", "alpha"), ("ftor", "fluoro"), ("izo", "iso"))
"""Parts of names that are other words, not only other letters."""
_DOUBLED = re.compile(r"([a-z])\1")
_SILENT = re.compile(r"(?<=[a-z]{3})e(?![a-z])")
_DROPPED = re.compile(r"[^a-z0-9]")


def is_cyrillic(text: str) -> bool:
    """Whether *text* has Cyrillic letters."""
    return _CYRILLIC.search(text) is not None


def by_looks(text: str) -> str:
    """*text* with the Cyrillic letters that look Latin in Latin."""
    return text.translate(_LOOKS)


def by_sounds(text: str) -> str:
    """*text* in small Latin letters that sound as its Cyrillic ones; ``альфа-ПВП`` is ``alpha-pvp``."""
    spelt = text.lower().translate(_SOUNDS)
    for heard, written in _WORDS:
        spelt = spelt.replace(heard, written)
    return spelt


def sound(text: str) -> str:
    """A key that a name in Latin letters shares with the same name heard and written in Cyrillic: digits stay."""
    heard = _SILENT.sub("", text.casefold())
    for spelt, alike in _ALIKE:
        heard = heard.replace(spelt, alike)
    return _DROPPED.sub("", _DOUBLED.sub(r"\1", heard))

"""Words in a name that tell a salt, a solvate or the free base, and not another substance."""

from __future__ import annotations

import re

_SAME = (
    "sulfate phosphate fumarate hemifumarate maleate tartrate hemitartrate bitartrate succinate oxalate citrate "
    "mesylate nitrate base sodium potassium monohydrate hydrate dihydrate anhydrous hydrochloride dihydrochloride "
    "hydrobromide hemisulfate"
)
_SPELLINGS = {
    "hcl": "hydrochloride",
    "hci": "hydrochloride",
    "monohydrochloride": "hydrochloride",
    "hbr": "hydrobromide",
    "sulphate": "sulfate",
    "freebase": "base",
}
_SALTS: dict[str, str] = {**{word: word for word in _SAME.split()}, **_SPELLINGS}
_WORD = re.compile(r"[A-Za-z]+")
# Names in which the word is the substance and not its salt form: most inorganic salts.
_CATIONS = frozenset("sodium disodium potassium magnesium calcium ammonium amyl butyl isobutyl".split())


def split_salt_words(name: str) -> tuple[str, str | None]:
    """*name* without the salt words at its end, and the salt; ``(name, None)`` where it has none.

    Only trailing words are taken, bracketed or not: ``Cocaine HCl``, ``Heroin (base)``, ``LSD tartrate``.
    """
    words = name.split()
    if len(words) == 2 and words[0].casefold() in _CATIONS:
        return name, None
    salts: list[str] = []
    while len(words) > 1:
        bare = words[-1].strip("()[],;").casefold()
        if not _WORD.fullmatch(bare) or bare not in _SALTS:
            break
        salts.insert(0, _SALTS[bare])
        words.pop()
        if words[-1].strip("(").casefold() in {"free", "as"} and len(words) > 1:
            words.pop()
    if not salts:
        return name, None
    return " ".join(words).rstrip(" ,;("), " ".join(salts)

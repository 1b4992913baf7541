"""Words in a name that tell a salt, a solvate or the free base, and not another substance."""

from __future__ import annotations

import re

_SALTS: dict[str, str] = {
    "hydrochloride": "hydrochloride", "hcl": "hydrochloride", "hci": "hydrochloride", "dihydrochloride": "dihydrochloride",
    "monohydrochloride": "hydrochloride", "hydrobromide": "hydrobromide", "hbr": "hydrobromide",
    "sulfate": "sulfate", "sulphate": "sulfate", "hemisulfate": "hemisulfate", "phosphate": "phosphate",
    "fumarate": "fumarate", "hemifumarate": "hemifumarate", "maleate": "maleate", "tartrate": "tartrate",
    "hemitartrate": "hemitartrate", "bitartrate": "bitartrate", "succinate": "succinate", "oxalate": "oxalate",
    "citrate": "citrate", "mesylate": "mesylate", "nitrate": "nitrate", "freebase": "base", "base": "base",
    "sodium": "sodium", "potassium": "potassium", "monohydrate": "monohydrate", "hydrate": "hydrate",
    "dihydrate": "dihydrate", "anhydrous": "anhydrous",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+")
# Names in which the word is the substance and not its salt form.
_WHOLE_NAMES = frozenset({
    "sodium bicarbonate", "sodium carbonate", "sodium chloride", "sodium sulfate", "sodium nitrate", "sodium citrate",
    "magnesium sulfate", "magnesium sulphate", "calcium sulfate", "calcium phosphate", "potassium nitrate", "sodium hydroxide",
    "potassium chloride", "potassium carbonate", "amyl nitrate", "ammonium nitrate", "calcium carbonate", "sodium benzoate",
    "sodium phosphate", "potassium phosphate", "sodium acetate", "ammonium phosphate", "ammonium sulfate", "disodium phosphate",
})  # fmt: skip


def split_salt_words(name: str) -> tuple[str, str | None]:
    """*name* without the salt words at its end, and the salt; ``(name, None)`` where it has none.

    Only trailing words are taken, bracketed or not: ``Cocaine HCl``, ``Heroin (base)``, ``LSD tartrate``.
    """
    folded = " ".join(name.casefold().split())
    if folded in _WHOLE_NAMES:
        return name, None
    words = name.split()
    salts: list[str] = []
    while len(words) > 1:
        bare = words[-1].strip("()[],;").casefold()
        if not _WORD.fullmatch(bare) or bare not in _SALTS:
            break
        salts.insert(0, _SALTS[bare])
        words.pop()
        if words[-1].casefold() in {"free", "as"} and len(words) > 1:
            words.pop()
    if not salts:
        return name, None
    return " ".join(words).rstrip(" ,;("), " ".join(salts)

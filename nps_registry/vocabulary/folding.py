"""How names are compared: one folding for look-up, for the catalogue's lint and for the stored column.

Names travel with case, hyphens, brackets, Greek letters, dashes and primes of every sort, and indexes
turn them round ("Amphetamine, p-chloro-"). :func:`fold` takes all that away and keeps what tells two
substances apart: digits, primes on locants, and stereo descriptors. :func:`loosen` goes further, to what
people type when they type quickly; two names that are loosely equal may still be different substances.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip

_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－­⁃", "-")
_PRIMES = dict.fromkeys("’‘′`´ʹʼ‛＇", "'") | dict.fromkeys('″“”"ʺ', "''") | {"‴": "'''"}
_SIGNS = str.maketrans(_DASHES | _PRIMES)

_LONE_GREEK = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")
_INVERTED = re.compile(r"^(?P<parent>[^,]*(?:,\S[^,]*)*), (?P<prefix>\S.*-)$", re.DOTALL)
_RACEMIC = re.compile(
    r"\(\s*(?:±|\+\s*/\s*-|\+\s*,?\s*-)\s*\)|±|\+/-"  # (±)-, (+/-)-, (+-)-
    r"|\(\s*(?:rs|rac)\s*\)"  # (RS)-
    r"|(?:^|(?<=[ ,(-]))(?:d,\s?l|dl|rac|racemic)(?=[- ])"  # DL-, rac-, racemic
)
_PLUS = re.compile(r"\(\s*\+\s*\)")
_MINUS = re.compile(r"\(\s*-\s*\)")
_PRIME = re.compile(r"((?:(?<=[0-9])|(?<=alpha)|(?<=beta)|(?<=gamma)|(?<![^\W_n][nos])(?<=[nos]))'+)|'+")
_DROPPED = re.compile(r"[^\w']|_")
_WORD = re.compile(r"\d+|[^\W\d_]+")

_RING_POSITION = re.compile(
    r"(?<![^\W_])(?:(?P<word>ortho|meta|para)[- ]?|(?P<letter>[omp])[- ])"
    r"(?=fluoro|chloro|bromo|iodo|methyl|methoxy|hydroxy|nitro|trifluoro)"
)
_NITROGEN = re.compile(r"(?<![^\W_])n(?:,\s?n)*[- ](?=\w)")
_STEREO = re.compile(
    r"\(\s*(?:±|[+-]|\+\s*[/,]?\s*-)\s*\)|±|\+/-"
    r"|\((?:\d*'*[rsez](?:,\s?)?)+\)"  # (R), (1R,2S), (E)
    r"|(?:^|(?<=[ ,(-]))(?:rac|racemic|cis|trans|threo|erythro|dextro|levo|d,\s?l|dl|[dlrs])(?=[- ])"
)
_SHORT = {
    "alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "fluoro": "f", "chloro": "cl", "bromo": "br", "iodo": "i",
    "methoxy": "meo", "acetoxy": "aco", "ethoxy": "eto", "hydroxy": "ho", "desoxy": "deoxy", "ph": "f",
}  # fmt: skip
_LONG = re.compile("|".join(_SHORT))
_ALPHA = re.compile(r"(?<![^\W\d_])alpha-?")
_KETO = re.compile(r"(?:(?<![^\W_])b|beta)-?keto")
_HYDROXY = re.compile(r"(?<=\d)-?oh(?=-)")
_LEADING_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")


def _spell(name: str) -> str:
    """*name* in small letters without diacritics, its signs in one form each, its Greek letters spelt out."""
    spelt = name.translate(_SIGNS).lower() if name.isascii() else _spell_unicode(name)
    spelt = " ".join(spelt.split())
    return _turn_round(spelt) if spelt.endswith("-") else spelt


def _spell_unicode(name: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.translate(_SIGNS)).casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _LONE_GREEK.sub(lambda greek: GREEK.get(greek[0], greek[0]), bare).translate(_SIGNS)


def _turn_round(spelt: str) -> str:
    """The inverted "parent, prefix-" of registers, in the order that people write."""
    inverted = _INVERTED.match(spelt)
    return inverted["prefix"] + inverted["parent"] if inverted else spelt


def _state_rotation(spelt: str) -> str:
    """Give the signs for a racemate and for the sense of rotation words, before hyphens are dropped."""
    stated = _RACEMIC.sub(" rac ", spelt)
    return _MINUS.sub(" minus ", _PLUS.sub(" plus ", stated)) if "(" in stated else stated


def _keep_locant_primes(spelt: str) -> str:
    """Primes that belong to a locant stay (β' is not β); apostrophes go."""
    return _PRIME.sub(lambda prime: prime[1] or "", spelt) if "'" in spelt else spelt


@lru_cache(maxsize=4096)  # an entry's names are folded for its rows and again for each claim that has them
def fold(name: str) -> str:
    """The key under which *name* is looked up: equal for two spellings of one name, different for two names.

    Case, diacritics, spaces, hyphens, brackets, commas and dots go; Greek letters are spelt out; digits,
    primes on locants and stereo descriptors stay, so ``(R)-MDMA``, ``(±)-MDMA`` and ``MDMA`` are three.
    Folding a folded name changes nothing, primes on nitrogen aside.
    """
    return _DROPPED.sub("", _keep_locant_primes(_state_rotation(_spell(name))))


def loosen(name: str) -> str:
    """A looser key than :func:`fold`, equal for the usual ways of typing one name in a hurry.

    Greek letters become their Latin initial (``a-PVP``), substituents their short form (``5-fluoro-`` as
    ``5F-``, ``4-hydroxy-`` as ``4-HO-``), ring positions one letter, and primes, nitrogen locants and the zeros
    that begin a number go (``JWH 18``).
    """
    hurried = _LEADING_ZEROS.sub("", _NITROGEN.sub("", _spell(name).replace("'", "")))
    hurried = _RING_POSITION.sub(lambda place: place["letter"] or place["word"][0], hurried)
    hurried = _HYDROXY.sub("ho", _KETO.sub("bk", hurried))
    return _DROPPED.sub("", _state_rotation(_LONG.sub(lambda long: _SHORT[long[0]], hurried)))


def drop_alpha(name: str) -> str:
    """The flat key of *name* without the Greek letter alpha: 4F-PVP is short for 4F-α-PVP."""
    return flatten(_ALPHA.sub("", _spell(name)))


def states_stereo(name: str) -> bool:
    """Whether *name* has a stereo descriptor, so that its flat key differs from its loose one."""
    return _STEREO.search(_spell(name)) is not None


def flatten(name: str) -> str:
    """The loose key of *name* without its stereo descriptors, for a name whose flat form is known."""
    return loosen(_STEREO.sub("", _spell(name)).lstrip(" -,"))


def words(name: str) -> list[str]:
    """Runs of letters and runs of digits of *name*, spelt plainly, in order: ``4F-α-PVP`` is 4, f, alpha, pvp."""
    return _WORD.findall(_spell(name))

"""How words are set on a page: counts below the line, what stays on one line, where a long name may break."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

_ATOMS = r"[A-Z][a-z]?\d{0,3}"
_FORMULA = re.compile(rf"(?<![\w-])(?:{_ATOMS})+(?![\w-])")
# Where names stand too: WIN55212 and CP55940 are none, and nothing but a formula begins like this.
_ORGANIC = re.compile(rf"(?<![\w-])C\d{{0,3}}H\d{{1,3}}(?:{_ATOMS})*(?![\w-])")
_BELOW = r"<sub>\g<0></sub>"
_COUNT = re.compile(r"\d+")
_IN_ONE_PIECE = re.compile(
    r"\bNPS-\d{6}\b|\b[A-Z]-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b"
    r"|\b\d{4}(?:-\d\d(?:-\d\d)?|[- \u00a0]Q[1-4])\b"
)
_BREAKS_AFTER = re.compile(r"([)\]}])(?=\w)")
_LONG_NAME = 20
_CHARGE = re.compile(r"(\[.*\])(\d*)([+-])(\.?)")
_ATOM_COUNT = re.compile(r"(?<=[A-Za-z])\d+")
_MINUS = "\u2212"


def set_formula(text: str | None) -> Markup:
    """A formula with its counts below the line."""
    return _replace(_COUNT, _BELOW, escape(text or ""))


def set_formulae(sentence: str) -> Markup:
    """A sentence that says by formulae how structures differ; it names no substance."""
    return _lower(_FORMULA, escape(sentence))


def set_text(text: str) -> Markup:
    """Text that people wrote, or a label: formulae set as such, accessions and dates in one piece."""
    return _lower(_ORGANIC, set_whole(text))


def set_whole(text: object) -> Markup:
    """*text* with accessions, references, dates and quarters in one piece.

    Browsers break lines after the hyphens in them, and within words that run from right to left they put the parts of
    a quarter or of a date in the opposite order: an element of its own direction keeps them.
    """
    return _replace(_IN_ONE_PIECE, r'<bdi class="unbroken">\g<0></bdi>', escape(text))


def set_name(name: str) -> Markup:
    """The name of a substance: a systematic one may break behind brackets, an unnamed one ends with a formula."""
    written = _lower(_ORGANIC, escape(name))
    return written if len(name) < _LONG_NAME else _replace(_BREAKS_AFTER, r"\1<wbr>", written)


@lru_cache(256)  # a page of masses sets each of the dozen kinds that every other page sets
def set_ion(adduct: str) -> Markup:
    """An ion as chemists write it: ``[M+NH4]+`` with the count below the line and the charge above it."""
    found = _CHARGE.fullmatch(adduct)
    if found is None:
        return escape(adduct)
    body, charge, sign, radical = found.groups()
    inner = _replace(_ATOM_COUNT, _BELOW, escape(body.replace("-", _MINUS)))
    above = charge + sign.replace("-", _MINUS) + ("•" if radical else "")
    return inner + Markup("<sup>{}</sup>").format(above)


def _lower(formula: re.Pattern[str], escaped: Markup) -> Markup:
    return _replace(formula, lambda found: _COUNT.sub(_BELOW, found[0]), escaped)


def _replace(pattern: re.Pattern[str], by: str | Callable[[re.Match[str]], str], escaped: Markup) -> Markup:
    return Markup(pattern.sub(by, str(escaped)))  # as text: a Markup would escape what is put in

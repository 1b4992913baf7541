"""Words that have no place in an advisory: amounts taken, ways of making, ways of buying. A curator is warned."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.notices.advisory_text import PROSE, AdvisoryText
from nps_registry.vocabulary.signal import TrafficLight

_AMOUNT = r"\d+(?:[.,]\d+)?\s*"
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        mark("This reads like an amount that is taken; an advisory says nothing of doses."),
        (
            r"\bdos(?:e|es|age|ages|ing|ed)\b",
            # A concentration in blood or in a sample is no dose.
            _AMOUNT + r"(?:mg|mcg|µg|μg|ug|(?:micro|milli)grams?)\b(?!\s*/\s*(?:l|ml|dl|kg|g)\b)",
            _AMOUNT + r"(?:drops|puffs|hits|lines|bumps)\b",
        ),
    ),
    (
        mark("This reads like a way of making it; an advisory says nothing of that."),
        (
            r"\bsynthes(?:is|es|i[sz]e[ds]?|i[sz]ing)\b",
            r"\bsynthetic routes?\b",
            r"\b(?:precursors?|reagents?|reflux(?:ed)?|catalysts?|recrystalli[sz]\w+|yield(?:s|ed)? of)\b",
        ),
    ),
    (
        mark("This reads like a way of buying it; an advisory says nothing of that."),
        (
            r"\b(?:buy|buys|bought|purchas\w+|order(?:ed|ing)? (?:online|from)|for sale)\b",
            r"\b(?:vendors?|suppliers?|(?:web|online) ?shops?|darknet|dark web|marketplaces?|bitcoin)\b",
            r"\bpric(?:e|es|ed)\b|[€$£]\s?\d|\d\s?[€$£]",
        ),
    ),
)
_MOST = 30


@dataclass(frozen=True, slots=True)
class Caution:
    """A place that a curator has to look at again; *words* are empty where it is about no words."""

    field: str
    words: str
    sentence: str


def warn_of(text: AdvisoryText, known_places: frozenset[str], *, signal_is_restricted: bool) -> list[Caution]:
    """What to look at again in *text*; *known_places* are the countries that the public knows its substances from."""
    found = []
    for field in ("title", "summary", *PROSE):
        for sentence, patterns in _KINDS:
            words = dict.fromkeys(words for pattern in patterns for words in _words(pattern, getattr(text, field)))
            found += [Caution(field, each, _(sentence)) for each in words]
    if text.audience is TrafficLight.CLEAR:
        if signal_is_restricted:
            told = _("The signal rests on restricted reports: make sure that nothing here tells of them.")
            found.append(Caution("audience", "", told))
        told = _("No public report says that it was found there: naming the country may tell of restricted ones.")
        found += [Caution("countries", code, told) for code in text.countries if code not in known_places]
    return found[:_MOST]


def _words(pattern: str, text: str) -> list[str]:
    return [match.group(0) for match in re.finditer(pattern, text, re.IGNORECASE)]

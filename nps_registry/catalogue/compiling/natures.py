"""What an entry is (nature), why it is here (occurrence), by rules that a curator's decision overrules."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nps_registry.catalogue.compiling.identities import Entry
from nps_registry.vocabulary.substance import Nature, Occurrence

_METABOLITE = re.compile(
    r"\bmetabolite\b|glucuronide|\bN-COOH\b|\b(?:butanoic|pentanoic|carboxylic) acid\b(?! (?:ester|methyl|ethyl))|"
    r"N-\(?\d-hydroxypentyl|N-\d-OH|N-\(\d-OH|-M\d[AB]?$|\bM\d[AB]?$",
    re.IGNORECASE,
)
# Tables of what laboratories meet, and publications that a curator cites because they tell of findings.
_REPORTING = frozenset(
    {
        "amber-nps",
        "cn-supplements",
        "unodc-examples",
        "dea-examples",
        "us-federal-register",
        "unodc-ewa",
        "cfsre-discovery",
        "cole-2010",
        "euda-hhc-2023",
        "euda-nitrous-oxide-2022",
        "moosmann-2018",
    }
)


def nature_by_rule(names: Iterable[str]) -> Nature:
    """A metabolite where a name says so, else an NPS: what is a medicine or a classic is a curator's decision."""
    return Nature.METABOLITE if any(_METABOLITE.search(name) for name in names) else Nature.NPS


def occurrence_by_rule(entry: Entry, *, is_controlled: bool) -> Occurrence:
    """Why the entry is here, by who speaks of it.

    Sources that tell what laboratories meet come first, then control lists; what only dictionaries,
    libraries and literature have is known from literature.

    Args:
        entry: with its claims.
        is_controlled: whether an entry of a control list names it. That a list's text speaks of it is not enough:
            olanzapine and naloxone stand there because they are not included.
    """
    sources = {attached.claim.source_id for attached in entry.claims}
    if sources & _REPORTING:
        return Occurrence.REPORTED
    return Occurrence.CONTROLLED if is_controlled else Occurrence.LITERATURE_ONLY

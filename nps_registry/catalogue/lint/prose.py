"""Rules about sentences: nothing here tells how to make, take or buy a substance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import PlacedIssue, whole_catalogue
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

_MAKING = r"\breflux|\breagents?\b|\bsynthesi[sz]ed (?:from|by|via)|\bone-pot\b|\bstarting materials?\b|\byields? of\b"
_TAKING = r"\bdos(?:e|es|age|ing)\b|\b\d+(?:\.\d+)?\s?(?:mg|µg|ug|mcg)\b(?!/m?l)|\bmg/kg\b|\bredos"
_BUYING = r"\bvendors?\b|\bfor sale\b|\b(?:buy|purchase|order) (?:it|online|from)\b|\bpric(?:e|ed|es)\b|\bbitcoin\b"
_FORBIDDEN = re.compile(f"{_MAKING}|{_TAKING}|{_BUYING}", re.IGNORECASE)


@whole_catalogue(
    "prose-clean",
    mark(
        "The registry holds no information on synthesis, dosing or purchase, not even in a comment; say what the "
        "sources state about identity and nothing else."
    ),
)
def clean(context: Context) -> Iterable[PlacedIssue]:
    """A sentence speaks of making, taking or buying a substance."""
    for path, field, text, accession in _sentences(context):
        if found := _FORBIDDEN.search(text):
            message = _("{words!r} reads like synthesis, dosing or purchase; take it out").format(words=found[0])
            yield PlacedIssue(path, field, message, accession)


def _sentences(context: Context) -> Iterator[tuple[str, str, str, str | None]]:
    for record in context.catalogue.substances:
        for field, text in _sentences_of(record):
            yield context.path_of(record), field, text, record.accession
    for found in context.catalogue.classes:
        path = f"classes/{found.key}.toml"
        yield path, "definition", found.definition, None
        yield from ((path, f"rules.{rule.name}.why", rule.why, None) for rule in found.rules)
    for source in context.catalogue.sources:
        if source.note:
            yield "sources.toml", f"{source.id}.note", source.note, None
    for control_list in context.catalogue.controls:
        for entry in control_list.entries:
            if entry.note:
                yield f"controls: {control_list.header.title}", f"{entry.listed_as}.note", entry.note, None


def _sentences_of(record: SubstanceRecord) -> Iterator[tuple[str, str]]:
    stated = {"comment": record.comment, "class_overruled": record.class_overruled}
    yield from ((field, text) for field, text in stated.items() if text)
    yield from ((f"conflicts[{position}]", text) for position, text in enumerate(record.conflicts))
    for position, relation in enumerate(record.relations):
        if relation.comment:
            yield f"relations[{position}].comment", relation.comment


RULES = (clean,)

"""Rules about control lists: entries and sources exist, verification is by another source, exclusions hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import PlacedIssue, Severity, whole_catalogue
from nps_registry.catalogue.records import ControlEntry, ControlList
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Occurrence


@whole_catalogue("control-resolves", mark("An entry of a control list names living entries of the catalogue."))
def resolves(context: Context) -> Iterable[PlacedIssue]:
    """An entry names an accession that is not there."""
    for path, _list, position, entry in _entries(context):
        for accession in entry.accessions:
            target = context.catalogue.by_accession.get(accession)
            if target is None or target.status is not None:
                message = _("{listed!r} names {accession}, which is no living entry").format(
                    listed=entry.listed_as, accession=accession
                )
                yield PlacedIssue(path, f"entries[{position}].accessions", message, accession)


@whole_catalogue("control-once", mark("A list has a substance once in each schedule; a second entry is the same one."))
def once(context: Context) -> Iterable[PlacedIssue]:
    """A list names a substance twice in one schedule."""
    first_of = dict[tuple[str, str, str], str]()
    for path, _list, position, entry in _entries(context):
        for accession in _listed_now(entry):
            first = first_of.setdefault((path, entry.schedule, accession), entry.listed_as)
            if first != entry.listed_as:
                message = _("{listed!r} names {accession}, which {schedule} has already as {first!r}").format(
                    listed=entry.listed_as, accession=accession, schedule=entry.schedule, first=first
                )
                yield PlacedIssue(path, f"entries[{position}].accessions", message, accession)


@whole_catalogue("control-source-known", mark("Every source id of a control list stands in sources.toml."))
def sources(context: Context) -> Iterable[PlacedIssue]:
    """A source id is not in sources.toml."""
    known = context.catalogue.source_by_id
    message = _("there is no source {source!r} in sources.toml")
    for path, control_list in _lists(context):
        if control_list.header.source not in known:
            yield PlacedIssue(path, "header.source", message.format(source=control_list.header.source))
        for position, entry in enumerate(control_list.entries):
            for source in {*entry.sources, *entry.verified_by} - set(known):
                yield PlacedIssue(path, f"entries[{position}].sources", message.format(source=source))


@whole_catalogue(
    "control-verified",
    mark(
        "An entry is verified only where a second source states the treaty and the schedule; the list's own source "
        "cannot verify itself."
    ),
)
def verified(context: Context) -> Iterable[PlacedIssue]:
    """An entry is verified by a source that states it already."""
    for path, _list, position, entry in _entries(context):
        for source in set(entry.verified_by) & set(entry.sources):
            message = _("{listed!r} is verified by {source}, which is its own source")
            yield PlacedIssue(
                path, f"entries[{position}].verified_by", message.format(listed=entry.listed_as, source=source)
            )


@whole_catalogue(
    "control-dated",
    mark("An entry says when it came into force, or since when it is worded so; a control without a day helps little."),
    Severity.NOTE,
)
def dated(context: Context) -> Iterable[PlacedIssue]:
    """An entry has no date at all."""
    for path, _list, position, entry in _entries(context):
        if not (entry.decided_on or entry.in_force_on or entry.worded_since):
            message = _("{listed!r} has no date").format(listed=entry.listed_as)
            yield PlacedIssue(path, f"entries[{position}].in_force_on", message)


@whole_catalogue(
    "control-exclusion",
    mark("What a list names as not included, or has removed, shows no control under that list."),
)
def excluded(context: Context) -> Iterable[PlacedIssue]:
    """A list names a substance under another wording than the one that excludes it."""
    for path, control_list in _lists(context):
        shut_out = {
            (anchor.inchikey, anchor.stereo): fold(exclusion.listed_as)
            for exclusion in control_list.excluded
            for anchor in exclusion.structures
        }
        for position, entry in enumerate(control_list.entries):
            for accession in _listed_now(entry):
                target = context.catalogue.by_accession.get(accession)
                if target is None or target.structure is None:
                    continue
                exclusion = shut_out.get((target.structure.inchikey, target.structure.stereo))
                # Canada excludes butorphanol from one heading and names it again in another schedule.
                if exclusion is not None and exclusion != fold(entry.listed_as):
                    message = _("{listed!r} names {accession}, which the list excludes").format(
                        listed=entry.listed_as, accession=accession
                    )
                    yield PlacedIssue(path, f"entries[{position}].accessions", message, accession)


@whole_catalogue(
    "occurrence-by-lists",
    mark(
        "“Named in a control list” needs an entry of a list, and what a list names is not known from literature only; "
        "a substance that a list mentions as not included has no entry."
    ),
)
def occurrence(context: Context) -> Iterable[PlacedIssue]:
    """An entry is said to be named in a list and is not, or is named and said to be known from literature only."""
    named = {accession for _path, _list, _position, entry in _entries(context) for accession in entry.accessions}
    message = _("occurrence is {occurrence}, but {lists}")
    for record in context.active:
        if record.occurrence is Occurrence.CONTROLLED and record.accession not in named:
            lists = _("no entry of a control list names it")
        elif record.occurrence is Occurrence.LITERATURE_ONLY and record.accession in named:
            lists = _("a control list names it")
        else:
            continue
        sentence = message.format(occurrence=record.occurrence.value, lists=lists)
        yield PlacedIssue(context.path_of(record), "occurrence", sentence, record.accession)


def _lists(context: Context) -> Iterator[tuple[str, ControlList]]:
    paths = [path for path in context.catalogue.digests if path.startswith("controls/")]
    for position, control_list in enumerate(context.catalogue.controls):
        yield (paths[position] if position < len(paths) else "controls"), control_list


def _entries(context: Context) -> Iterator[tuple[str, ControlList, int, ControlEntry]]:
    for path, control_list in _lists(context):
        for position, entry in enumerate(control_list.entries):
            yield path, control_list, position, entry


def _listed_now(entry: ControlEntry) -> tuple[str, ...]:
    """The accessions that the entry lists now."""
    return () if entry.ended_on else entry.accessions


RULES = (resolves, once, sources, verified, dated, excluded, occurrence)

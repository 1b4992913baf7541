"""Rules about places and links: files where they belong, numbers given once, relations and members that exist."""

from __future__ import annotations

from collections.abc import Iterable

from nps_registry.catalogue.files import RETIRED
from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, Severity, each_substance, whole_catalogue
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.catalogue.relations import DERIVED
from nps_registry.catalogue.writing import substance_path
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.substance import Kind, Nature, RelationKind, Status


@whole_catalogue(
    "file-place",
    mark("A substance's file lies in the folder of its class, or of its kind where it has no class."),
)
def place(context: Context) -> Iterable[PlacedIssue]:
    """A file lies in another folder than its entry says."""
    for record in context.catalogue.substances:
        path = context.path_of(record)
        if path != substance_path(record):
            message = _("move it to {path}").format(path=substance_path(record))
            yield PlacedIssue(path, "chemical_class", message, record.accession)


@whole_catalogue(
    "accession-once",
    mark("An accession is minted once and never given again, not even when its entry is gone (retired.toml)."),
)
def once(context: Context) -> Iterable[PlacedIssue]:
    """An accession is given twice, or again after it was retired."""
    seen = set[str]()
    for record in context.catalogue.substances:
        path = context.path_of(record)
        if record.accession in seen:
            yield PlacedIssue(path, "accession", _("this accession is given twice"), record.accession)
        if retired := context.catalogue.retired.get(record.accession):
            message = _("this accession is retired and cannot be used again: {reason}").format(reason=retired.reason)
            yield PlacedIssue(path, "accession", message, record.accession)
        seen.add(record.accession)


@whole_catalogue(
    "merge-resolves",
    mark(
        "A merged entry names the living entry that took its place, as a retired number does where there is one; "
        "a withdrawn entry says why in its comment."
    ),
)
def merged(context: Context) -> Iterable[PlacedIssue]:
    """A merged entry or a retired number leads nowhere, or a withdrawn entry gives no reason."""
    for retired in context.catalogue.retired.values():
        target = context.catalogue.by_accession.get(retired.instead or "")
        if retired.instead and (target is None or target.status is not None):
            message = _("{target} is no living entry").format(target=retired.instead)
            yield PlacedIssue(RETIRED, "instead", message, retired.accession)
    for record in context.catalogue.substances:
        path = context.path_of(record)
        target = context.catalogue.by_accession.get(record.merged_into or "")
        if record.status is Status.MERGED and (target is None or target.status is not None):
            message = _("{target} is no living entry").format(target=record.merged_into)
            yield PlacedIssue(path, "merged_into", message, record.accession)
        if record.status is Status.WITHDRAWN and record.comment is None:
            yield PlacedIssue(path, "comment", _("say why the entry is withdrawn"), record.accession)


@each_substance(
    "relation-resolves",
    mark("A relation leads to another living entry, and is one that cannot be computed from the structures."),
)
def relation(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A relation leads nowhere, to the entry itself, or is of a sort that is derived."""
    seen = set[tuple[RelationKind, str]]()
    for position, stated in enumerate(record.relations):
        field = f"relations[{position}]"
        target = context.catalogue.by_accession.get(stated.to)
        if target is None or target.status is not None or stated.to == record.accession:
            yield Issue(f"{field}.to", _("{to} is no other living entry").format(to=stated.to))
        if stated.kind in DERIVED:
            yield Issue(f"{field}.kind", _("{kind} is derived from the entries; remove it").format(kind=stated.kind))
        if (stated.kind, stated.to) in seen:
            yield Issue(field, _("this relation stands twice"))
        seen.add((stated.kind, stated.to))


@each_substance(
    "member-resolves",
    mark("A group, a mixture or a preparation has members that are living entries; a group has at least two."),
)
def member(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A member does not exist, stands twice, or there are too few."""
    accessions = [stated.accession for stated in record.members]
    for position, accession in enumerate(accessions):
        target = context.catalogue.by_accession.get(accession)
        if target is None or target.status is not None or accession == record.accession:
            message = _("{accession} is no other living entry").format(accession=accession)
            yield Issue(f"members[{position}].accession", message)
        elif accession in accessions[:position]:
            yield Issue(f"members[{position}].accession", _("{accession} stands twice").format(accession=accession))
    if record.kind in (Kind.ISOMER_GROUP, Kind.DEFINED_MIXTURE) and len(set(accessions)) < 2:
        yield Issue("members", _("it needs two members or more"))


@each_substance(
    "isomers-have-one-formula",
    mark("The members of an isomer group share a formula; what differs in formula is no isomer."),
)
def isomers(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """Members of an isomer group differ in formula."""
    if record.kind is not Kind.ISOMER_GROUP:
        return
    found = [context.catalogue.by_accession.get(stated.accession) for stated in record.members]
    formulas = {target.structure.formula for target in found if target and target.structure}
    if len(formulas) > 1:
        yield Issue(
            "members", _("they have different formulas: {formulas}").format(formulas=", ".join(sorted(formulas)))
        )


@each_substance(
    "metabolite-has-parent",
    mark("A metabolite says of what: without a relation a finding of it cannot point to what was taken."),
    Severity.NOTE,
)
def metabolite(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """An entry of nature metabolite has no relation metabolite_of."""
    kinds = {stated.kind for stated in record.relations}
    if record.nature is Nature.METABOLITE and RelationKind.METABOLITE_OF not in kinds:
        yield Issue("relations", _("say of which substance it is a metabolite"))


RULES = (place, once, merged, relation, member, isomers, metabolite)

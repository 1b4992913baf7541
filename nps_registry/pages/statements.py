"""What the page of a substance states, line by line, each with its sources."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from nps_registry.http.control_dates import say_dates
from nps_registry.http.shapes import isomer_aids, link_of
from nps_registry.localisation import gettext as _
from nps_registry.store.dossiers import Dossier, Relative
from nps_registry.vocabulary.catalogue import words_of_scope
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.substance import IdentifierScheme, NameKind, RelationKind


@dataclass(frozen=True, slots=True)
class NameLine:
    """One name with its kind, the years it was in use, and its sources."""

    name: str
    kind: NameKind
    years: str
    ambiguous: bool
    sources: list[str]


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """One identifier, with where it leads."""

    scheme: IdentifierScheme
    value: str
    url: str | None
    sources: list[str]


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One control of the substance."""

    jurisdiction: str
    instrument: str
    schedule: str
    dates: str
    place: str
    scope: list[str]
    exclusions: list[str]
    verified: bool
    checked_to: str
    remarks: list[str]
    """What a curator notes, and where sources disagree."""
    sources: list[str]


@dataclass(frozen=True, slots=True)
class RelativeLine:
    """Another substance that stands in a relation to this one."""

    accession: str
    name: str
    detail: str
    sources: list[str]


@dataclass(frozen=True, slots=True)
class RelationGroup:
    """All substances that stand in one relation to this one."""

    label: str
    note: str
    entries: list[RelativeLine]


def names_of(dossier: Dossier) -> list[NameLine]:
    """The names in their order."""
    lines: list[NameLine] = []
    for name in dossier.names:
        years = f"{name.from_year or ''}–{name.to_year or ''}" if name.from_year or name.to_year else ""
        lines.append(NameLine(name.name, name.kind, years, name.ambiguous, name.sources))
    return lines


def identifiers_of(dossier: Dossier) -> list[IdentifierLine]:
    """The identifiers, each with where it leads."""
    return [
        IdentifierLine(entry.scheme, entry.value, link_of(entry.scheme, entry.value), entry.sources)
        for entry in dossier.identifiers
    ]


def controls_of(dossier: Dossier) -> list[ControlLine]:
    """The controls, those of the United Nations first."""
    return [
        ControlLine(
            jurisdiction=_("United Nations") if edition.jurisdiction == "UN" else country_name(edition.jurisdiction),
            instrument=edition.instrument,
            schedule=control.schedule,
            dates=say_dates(control),
            place=control.place if control.place != control.schedule else "",
            scope=words_of_scope(control.scope),
            exclusions=control.exclusions,
            verified=control.verified or edition.jurisdiction != "UN",
            checked_to=edition.checked_to,
            remarks=[*([control.note] if control.note else []), *control.conflicts],
            sources=list(dict.fromkeys([*(control.sources or [edition.source_id]), *control.verified_by])),
        )
        for control, edition in ((listing.control, listing.edition) for listing in dossier.listings)
    ]


def has_stereo_variants(dossier: Dossier) -> bool:
    """Whether other stereochemical forms have entries of their own, which a list may name instead of this one."""
    return any(relative.relation.kind is RelationKind.STEREO_VARIANT for relative in dossier.relatives)


_SEVERAL = {
    RelationKind.STEREO_VARIANT: lambda: _("Stereochemical variants of the same skeleton"),
    RelationKind.POSITIONAL_ISOMER: lambda: _("Positional isomers"),
    RelationKind.MEMBER: lambda: _("Members of this group or mixture"),
}
_BACKWARD = {
    RelationKind.METABOLITE_OF: lambda: _("Its metabolites"),
    RelationKind.PRECURSOR_OF: lambda: _("Its precursors"),
    RelationKind.ESTER_OF: lambda: _("Its esters"),
    RelationKind.MEMBER: lambda: _("Groups and mixtures it belongs to"),
    RelationKind.SUPERSEDED_NAME_OF: lambda: _("Entries under an earlier name"),
}


def relations_of(dossier: Dossier) -> list[RelationGroup]:
    """The relatives by how the substance stands to them."""
    grouped: defaultdict[tuple[RelationKind, bool], list[Relative]] = defaultdict(list)
    for relative in dossier.relatives:
        grouped[relative.relation.kind, relative.forward].append(relative)
    groups: list[RelationGroup] = []
    for (kind, forward), relatives in grouped.items():
        headings = _SEVERAL if forward or kind not in _BACKWARD else _BACKWARD
        label = headings[kind]() if kind in headings else kind.label
        note = _isomer_note() if kind is RelationKind.POSITIONAL_ISOMER else ""
        groups.append(RelationGroup(label, note, [_line(relative) for relative in relatives]))
    return groups


def _isomer_note() -> str:
    """Which techniques cannot tell positional isomers apart, and which can."""
    aids = isomer_aids()
    alone = ", ".join(technique.in_sentence for technique in aids.alone)
    with_materials = ", ".join(technique.in_sentence for technique in aids.with_reference_materials)
    return _(
        "Same formula and class: mass spectrometry alone does not tell them apart. These do: %(alone)s; "
        "with reference materials of each isomer also: %(with_materials)s."
    ) % {"alone": alone, "with_materials": with_materials}


def _line(relative: Relative) -> RelativeLine:
    other = relative.other
    is_variant = relative.relation.kind is RelationKind.STEREO_VARIANT
    detail = other.stereo.label if is_variant and other.stereo else relative.relation.note
    return RelativeLine(other.accession, other.name, detail, relative.relation.sources)

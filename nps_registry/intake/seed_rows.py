"""A catalogue record as the rows that keep it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nps_registry.catalogue.grading import derive_status, grade_substance
from nps_registry.catalogue.records import (
    Catalogue,
    ClassRecord,
    ControlEntry,
    ControlList,
    SourceRecord,
    SubstanceRecord,
)
from nps_registry.intake.derivation import Derived
from nps_registry.store.catalogue import EntryRows
from nps_registry.store.substances import identity_key
from nps_registry.store.tables import Claim, EffectGroupMembership, SubstanceIdentifier, SubstanceName
from nps_registry.store.tables.substance import name_key
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import EffectGroup, Nature, RelationKind, Status


def identity_of(record: SubstanceRecord) -> str | None:
    """The key of an entry's identity; none where it has no structure or gave its identity up."""
    if record.structure is None or record.status is Status.WITHDRAWN:
        return None
    return identity_key(record.structure.inchi, record.structure.stereo)


def rows_of(
    record: SubstanceRecord, catalogue: Catalogue, digest: str, derived: Derived | None, *, keeps_rendering: bool
) -> EntryRows:
    """The rows of *record*. A merged entry gets target and identity when all entries are there."""
    effects = effect_groups_of(record, catalogue.class_by_key)
    graded = grade_substance(record, catalogue.source_by_id)
    status = derive_status(record, graded)
    merged = status is Status.MERGED
    substance: dict[str, Any] = {
        "accession": record.accession,
        "name": record.name,
        "name_key": name_key(record.name),
        "kind": record.kind,
        "nature": record.nature,
        "occurrence": record.occurrence,
        "status": Status.UNCONFIRMED if merged else status,
        "evidence": graded.evidence if graded else None,
        "origin": record.origin,
        "identity": None if merged else identity_of(record),
        "chemical_class": record.chemical_class,
        "subclass": record.subclass,
        "class_overruled": record.class_overruled or "",
        "effect_groups": [effect.value for effect in effects],
        "comment": record.comment or "",
        "conflicts": list(record.conflicts),
        "structure_sources": structure_sources_of(record),
        "merged_into_id": None,
        "from_catalogue": True,
        "entry_digest": digest,
        "updated_at": datetime.now(UTC),
        **_structure_columns(record),
    }
    return EntryRows(
        substance=substance | (derived.columns if derived else {}),
        parts={
            SubstanceName: _names(record),
            SubstanceIdentifier: [
                {"scheme": each.scheme, "value": each.value, "sources": list(each.sources)}
                for each in record.identifiers
            ],
            Claim: _claims(record),
            EffectGroupMembership: [{"effect_group": effect.value} for effect in effects],
        },
        rendering=derived.rendering if derived else None,
        keeps_rendering=keeps_rendering,
        is_merged=merged,
    )


def _structure_columns(record: SubstanceRecord) -> dict[str, Any]:
    structure = record.structure
    return {
        "smiles": structure.smiles if structure else None,
        "inchi": structure.inchi if structure else None,
        "inchikey": structure.inchikey if structure else None,
        "skeleton": structure.skeleton if structure else None,
        "stereo": structure.stereo if structure else None,
        "formula": structure.formula if structure else None,
    }


def effect_groups_of(record: SubstanceRecord, classes: Mapping[str, ClassRecord]) -> tuple[EffectGroup, ...]:
    """The entry's own effect groups, else those of its subclass, else those of its class, else ``unassigned``.

    A class speaks for what is taken for its effect only: naloxone is no stimulant because of its skeleton.
    """
    speaks = record.nature in (Nature.NPS, Nature.CONTROLLED_CLASSIC)
    chemical_class = classes.get(record.chemical_class or "") if speaks else None
    subclass = chemical_class.subclass(record.subclass) if chemical_class and record.subclass else None
    for groups in (
        record.effect_groups,
        subclass.effect_groups if subclass else (),
        chemical_class.effect_groups if chemical_class else (),
    ):
        if groups:
            return tuple(dict.fromkeys(groups))
    return (EffectGroup.UNASSIGNED,)


def structure_sources_of(record: SubstanceRecord) -> list[str]:
    """The sources that give the entry's structure, those that give its stereochemistry too first."""
    agreeing = [claim for claim in record.claims if claim.agreement in (Agreement.FULL, Agreement.FLAT)]
    ordered = sorted(agreeing, key=lambda claim: claim.agreement is not Agreement.FULL)
    return list(dict.fromkeys(claim.source for claim in ordered))


def _names(record: SubstanceRecord) -> list[dict[str, Any]]:
    once = {name.name: name for name in reversed(record.names)}
    return [
        {
            "name": name.name,
            "folded": fold(name.name),
            "kind": name.kind,
            "ambiguous": name.ambiguous,
            "from_year": name.from_year,
            "to_year": name.to_year,
            "sources": list(name.sources),
        }
        for name in reversed(once.values())
    ]


def _claims(record: SubstanceRecord) -> list[dict[str, Any]]:
    return [
        {
            "source_id": claim.source,
            "place": claim.place or "",
            "names": list(claim.names),
            "inchikey": claim.inchikey,
            "agreement": claim.agreement,
            "stereo": claim.stereo,
            "basis": claim.basis,
            "source_class": claim.source_class or "",
        }
        for claim in record.claims
    ]


def relation_rows(record: SubstanceRecord) -> list[dict[str, Any]]:
    """The relations that *record* states, each with ``to``, an accession, in the place of ``other_id``."""
    stated = {
        (relation.to, relation.kind): {
            "to": relation.to,
            "kind": relation.kind,
            "note": relation.comment or "",
            "sources": list(relation.sources),
        }
        for relation in record.relations
    }
    members = [
        {"to": member.accession, "kind": RelationKind.MEMBER, "note": "", "sources": []} for member in record.members
    ]
    return [*stated.values(), *members]


def source_row(source: SourceRecord) -> dict[str, Any]:
    """The row of a source."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "edition": source.edition,
        "group": source.independence_group,
        "url": source.url or "",
        "kind": source.kind,
        "note": source.note or "",
    }


def class_row(chemical_class: ClassRecord) -> dict[str, Any]:
    """The row of a class; its rules stay in the files."""
    return {
        "key": chemical_class.key,
        "label": chemical_class.label,
        "definition": chemical_class.definition,
        "position": chemical_class.order,
        "subclasses": [
            {
                "key": subclass.key,
                "label": subclass.label,
                "definition": subclass.definition or "",
                "effect_groups": [effect.value for effect in subclass.effect_groups],
            }
            for subclass in chemical_class.subclasses
        ],
        "effect_groups": [effect.value for effect in chemical_class.effect_groups],
        "unodc_group": chemical_class.unodc_group or "",
        "eu_group": chemical_class.eu_group or "",
    }


def list_id(control_list: ControlList) -> str:
    """The id of a control list, such as ``un-single-convention-on-narcotic-drugs-1961``."""
    text = f"{control_list.header.jurisdiction} {control_list.header.title}".lower()
    slug = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    return slug if len(slug) <= 64 else f"{slug[:55]}-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"


def list_row(control_list: ControlList) -> dict[str, Any]:
    """The row of a control list."""
    header = control_list.header
    return {
        "id": list_id(control_list),
        "jurisdiction": header.jurisdiction.value,
        "instrument": header.instrument,
        "title": header.title,
        "edition": header.edition,
        "source_id": header.source,
        "checked_to": header.checked_to.isoformat(),
        "note": header.note or "",
        "is_primary": header.is_primary,
        "generic_definitions": [
            definition.model_dump(mode="json", exclude_none=True) for definition in control_list.definitions
        ],
    }


def control_rows(control_list: ControlList, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """One row per entry and substance; an accession that is not in *ids* is not in the catalogue."""
    return [
        {"substance_id": ids[accession], **_control_row(control_list, entry)}
        for entry in control_list.entries
        for accession in entry.accessions
        if accession in ids
    ]


def _control_row(control_list: ControlList, entry: ControlEntry) -> dict[str, Any]:
    return {
        "list_id": list_id(control_list),
        "listed_as": entry.listed_as,
        "schedule": entry.schedule,
        "decided_on": entry.decided_on or "",
        "in_force_on": entry.in_force_on or "",
        "ended_on": entry.ended_on or "",
        "worded_since": entry.worded_since or "",
        "is_temporary": entry.is_temporary,
        "expires_on": entry.expires_on or "",
        "place": entry.place or "",
        "scope": [scope.value for scope in entry.scope],
        "exclusions": list(entry.exclusions),
        "verified": control_list.is_verified(entry),
        "verified_by": list(entry.verified_by),
        "conflicts": list(entry.conflicts),
        "note": entry.note or "",
        "sources": list(entry.sources),
    }


def unknown_accessions(control_lists: Sequence[ControlList], ids: Mapping[str, int]) -> list[str]:
    """Accessions that control lists name and the catalogue lacks."""
    named = {each for one in control_lists for entry in one.entries for each in entry.accessions}
    return sorted(named - ids.keys())

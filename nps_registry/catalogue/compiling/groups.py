"""Entries without a structure of their own: materials, isomer groups, mixtures, botanicals, preparations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nps_registry.catalogue.compiling.curation import GroupAddition
from nps_registry.catalogue.records import MemberRecord, NameRecord, SubstanceRecord
from nps_registry.errors import CatalogueFault
from nps_registry.vocabulary.substance import NameKind


def make_group(group: GroupAddition, accession: str, substances: Sequence[SubstanceRecord]) -> SubstanceRecord:
    """The record of *group*, its members looked up among *substances* by preferred name or InChIKey.

    Raises:
        CatalogueFault: if a member is not among them, or two have its name.
    """
    members = tuple(MemberRecord(accession=find(member, substances).accession) for member in group.members)
    names = tuple(
        NameRecord(
            name=name.name,
            kind=NameKind.PREFERRED if name.name == group.name else name.kind,
            sources=name.sources,
            from_year=name.from_year,
            to_year=name.to_year,
        )
        for name in group.names
    )
    return SubstanceRecord(
        accession=accession,
        name=group.name,
        kind=group.kind,
        nature=group.nature,
        occurrence=group.occurrence,
        origin=group.origin,
        chemical_class=group.chemical_class,
        effect_groups=group.effect_groups,
        comment=group.comment,
        names=names,
        members=members,
    )


def find(wanted: str, substances: Sequence[SubstanceRecord]) -> SubstanceRecord:
    """The one substance with the preferred name or InChIKey *wanted*.

    Raises:
        CatalogueFault: if there is none, or more than one.
    """
    found = [record for record in substances if wanted == record.name or (record.structure and _key(record) == wanted)]
    if len(found) != 1:
        raise CatalogueFault(
            f"A curated file speaks of {wanted!r}, and {len(found)} substances have that preferred name or InChIKey; "
            "write the InChIKey of one of them, with /racemic behind it for a racemate."
        )
    return found[0]


def by_name(substances: Sequence[SubstanceRecord]) -> Mapping[str, SubstanceRecord]:
    """The substances by preferred name."""
    return {record.name: record for record in substances}


def _key(record: SubstanceRecord) -> str:
    assert record.structure is not None
    return f"{record.structure.inchikey}/racemic" if record.structure.stereo == "racemic" else record.structure.inchikey

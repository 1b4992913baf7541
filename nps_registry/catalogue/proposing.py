"""The first draft of a new entry: what follows from the structure is filled in, the rest is the curator's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.classes import RESIDUE, suggest_class
from nps_registry.catalogue.records import Catalogue, ClaimRecord, NameRecord, StructureRecord, SubstanceRecord
from nps_registry.chemistry.identity import Identity
from nps_registry.chemistry.reading import read
from nps_registry.errors import Conflict, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.substance import NameKind, Nature, Occurrence, Stereo

MASS_DECIMALS = 4


def propose(
    catalogue: Catalogue,
    structure: str,
    name: str,
    source: str,
    *,
    stereo: Stereo | None = None,
    place: str | None = None,
) -> SubstanceRecord:
    """An entry for *structure* under *name*, claimed by one source, with the next free accession.

    Args:
        catalogue: the catalogue that it is to join.
        structure: SMILES, InChI or molfile; it is standardised.
        name: the name that the field uses, which the source gives too.
        source: id of the source that gives this structure for this name.
        stereo: what the source says of stereochemistry beside the drawing.
        place: where in the source.

    Raises:
        UnreadableStructure: the structure cannot be read.
        InvalidInput: no such source in ``sources.toml``.
        Conflict: the catalogue has the substance already.
    """
    if source not in catalogue.source_by_id:
        raise InvalidInput(_("There is no source {source} in sources.toml: add it there first.").format(source=source))
    reading = read(structure, stereo)
    _require_new(catalogue, reading.identity)
    suggested = suggest_class(reading.standardised.parent, ClassRules.build(catalogue.classes))
    return SubstanceRecord(
        accession=next_accession(catalogue),
        name=name,
        nature=Nature.NPS,
        occurrence=Occurrence.REPORTED,
        chemical_class=suggested.key if suggested else RESIDUE,
        subclass=suggested.subclass if suggested else None,
        structure=_state(reading.identity),
        names=(NameRecord(name=name, kind=NameKind.PREFERRED, sources=(source,)),),
        claims=(
            ClaimRecord(
                source=source,
                place=place,
                names=(name,),
                inchikey=reading.identity.inchikey,
                agreement=Agreement.FULL,
                stereo=stereo,
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A substance that an instance lists by itself: what its curators made of it.

    Attributes:
        smiles: as the instance stores it.
        names: beside the preferred one.
    """

    accession: str
    name: str
    smiles: str
    stereo: Stereo
    nature: Nature
    chemical_class: str | None
    names: tuple[str, ...] = ()


def propose_listed(
    catalogue: Catalogue, listed: Iterable[Listed], source: str
) -> tuple[list[SubstanceRecord], list[Listed]]:
    """Entries for what an instance lists and the catalogue lacks, and those that the catalogue has by now.

    Every claim names *source*, the registry that lists them, so an entry stays unconfirmed until another source joins.

    Raises:
        InvalidInput: no such source in ``sources.toml``.
    """
    first, records, known = int(next_accession(catalogue).removeprefix("NPS-")), list[SubstanceRecord](), list[Listed]()
    for each in listed:
        try:
            drafted = propose(catalogue, each.smiles, each.name, source, stereo=each.stereo, place=each.accession)
        except Conflict:
            known.append(each)
            continue
        others = [NameRecord(name=name, kind=NameKind.SYNONYM, sources=(source,)) for name in _others(each)]
        told = {
            "accession": f"NPS-{first + len(records):06d}",
            "nature": each.nature,
            "chemical_class": each.chemical_class or drafted.chemical_class,
            "subclass": drafted.subclass if each.chemical_class in (None, drafted.chemical_class) else None,
            "names": (*drafted.names, *others),
        }
        records.append(drafted.model_copy(update=told))
    return records, known


def _others(listed: Listed) -> Sequence[str]:
    return [name for name in dict.fromkeys(listed.names) if name != listed.name]


def _require_new(catalogue: Catalogue, identity: Identity) -> None:
    """Refuse an identity that a living entry has."""
    for record in catalogue.substances:
        known = record.structure
        if known and record.status is None and (known.inchi, known.stereo) == identity.key:
            raise Conflict(
                _("The catalogue has this substance: {accession}, {name}. Add names and claims to its file.").format(
                    accession=record.accession, name=record.name
                )
            )


def _state(identity: Identity) -> StructureRecord:
    return StructureRecord(
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        formula=identity.formula,
        mass_da=round(identity.mass_da, MASS_DECIMALS),
        stereo=identity.stereo,
    )


def next_accession(catalogue: Catalogue) -> str:
    """The accession after the highest that was ever given, retired ones included."""
    given = {*catalogue.by_accession, *catalogue.retired}
    highest = max((int(accession.removeprefix("NPS-")) for accession in given), default=0)
    return f"NPS-{highest + 1:06d}"

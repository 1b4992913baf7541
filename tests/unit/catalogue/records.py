"""Hypothesis strategies for records of the catalogue, and short ways to build one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nps_registry.catalogue.records import (
    ClaimRecord,
    IdentifierRecord,
    MemberRecord,
    NameRecord,
    RelationRecord,
    SourceRecord,
    StructureRecord,
    SubstanceRecord,
)
from nps_registry.vocabulary.catalogue import Agreement, Basis, SourceKind
from nps_registry.vocabulary.substance import (
    EffectGroup,
    IdentifierScheme,
    Kind,
    NameKind,
    Nature,
    Occurrence,
    Origin,
    RelationKind,
    Stereo,
)

MMC_KEY = "QDNXSIYWHYGMCD-UHFFFAOYSA-N"

_letters = st.characters(exclude_categories=["Cs", "Cc"])
texts = st.text(_letters, min_size=1, max_size=40).map(str.strip).filter(bool)
proses = (
    st.text(st.one_of(_letters, st.sampled_from('\n"\\\t\r\x7f')), min_size=1, max_size=80).map(str.strip).filter(bool)
)
accessions = st.integers(0, 999_999).map(lambda number: f"NPS-{number:06d}")
source_ids = st.sampled_from(["fda-unii", "massbank", "amber-nps"])
source_tuples = st.lists(source_ids, min_size=1, max_size=3).map(tuple)
keys = st.sampled_from(["synthetic_cathinone", "other", "n-benzyl"])
years = st.none() | st.integers(1900, 1999)

structures = st.builds(
    StructureRecord,
    smiles=st.sampled_from(["CNC(C)C(=O)c1cccc(C)c1", r"C/C=C\C", "C#N"]),
    inchi=st.just("InChI=1S/CHN/c1-2/h1H"),
    inchikey=st.just(MMC_KEY),
    formula=st.just("C11H15NO"),
    mass_da=st.floats(1, 2000).map(lambda mass: round(mass, 4)),
    stereo=st.sampled_from(Stereo),
)
other_names = st.builds(
    NameRecord,
    name=texts,
    kind=st.sampled_from([kind for kind in NameKind if kind is not NameKind.PREFERRED]),
    sources=source_tuples,
    from_year=years,
    to_year=st.none() | st.integers(2000, 2026),
    ambiguous=st.booleans(),
)
claims = st.builds(
    ClaimRecord,
    source=source_ids,
    place=st.none() | texts,
    names=st.lists(texts, max_size=3).map(tuple),
    inchikey=st.just(MMC_KEY),
    agreement=st.sampled_from(Agreement),
    stereo=st.none() | st.sampled_from(Stereo),
    basis=st.none() | st.sampled_from(Basis),
)


@st.composite
def substances(draw: st.DrawFn) -> SubstanceRecord:
    """Any substance that the format allows."""
    name = draw(texts)
    chemical = draw(st.booleans())
    preferred = NameRecord(name=name, kind=NameKind.PREFERRED, sources=draw(source_tuples))
    identifiers = st.builds(
        IdentifierRecord, scheme=st.sampled_from(IdentifierScheme), value=texts, sources=source_tuples
    )
    relations = st.builds(
        RelationRecord,
        kind=st.sampled_from(RelationKind),
        to=accessions,
        sources=source_tuples,
        comment=st.none() | proses,
    )
    return SubstanceRecord(
        accession=draw(accessions),
        name=name,
        kind=Kind.CHEMICAL if chemical else draw(st.sampled_from([kind for kind in Kind if kind is not Kind.CHEMICAL])),
        nature=draw(st.sampled_from(Nature)),
        occurrence=draw(st.sampled_from(Occurrence)),
        origin=draw(st.none() | st.sampled_from(Origin)),
        chemical_class=draw(keys if chemical else st.none() | keys),
        subclass=draw(st.none() | keys),
        effect_groups=draw(st.lists(st.sampled_from(EffectGroup), max_size=3).map(tuple)),
        comment=draw(st.none() | proses),
        conflicts=draw(st.lists(proses, max_size=2).map(tuple)),
        structure=draw(structures) if chemical else None,
        names=(preferred, *draw(st.lists(other_names, max_size=3))),
        identifiers=draw(st.lists(identifiers, max_size=2).map(tuple)),
        claims=draw(st.lists(claims, max_size=3).map(tuple)),
        relations=draw(st.lists(relations, max_size=2).map(tuple)),
        members=()
        if chemical
        else draw(st.lists(st.builds(MemberRecord, accession=accessions), max_size=2).map(tuple)),
    )


def make_source(source_id: str, *, group: str | None = None, kind: SourceKind = SourceKind.DATABASE) -> SourceRecord:
    """A source that stands alone unless *group* says otherwise."""
    return SourceRecord(id=source_id, title=source_id, publisher="-", licence="-", edition="-", kind=kind, group=group)


def make_claim(
    source: str, *names: str, agreement: Agreement = Agreement.FULL, basis: Basis | None = None
) -> ClaimRecord:
    """A claim for 3-MMC's structure."""
    return ClaimRecord(source=source, names=names, inchikey=MMC_KEY, agreement=agreement, basis=basis)


def make_substance(**changes: Any) -> SubstanceRecord:
    """3-MMC, or what *changes* make of it; a new ``name`` becomes the preferred name."""
    name = changes.pop("name", "3-MMC")
    more_names = changes.pop("more_names", ())
    fields: dict[str, Any] = {
        "accession": "NPS-000001",
        "name": name,
        "nature": "nps",
        "occurrence": "reported",
        "chemical_class": "synthetic_cathinone",
        "structure": {
            "smiles": "CNC(C)C(=O)c1cccc(C)c1",
            "inchi": "InChI=1S/C11H15NO/c1-8-5-4-6-10(7-8)11(13)9(2)12-3/h4-7,9,12H,1-3H3",
            "inchikey": MMC_KEY,
            "formula": "C11H15NO",
            "mass_da": 177.1154,
            "stereo": "undefined",
        },
        "names": [{"name": name, "kind": "preferred", "sources": ["fda-unii"]}, *more_names],
    }
    return SubstanceRecord.model_validate(fields | changes)

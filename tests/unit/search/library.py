"""A small registry in memory, made of substances that laboratories know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.reading import read
from nps_registry.search.cards import render_card
from nps_registry.search.snapshot import Entry, Snapshot
from nps_registry.store.index_rows import IndexRow, NameRow
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Kind, NameKind, Nature, Status, Stereo

# name, SMILES, further names
SUBSTANCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("3-MMC", "CNC(C)C(=O)c1cccc(C)c1", ("3-Methylmethcathinone", "Metaphedrone")),
    ("Mephedrone", "CNC(C)C(=O)c1ccc(C)cc1", ("4-MMC", "4-Methylmethcathinone")),
    ("4-MEC", "CCNC(C)C(=O)c1ccc(C)cc1", ("4-Methylethcathinone",)),
    ("Methylone", "CNC(C)C(=O)c1ccc2OCOc2c1", ("bk-MDMA", "βk-MDMA")),
    ("α-PVP", "CCCC(N1CCCC1)C(=O)c1ccccc1", ("alpha-Pyrrolidinovalerophenone",)),
    ("2-FMA", "CNC(C)Cc1ccccc1F", ("2-Fluoromethamphetamine",)),
    ("4-FMA", "CNC(C)Cc1ccc(F)cc1", ("4-Fluoromethamphetamine",)),
    ("MDMA", "CNC(C)Cc1ccc2OCOc2c1", ("Ecstasy", "3,4-Methylenedioxymethamphetamine")),
    ("(R)-MDMA", "CN[C@H](C)Cc1ccc2OCOc2c1", ()),
    ("JWH-018", "CCCCCn1cc(C(=O)c2cccc3ccccc23)c2ccccc12", ("AM-678",)),
    ("JWH-081", "CCCCCn1cc(C(=O)c2ccc(OC)c3ccccc23)c2ccccc12", ()),
    ("5F-MDMB-PICA", "COC(=O)C(NC(=O)c1cn(CCCCCF)c2ccccc12)C(C)(C)C", ("5F-MDMB-2201",)),
    ("ADB-BUTINACA", "CCCCn1nc(C(=O)NC(C(N)=O)C(C)(C)C)c2ccccc12", ("ADB-BINACA",)),
    ("Fentanyl", "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1", ()),
    ("para-Fluorofentanyl", "CCC(=O)N(c1ccc(F)cc1)C1CCN(CCc2ccccc2)CC1", ("4-Fluorofentanyl", "pFF")),
    ("Isotonitazene", "CCN(CC)CCn1c(Cc2ccc(OC(C)C)cc2)nc2cc([N+](=O)[O-])ccc12", ()),
    ("Metonitazene", "CCN(CC)CCn1c(Cc2ccc(OC)cc2)nc2cc([N+](=O)[O-])ccc12", ()),
    ("Ketamine", "CNC1(c2ccccc2Cl)CCCCC1=O", ()),
    ("2F-Ketamine", "CNC1(c2ccccc2F)CCCCC1=O", ("2-Fluorodeschloroketamine", "2F-DCK")),
    ("Phencyclidine", "C1CCC(CC1)(c1ccccc1)N1CCCCC1", ("PCP",)),
    ("Bromazolam", "Cc1nnc2CN=C(c3ccccc3)c3cc(Br)ccc3-n12", ()),
    ("4-HO-MET", "CCN(C)CCc1c[nH]c2cccc(O)c12", ("Metocin", "4-Hydroxy-N-methyl-N-ethyltryptamine")),
    ("2C-B", "COc1cc(Br)c(OC)cc1CCN", ("4-Bromo-2,5-dimethoxyphenethylamine", "Nexus")),
    ("4,4'-DMAR", "CC1N=C(N)OC1c1ccc(C)cc1", ()),
    ("U-47700", "CN(C)C1CCCCC1N(C)C(=O)c1ccc(Cl)c(Cl)c1", ()),
)
_NO_STRUCTURE = ("", b"", b"")


@lru_cache(maxsize=256)
def make_row(
    number: int,
    name: str,
    smiles: str = "",
    others: tuple[str, ...] = (),
    *,
    stereo: Stereo | None = None,
    status: Status = Status.LISTED,
    nature: Nature = Nature.NPS,
    cas: tuple[str, ...] = (),
) -> IndexRow:
    """One substance as the store would hand it over."""
    bare = IndexRow(
        number, f"NPS-{number:06d}", name, Kind.MATERIAL, nature, status, *(None,) * 8, "other", *_NO_STRUCTURE, (), cas
    )
    names = ((name, NameKind.PREFERRED), *((other, NameKind.SYNONYM) for other in others))
    row = replace(bare, names=tuple(NameRow(text, fold(text), kind) for text, kind in names))
    if not smiles:
        return row
    reading = read(smiles, stereo)
    identity, parent = reading.identity, reading.standardised.parent
    return replace(
        row,
        kind=Kind.CHEMICAL,
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        skeleton=identity.skeleton,
        tautomer_key=identity.tautomer_key,
        stereo=identity.stereo,
        formula=identity.formula,
        mass_da=identity.mass_da,
        recipe=MORGAN.id,
        fingerprint=fingerprint(parent),
        pattern_fingerprint=pattern_fingerprint(parent),
    )


def snapshot_of(rows: Iterable[IndexRow], hidden: frozenset[int] = frozenset()) -> Snapshot:
    """The snapshot of *rows*; those with ids *hidden* are not public."""
    return Snapshot.of([Entry(row, row.id not in hidden, render_card(row)) for row in rows], 1, MORGAN)


@lru_cache(maxsize=1)
def library() -> Snapshot:
    """All of :data:`SUBSTANCES`, numbered from 1, and a material without a structure."""
    rows = [make_row(number, *each) for number, each in enumerate(SUBSTANCES, 1)]
    return snapshot_of([*rows, make_row(900, "Starch", others=("Corn starch",))])


def position_of(snapshot: Snapshot, name: str) -> int:
    """Where the substance with the preferred *name* stands."""
    return next(position for position, entry in enumerate(snapshot.entries) if entry.name == name)

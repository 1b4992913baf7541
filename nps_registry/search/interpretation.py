"""What somebody typed into the one search box: a name, a number, a formula or a structure.

Many short names are also formulae or SMILES (PCP, CBN, PVP), so a name that some substance carries is a
name, whatever else it could be; a text that only chemistry would write is read as chemistry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nps_registry.chemistry.masses import parse_formula
from nps_registry.chemistry.structure import parse
from nps_registry.errors import InvalidInput, UnreadableStructure
from nps_registry.search.snapshot import Snapshot
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.reference import REFERENCE_SHAPE
from nps_registry.vocabulary.search import TextSort

_CATALOGUE_ACCESSION = re.compile(r"NPS[- ]?(\d{1,6})", re.IGNORECASE)
_CAS = re.compile(r"(?:CAS(?: ?RN)?[ :]*)?(\d{2,7})(-?)(\d{2})\2(\d)", re.IGNORECASE)
_INCHIKEY = re.compile(r"(?:InChIKey=)?([A-Z]{14}-[A-Z]{10}-[A-Z])")
_FORMULA = re.compile(r"C\d*H\d*(?:[A-Z][a-z]?\d*)*|(?=.*\d)(?:[A-Z][a-z]?\d*)*H\d*(?:[A-Z][a-z]?\d*)*")
_SPACED_FORMULA = re.compile(r"[A-Z][a-z]?\d*(?: [A-Z][a-z]?\d*)+")
_ELEMENT = re.compile(r"[A-Z][a-z]?")
_ONLY_IN_STRUCTURES = re.compile(r"[=#@\[\]\\]|[A-Za-z]\d?\([A-Za-z=#\[]")
_BREAKS_OFF = re.compile(r"(?=.*\($|(?=.{5}).*[BCNOPSbcnops]\d[A-Za-z(])(?:Cl|Br|[BCNOPSFIbcnops\d().])+")
"""Atoms and digits as in a SMILES, with a ring begun in their midst or a branch at their end: ``c1cccc``, ``C1CC(``."""
_SHORTEST_SMILES = 3


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What *text* is, in the form in which it is looked up."""

    sort: TextSort
    text: str


def interpret(snapshot: Snapshot, text: str) -> Interpretation:
    """What *text* most likely is, seen the names of *snapshot*."""
    typed = text.strip()
    number = _read_number(typed)
    if number is not None:
        return number
    if typed.startswith("InChI="):
        return Interpretation(TextSort.INCHI, typed)
    if snapshot.names.carries(fold(typed)):
        return Interpretation(TextSort.NAME, typed)
    formula = typed.replace(" ", "") if _SPACED_FORMULA.fullmatch(typed) else typed
    if _is_formula(formula):
        return Interpretation(TextSort.FORMULA, formula)
    if _is_smiles(typed):
        return Interpretation(TextSort.SMILES, typed)
    return Interpretation(TextSort.NAME, typed)


def _read_number(typed: str) -> Interpretation | None:
    """An accession, a CAS number or an InChIKey, whose shapes nothing else has."""
    accession = _CATALOGUE_ACCESSION.fullmatch(typed)
    if accession:
        return Interpretation(TextSort.ACCESSION, f"NPS-{int(accession[1]):06d}")
    if REFERENCE_SHAPE.fullmatch(typed.upper()):
        return Interpretation(TextSort.ACCESSION, typed.upper())
    cas = _CAS.fullmatch(typed)
    if cas:
        return Interpretation(TextSort.CAS, f"{cas[1]}-{cas[3]}-{cas[4]}")
    key = _INCHIKEY.fullmatch(typed)
    return Interpretation(TextSort.INCHIKEY, key[1]) if key else None


def _is_formula(typed: str) -> bool:
    """Whether *typed* is a formula with hydrogen in which no element comes twice, as it does in a SMILES."""
    if not _FORMULA.fullmatch(typed):
        return False
    elements = _ELEMENT.findall(typed)
    try:
        parse_formula(typed)
    except InvalidInput:
        return False
    return len(elements) == len(set(elements))


def _is_smiles(typed: str) -> bool:
    """Whether *typed* is written as only a structure is, even a broken one, or can be read as one."""
    if "\n" in typed or " " in typed or len(typed) < _SHORTEST_SMILES:
        return False
    if _ONLY_IN_STRUCTURES.search(typed) and "-" not in typed.strip("-"):
        return True
    if _BREAKS_OFF.fullmatch(typed):
        return True
    try:
        parse(typed)
    except UnreadableStructure:
        return False
    return True

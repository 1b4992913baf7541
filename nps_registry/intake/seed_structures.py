"""What is derived once, at load, from an entry's structure: drawing, molfile, fingerprints, keys.

The file's identity (SMILES, InChI, stereo) is trusted as the lint verified it; only formula and mass are
compared, which costs next to nothing and finds a file whose parts were not changed together.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.records import StructureRecord, SubstanceRecord
from nps_registry.chemistry.depict import depict
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.identity import tautomer_key
from nps_registry.chemistry.masses import hill_formula, monoisotopic_mass_da
from nps_registry.chemistry.positions import positional_key_of
from nps_registry.chemistry.structure import parse
from nps_registry.errors import CatalogueFault, UnreadableStructure
from nps_registry.localisation import gettext as _

MASS_TOLERANCE_DA = 0.0006
"""Files hold four decimals; beyond that the mass is of another structure."""

VERSION = "1"
"""Part of every digest below: raise it when what is derived here changes."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from one structure.

    Attributes:
        columns: of ``substance``.
        rendering: columns of ``rendering``.
    """

    columns: dict[str, Any]
    rendering: dict[str, Any]


def digest_of_scaffolds(rules: ClassRules) -> dict[str, str]:
    """The scaffold of each class as text, by key."""
    return {compiled.record.key: compiled.record.scaffold or "" for compiled in rules.classes}


def drawn_from(record: SubstanceRecord, structure: StructureRecord, scaffold: str) -> str:
    """SHA-256 of all that :func:`derive` depends on."""
    parts = (VERSION, MORGAN.id, structure.smiles, structure.stereo.value, scaffold, record.name)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def derive(record: SubstanceRecord, structure: StructureRecord, rules: ClassRules, digest: str) -> Derived:
    """Derive all that is stored of *structure*.

    Raises:
        CatalogueFault: the SMILES cannot be read, or has another formula or mass than the file says.
    """
    try:
        mol = parse(structure.smiles).mol
    except UnreadableStructure as refusal:
        raise _fault(record, refusal.detail) from None
    formula, mass_da = hill_formula(mol), monoisotopic_mass_da(mol)
    if formula != structure.formula or abs(mass_da - structure.mass_da) > MASS_TOLERANCE_DA:
        told = {"formula": formula, "mass": mass_da}
        raise _fault(record, _("its SMILES is of %(formula)s with %(mass).4f Da") % told)
    scaffold = rules.scaffold(record.chemical_class) if record.chemical_class else None
    drawn = depict(mol, scaffold=scaffold, title=record.name, name=record.accession)
    return Derived(
        columns={"mass_da": mass_da, "tautomer_key": tautomer_key(mol)},
        rendering={
            "drawn_from": digest,
            "svg": drawn.svg,
            "molblock": drawn.molblock,
            "positional_key": hashlib.sha256(positional_key_of(mol).encode()).hexdigest()[:32],
            "recipe": MORGAN.id,
            "fingerprint": fingerprint(mol),
            "pattern_fingerprint": pattern_fingerprint(mol),
        },
    )


def _fault(record: SubstanceRecord, reason: str) -> CatalogueFault:
    return CatalogueFault(
        _("%(accession)s (%(name)s) cannot be loaded: %(reason)s. Run: nps-registry catalogue lint")
        % {"accession": record.accession, "name": record.name, "reason": reason}
    )

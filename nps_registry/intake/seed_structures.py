"""What a record gives of its structure, and from which digest on it has to be derived anew."""

from __future__ import annotations

import hashlib

from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.intake.derivation import VERSION, Given


def given_by(record: SubstanceRecord, scaffold: str) -> Given | None:
    """What *record* gives; nothing where it has no structure. *scaffold* is its class's, as the file has it."""
    structure = record.structure
    if structure is None:
        return None
    parts = (VERSION, structure.smiles, structure.stereo.value, scaffold, record.name)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Given(
        accession=record.accession,
        name=record.name,
        smiles=structure.smiles,
        formula=structure.formula,
        mass_da=structure.mass_da,
        chemical_class=record.chemical_class or "",
        digest=digest,
    )

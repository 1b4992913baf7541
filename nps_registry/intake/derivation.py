"""What is derived once, at load, from an entry's structure: drawing, molfile, fingerprints, keys.

The file's identity (SMILES, InChI, stereo) is trusted as the lint verified it; only formula and mass are
compared, which costs next to nothing and finds a file whose parts were not changed together.

This module imports chemistry and no catalogue: each process of a workshop loads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nps_registry.chemistry.depict import depict, lay_out_scaffold
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.identity import tautomer_key_of_canonical
from nps_registry.chemistry.masses import hill_formula, monoisotopic_mass_da
from nps_registry.chemistry.positions import positional_key_of
from nps_registry.chemistry.screening import Mol
from nps_registry.chemistry.stored import restore, write_smiles
from nps_registry.errors import CatalogueFault
from nps_registry.localisation import gettext as _

MASS_TOLERANCE_DA = 0.0006
"""Files hold four decimals; beyond that the mass is of another structure."""

VERSION = f"3 {MORGAN.id}"
"""Part of every digest of what is derived: raise its number when what is derived here changes."""

Scaffolds = Mapping[str, Mol]
"""The core that drawings of a class are aligned to, by the class's key."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an entry's file says of its structure, as far as deriving goes; small enough to send to a process.

    Attributes:
        digest: SHA-256 of all that :func:`derive` depends on.
    """

    accession: str
    name: str
    smiles: str
    formula: str
    mass_da: float
    chemical_class: str
    digest: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from one structure.

    Attributes:
        columns: of ``substance``.
        rendering: columns of ``rendering``.
    """

    columns: dict[str, Any]
    rendering: dict[str, Any]


def lay_out_all(scaffolds: Scaffolds) -> Scaffolds:
    """*scaffolds* laid out, once for all structures that are aligned to them.

    Done where they are used: coordinates lose digits on their way to another process.
    """
    return {key: lay_out_scaffold(scaffold) for key, scaffold in scaffolds.items()}


def derive_all(given: Sequence[Given], scaffolds: Scaffolds) -> list[Derived]:
    """Derive what is stored of each, in order.

    Raises:
        CatalogueFault: a SMILES cannot be read, or has another formula or mass than its file says.
    """
    return [derive(each, scaffolds.get(each.chemical_class)) for each in given]


def derive(given: Given, scaffold: Mol | None) -> Derived:
    """Derive all that is stored of one structure.

    Raises:
        CatalogueFault: the SMILES cannot be read, or has another formula or mass than its file says.
    """
    try:
        mol = restore(given.smiles)
    except ValueError:
        raise _fault(given, _("its SMILES cannot be read")) from None
    formula, mass_da = hill_formula(mol), monoisotopic_mass_da(mol)
    if formula != given.formula or abs(mass_da - given.mass_da) > MASS_TOLERANCE_DA:
        told = {"formula": formula, "mass": mass_da}
        raise _fault(given, _("its SMILES is of %(formula)s with %(mass).4f Da") % told)
    drawn = depict(mol, scaffold=scaffold, title=given.name, name=given.accession)
    return Derived(
        columns={"mass_da": mass_da, "tautomer_key": _tautomer_key(mol, given.smiles)},
        rendering={
            "drawn_from": given.digest,
            "svg": drawn.svg,
            "molblock": drawn.molblock,
            "positional_key": positional_digest(mol),
            "recipe": MORGAN.id,
            "fingerprint": fingerprint(mol),
            "pattern_fingerprint": pattern_fingerprint(mol),
        },
    )


def _tautomer_key(mol: Mol, smiles: str) -> str:
    """The key of *mol*, which was read from *smiles*: where that is flat and canonical, it need not be read again."""
    flat = write_smiles(mol)
    return tautomer_key_of_canonical(mol if flat == smiles else restore(flat))


def positional_digest(mol: Mol) -> str:
    """What positional isomers share, short enough to be looked up by."""
    return hashlib.sha256(positional_key_of(mol).encode()).hexdigest()[:32]


def _fault(given: Given, reason: str) -> CatalogueFault:
    return CatalogueFault(
        _("%(accession)s (%(name)s) cannot be loaded: %(reason)s. Run: nps-registry catalogue lint")
        % {"accession": given.accession, "name": given.name, "reason": reason}
    )

"""Which substance a structure is: the full standard InChI together with what is stated of stereochemistry.

An InChI cannot tell a racemate from one enantiomer or from a centre left open, so the statement
stands beside it. For ``racemic`` and ``relative`` the InChI is the smaller, as text, of the enantiomer
pair, whichever of the two was drawn.

The words mean, of the parent:

- ``achiral``: every stereo element is given (or there is none) and the mirror image is the same. A meso
  compound with all centres given and an (E)-alkene are achiral.
- ``absolute``: every element is given and the mirror image is another substance.
- ``racemic``, ``relative``: one stereo group (``&`` or ``o`` of enhanced stereochemistry) over all centres.
- ``mixture``: some centres are given, others are both.
- ``undefined``: at least one element is open.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem import rdMolHash

from nps_registry.chemistry.masses import hill_formula, monoisotopic_mass_da
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.chemistry.stereo import Configured, settle_stereo
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.substance import Stereo


@dataclass(frozen=True, slots=True)
class Identity:
    """A substance's identity and what is derived from its structure alone.

    Attributes:
        smiles: canonical isomeric SMILES of the parent, with its stereo group as CXSMILES where it has one.
        inchi: standard InChI; with *stereo* it is the identity.
        inchikey: an index on the InChI, no key.
        skeleton: first block of the InChIKey: connectivity alone.
        stereo: what is stated about stereochemistry.
        formula: Hill formula, with the charge behind it where there is one.
        mass_da: monoisotopic mass in dalton.
        tautomer_key: equal for tautomers, whatever their stereochemistry.
    """

    smiles: str
    inchi: str
    inchikey: str
    skeleton: str
    stereo: Stereo
    formula: str
    mass_da: float
    tautomer_key: str

    @property
    def key(self) -> tuple[str, Stereo]:
        """What two records of the same substance share and no others do."""
        return self.inchi, self.stereo


def identify(parent: Chem.Mol, stated: Stereo | None = None) -> Identity:
    """The identity of a standardised *parent*.

    Args:
        parent: as :func:`nps_registry.chemistry.standardise.standardise` gives it.
        stated: what somebody says of its stereochemistry, where the drawing cannot say it.

    Raises:
        UnreadableStructure: no InChI can be computed, or *stated* contradicts the drawing.
    """
    configured: Configured = settle_stereo(parent, stated)
    inchikey = configured.inchi.key
    if not inchikey:
        raise UnreadableStructure(_("No InChIKey can be computed for this structure, so it cannot be identified."))
    return Identity(
        smiles=configured.smiles,
        inchi=configured.inchi.text,
        inchikey=inchikey,
        skeleton=inchikey[:14],
        stereo=configured.stereo,
        formula=hill_formula(parent),
        mass_da=monoisotopic_mass_da(parent),
        tautomer_key=tautomer_key(parent),
    )


def tautomer_key(parent: Chem.Mol) -> str:
    """A text of 32 characters, equal for tautomers: connectivity without mobile hydrogens and double bonds.

    A digest of RDKit's ``HetAtomTautomerv2`` hash of the structure without stereochemistry, so it
    is as stable as that hash is between releases of RDKit.
    """
    # The hash depends on the order of the atoms in rare cases, so it is taken in the canonical one.
    with captured_log():
        flat = Chem.MolFromSmiles(Chem.MolToSmiles(parent, isomericSmiles=False))
    if flat is None:
        raise UnreadableStructure(_("This structure cannot be written as a SMILES, so it cannot be identified."))
    return tautomer_key_of_canonical(flat)


def tautomer_key_of_canonical(flat: Chem.Mol) -> str:
    """The same key, of a structure without stereochemistry that was read from its canonical SMILES."""
    hashed = rdMolHash.MolHash(flat, rdMolHash.HashFunction.HetAtomTautomerv2)
    return hashlib.sha256(hashed.encode()).hexdigest()[:32]

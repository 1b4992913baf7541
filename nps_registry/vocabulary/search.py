"""Terms of the questions that search answers."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class Fingerprint(Term):
    """How a structure is turned into bits before two are compared."""

    MORGAN = "morgan", _("Morgan, radius 2")
    FEATURE_MORGAN = "feature_morgan", _("Morgan of pharmacophore features, radius 2")
    RDKIT = "rdkit", _("RDKit paths")
    ATOM_PAIR = "atom_pair", _("Atom pairs")
    TOPOLOGICAL_TORSION = "topological_torsion", _("Topological torsions")
    MACCS = "maccs", _("MACCS keys")


class Metric(Term):
    """How two sets of bits are compared; every metric is 1 for equal sets and 0 for disjoint ones."""

    TANIMOTO = "tanimoto", _("Tanimoto")
    DICE = "dice", _("Dice")
    COSINE = "cosine", _("Cosine")
    TVERSKY = "tversky", _("Tversky")


class TextSort(Term):
    """What somebody may have typed into the one search box."""

    NAME = "name", _("Name")
    ACCESSION = "accession", _("Accession")
    CAS = "cas", _("CAS Registry Number")
    INCHIKEY = "inchikey", _("InChIKey")
    INCHI = "inchi", _("InChI")
    SMILES = "smiles", _("SMILES")
    FORMULA = "formula", _("Molecular formula")

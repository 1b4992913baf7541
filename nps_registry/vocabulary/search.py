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


class PatternForm(Term):
    """How one line of a pattern is read."""

    SMARTS = "smarts", _("SMARTS")
    STRUCTURE = "structure", _("A structure; what it leaves open may be anything")


class TextSort(Term):
    """What somebody may have typed into the one search box."""

    NAME = "name", _("Name")
    ACCESSION = "accession", _("Accession")
    CAS = "cas", _("CAS Registry Number")
    INCHIKEY = "inchikey", _("InChIKey")
    INCHI = "inchi", _("InChI")
    SMILES = "smiles", _("SMILES")
    MOLFILE = "molfile", _("Molfile")
    FORMULA = "formula", _("Molecular formula")


class RowMatch(Term):
    """How a substance answers a row of a batch, the surest first."""

    EXACT = "exact", _("This very substance")
    STEREO_VARIANT = "stereo_variant", _("Another stereochemistry of it")
    SAME_SKELETON = "same_skeleton", _("The same skeleton")
    TAUTOMER = "tautomer", _("A tautomer")
    NAME = "name", _("Carries the name")
    NEARLY_NAME = "nearly_name", _("Carries nearly that name")
    FORMULA = "formula", _("Has the formula")
    SIMILAR = "similar", _("The most similar one listed")
    NONE = "none", _("Nothing found")
    ERROR = "error", _("Cannot be read")


class ListForm(Term):
    """The form of a list that is searched for."""

    LINES = "lines", _("One structure or name a line")
    SMILES = "smiles", _("A SMILES file")
    TABLE = "table", _("A table with a header (CSV)")
    SDF = "sdf", _("An SDF")


class FileForm(Term):
    """The forms in which a result can be downloaded."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel")
    SDF = "sdf", _("SDF")
    JSON = "json", _("JSON")
    PARQUET = "parquet", _("Parquet")

"""Terms of the catalogue's files: what a source is, what a claim says, how far a control reaches."""

from __future__ import annotations

from collections.abc import Iterable

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class SourceKind(Term):
    """What sort of source a source is."""

    DATABASE = "database", _("Database")
    SPECTRAL_LIBRARY = "spectral_library", _("Spectral library")
    CONTROL_LIST = "control_list", _("Control list")
    PUBLICATION = "publication", _("Publication")
    CITED = "cited", _("Publication cited from knowledge, not yet read against the entry")
    NOMENCLATURE = "nomenclature", _("Nomenclature or generator of names")
    CURATION = "curation", _("Curator's knowledge of the field")

    @property
    def is_evidence(self) -> bool:
        """Whether a claim of such a source can support a structure.

        A generated name is derived from the structure, and a curator's choice of words rests on
        other sources: neither proves a structure. A publication that was cited and not opened says
        where to look; it counts once somebody has read it against the entry.
        """
        return self not in (SourceKind.NOMENCLATURE, SourceKind.CURATION, SourceKind.CITED)


class Agreement(Term):
    """How far the structure that a source gives agrees with the entry's structure."""

    FULL = "full", _("The same structure, stereochemistry included")
    FLAT = "flat", _("The same skeleton, stereochemistry not stated")
    SKELETON = "skeleton", _("The same skeleton, stereochemistry stated differently")


class Basis(Term):
    """On what a laboratory's own finding of a structure rests."""

    REFERENCE_STANDARD = "reference_standard", _("Reference standard")
    NMR = "nmr", _("Nuclear magnetic resonance")


class ControlScope(Term):
    """What an entry of a control list covers beside the substance itself."""

    ISOMERS = "isomers", _("Isomers")
    STEREOISOMERS = "stereoisomers", _("Stereoisomers")
    SALTS = "salts", _("Salts")
    ESTERS = "esters", _("Esters")
    ETHERS = "ethers", _("Ethers")
    SALTS_OF_ISOMERS = "salts_of_isomers", _("Salts of isomers")
    SALTS_OF_ESTERS_AND_ETHERS = "salts_of_esters_and_ethers", _("Salts of esters and ethers")
    DERIVATIVES = "derivatives", _("Derivatives")
    ANALOGUES = "analogues", _("Analogues")
    INTERMEDIATES = "intermediates", _("Intermediates")
    PREPARATIONS = "preparations", _("Preparations")


def words_of_scope(keys: Iterable[str]) -> list[str]:
    """*keys* of what an entry covers as they stand within a sentence; what is no key of ours is left out."""
    return [ControlScope(key).label.lower() for key in keys if key in set(ControlScope)]

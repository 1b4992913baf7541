"""Terms that describe a substance."""

from __future__ import annotations

from enum import StrEnum

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class Kind(Term):
    """What sort of thing an entry is; only ``chemical`` has one structure."""

    CHEMICAL = "chemical", _("Chemical substance")
    MATERIAL = "material", _("Material without one structure")
    ISOMER_GROUP = "isomer_group", _("Group of isomers")
    DEFINED_MIXTURE = "defined_mixture", _("Defined mixture")
    BOTANICAL = "botanical", _("Plant or fungus")
    PREPARATION = "preparation", _("Named preparation")


class Stereo(Term):
    """What is stated about stereochemistry. Racemic and undefined are two different statements."""

    ACHIRAL = "achiral", _("Achiral")
    ABSOLUTE = "absolute", _("Absolute configuration stated")
    RACEMIC = "racemic", _("Racemate")
    RELATIVE = "relative", _("Relative configuration stated")
    UNDEFINED = "undefined", _("Configuration not stated")
    MIXTURE = "mixture", _("Mixture of stereoisomers")


class Nature(Term):
    """What the entry is in this registry; only ``nps`` counts as a new psychoactive substance."""

    NPS = "nps", _("New psychoactive substance")
    CONTROLLED_CLASSIC = "controlled_classic", _("Internationally controlled classic")
    MEDICINE = "medicine", _("Medicine")
    METABOLITE = "metabolite", _("Metabolite")
    PRECURSOR = "precursor", _("Precursor")
    ADULTERANT = "adulterant", _("Adulterant or cutting agent")


def name_with_nature(name: str, nature: Nature) -> str:
    """*name*, and what it is where that is no new psychoactive substance: this registry is about those."""
    return name if nature is Nature.NPS else f"{name} ({nature.label})"


class Occurrence(Term):
    """Why the entry is here: met by laboratories, named by a control list, or known from literature only."""

    REPORTED = "reported", _("Reported by laboratories")
    CONTROLLED = "controlled", _("Named in a control list")
    LITERATURE_ONLY = "literature_only", _("Known from literature only")


class Status(Term):
    """Where the entry stands in the registry."""

    LISTED = "listed", _("Listed")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed: one source only")
    PROVISIONAL = "provisional", _("Provisional: first seen by laboratories of this registry")
    MERGED = "merged", _("Merged into another entry")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EntryChange(Term):
    """What happened to an entry, as its history tells it."""

    ENTERED = "entered", _("entered the registry")
    LISTED = "listed", _("listed by this registry's curators")
    WITHDRAWN = "withdrawn", _("withdrawn")
    STATUS = "status", _("status")
    NAME = "name", _("preferred name")
    NAMES = "names", _("names")
    STRUCTURE = "structure", _("structure")
    CHEMICAL_CLASS = "chemical_class", _("class")
    EFFECTS = "effects", _("effect groups")
    NATURE = "nature", _("nature or occurrence")
    EVIDENCE = "evidence", _("evidence grade")
    CONFLICTS = "conflicts", _("where sources disagree")
    COMMENT = "comment", _("remarks")


class Evidence(Term):
    """Evidence grade, derived from claims and never typed."""

    A = "A", _("Two or more independent sources give this structure for this name")
    B = "B", _("One source gives the structure for the name, an independent second one the structure")
    C = "C", _("One source only")


class EffectGroup(Term):
    """UNODC's six effect groups."""

    STIMULANT = "stimulant", _("Stimulant")
    SYNTHETIC_OPIOID = "synthetic_opioid", _("Synthetic opioid")
    SYNTHETIC_CANNABINOID_RECEPTOR_AGONIST = (
        "synthetic_cannabinoid_receptor_agonist",
        _("Synthetic cannabinoid receptor agonist"),
    )
    DISSOCIATIVE = "dissociative", _("Dissociative")
    CLASSIC_HALLUCINOGEN = "classic_hallucinogen", _("Classic hallucinogen")
    SEDATIVE_HYPNOTIC = "sedative_hypnotic", _("Sedative or hypnotic")
    UNASSIGNED = "unassigned", _("Not assigned")


class Origin(Term):
    """Where the substance comes from: a facet, not a class."""

    SYNTHETIC = "synthetic", _("Synthetic")
    SEMI_SYNTHETIC = "semi_synthetic", _("Semi-synthetic")
    NATURAL = "natural", _("Natural")


class NameKind(Term):
    """What sort of name a name is."""

    PREFERRED = "preferred", _("Preferred name")
    SYSTEMATIC = "systematic", _("Systematic name")
    ABBREVIATION = "abbreviation", _("Abbreviation")
    SYNONYM = "synonym", _("Synonym")
    TRADE = "trade", _("Trade name")
    STREET = "street", _("Street name")
    GENERATED = "generated", _("Generated from the structure")


class IdentifierScheme(Term):
    """Identifiers that other registries give."""

    CAS = "cas", _("CAS Registry Number")
    PUBCHEM = "pubchem", _("PubChem CID")
    UNII = "unii", _("UNII")
    WIKIDATA = "wikidata", _("Wikidata")


class RelationKind(Term):
    """How one substance stands to another."""

    STEREO_VARIANT = "stereo_variant", _("Stereochemical variant of the same skeleton")
    POSITIONAL_ISOMER = "positional_isomer", _("Positional isomer")
    METABOLITE_OF = "metabolite_of", _("Metabolite of")
    PRECURSOR_OF = "precursor_of", _("Precursor of")
    ESTER_OF = "ester_of", _("Ester of")
    MEMBER = "member", _("Member of this group or mixture")
    SUPERSEDED_NAME_OF = "superseded_name_of", _("Listed earlier under another name")


class Jurisdiction(StrEnum):
    """Whose control list: the treaties, or a country by ISO 3166-1 alpha-2."""

    UN = "UN"
    DE = "DE"
    CN = "CN"
    CA = "CA"
    US = "US"

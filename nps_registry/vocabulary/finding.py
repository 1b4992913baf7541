"""Terms of what a laboratory found: event, item, detection."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term

MOST_MZ, MOST_PPM = 2_000.0, 100.0
"""Of a measured m/z and its accuracy: beyond these a mass tells no substance from others."""


class EventType(Term):
    """What happened. Wastewater is kept apart and never added to event counts."""

    SEIZURE = "seizure", _("Seizure")
    COLLECTED_SAMPLE = "collected_sample", _("Collected sample")
    TEST_PURCHASE = "test_purchase", _("Test purchase")
    TOXICOLOGY_CASE = "toxicology_case", _("Toxicology case")
    SERIOUS_ADVERSE_EVENT = "serious_adverse_event", _("Serious adverse event")
    WASTEWATER = "wastewater", _("Wastewater sample")


class Setting(Term):
    """Where it happened."""

    BORDER = "border", _("Border")
    POST = "post", _("Post")
    PRISON = "prison", _("Prison")
    POLICE = "police", _("Police")
    FESTIVAL = "festival", _("Festival")
    NIGHTLIFE = "nightlife", _("Nightlife")
    INTERNET = "internet", _("Internet")
    SHOP = "shop", _("Shop")
    HEALTH_CARE = "health_care", _("Health care")
    DRUG_CHECKING = "drug_checking", _("Drug checking")
    CLANDESTINE_LABORATORY = "clandestine_laboratory", _("Clandestine laboratory")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Form(Term):
    """The physical form of an item."""

    POWDER = "powder", _("Powder")
    CRYSTALS = "crystals", _("Crystals")
    TABLET = "tablet", _("Tablet")
    CAPSULE = "capsule", _("Capsule")
    BLOTTER = "blotter", _("Blotter")
    LIQUID = "liquid", _("Liquid")
    E_LIQUID = "e_liquid", _("E-liquid")
    VAPE_CARTRIDGE = "vape_cartridge", _("Vape cartridge")
    NASAL_SPRAY = "nasal_spray", _("Nasal spray")
    PLANT_MATERIAL = "plant_material", _("Plant material")
    EDIBLE = "edible", _("Edible")
    RESIN = "resin", _("Resin")
    PAPER = "paper", _("Paper")
    RESIDUE = "residue", _("Residue")
    GAS = "gas", _("Gas")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Specimen(Term):
    """The biological specimen of an item."""

    BLOOD = "blood", _("Blood")
    SERUM = "serum", _("Serum")
    URINE = "urine", _("Urine")
    ORAL_FLUID = "oral_fluid", _("Oral fluid")
    HAIR = "hair", _("Hair")
    VITREOUS = "vitreous", _("Vitreous humour")
    TISSUE = "tissue", _("Tissue")


class DetectionRole(Term):
    """How much of the item a detected substance is."""

    MAJOR = "major", _("Major component")
    MINOR = "minor", _("Minor component")
    TRACE = "trace", _("Trace")
    NOT_QUANTIFIED = "not_quantified", _("Not quantified")


class Result(Term):
    """What the analysis says."""

    POSITIVE = "positive", _("Positive")
    UNCERTAIN = "uncertain", _("Uncertain")
    NEGATIVE = "negative", _("Negative")


class PurityBasis(Term):
    """What a purity figure is calculated as."""

    BASE = "base", _("As base")
    SALT = "salt", _("As salt")


class PurityPer(Term):
    """What a purity figure is a share or an amount of."""

    MASS = "mass", _("Per mass")
    UNIT = "unit", _("Per unit")


class Match(Term):
    """How a detection met the registry."""

    EXACT = "exact", _("Known substance")
    STEREO_VARIANT = "stereo_variant", _("Stereochemical variant of a known substance")
    NEW = "new", _("Not in the registry before")
    NAME = "name", _("Recognised by name")
    PARTIAL = "partial", _("Partly identified")
    NONE = "none", _("Not recognised")


class CaseType(Term):
    """The sort of toxicology case."""

    CLINICAL_ADMISSION = "clinical_admission", _("Clinical admission")
    DUID = "duid", _("Driving under the influence")
    DFSA = "dfsa", _("Drug-facilitated sexual assault")
    POST_MORTEM = "post_mortem", _("Post-mortem case")


class Outcome(Term):
    """How a toxicology case ended."""

    RECOVERED = "recovered", _("Recovered")
    SEVERE = "severe", _("Severe")
    FATAL = "fatal", _("Fatal")
    UNKNOWN = "unknown", _("Unknown")


class Causality(Term):
    """What part a detected substance had in a case."""

    CAUSAL = "causal", _("Causal")
    CONTRIBUTORY = "contributory", _("Contributory")
    INCIDENTAL = "incidental", _("Incidental")
    UNKNOWN = "unknown", _("Unknown")


class AgeBand(Term):
    """Age of the person concerned, in bands."""

    UNDER_15 = "under_15", _("Under 15")
    FROM_15_TO_24 = "15_24", _("15 to 24")
    FROM_25_TO_34 = "25_34", _("25 to 34")
    FROM_35_TO_44 = "35_44", _("35 to 44")
    FROM_45_TO_64 = "45_64", _("45 to 64")
    FROM_65 = "65_over", _("65 and over")
    UNKNOWN = "unknown", _("Unknown")


class Sex(Term):
    """Sex of the person concerned."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")

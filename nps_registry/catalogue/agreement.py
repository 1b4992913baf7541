"""How far the class rules agree with the classes that the sources themselves give.

A source's classes are coarser than the catalogue's: each of its labels stands for the classes that
count as agreement. Labels that some rule made are no evidence and are not listed here.
"""

from __future__ import annotations

from collections.abc import Mapping

from nps_registry.catalogue.classes import RESIDUE
from nps_registry.catalogue.records import SubstanceRecord

SOURCE_CLASSES: Mapping[str, Mapping[str, frozenset[str]]] = {
    # The groups of the European Union's drugs agency; "Unknown" is no class.
    "amber-nps": {
        "Aminoindanes": frozenset({"aminoindane"}),
        "Arylalkylamines": frozenset({"arylalkylamine"}),
        "Arylcyclohexylamines": frozenset({"arylcyclohexylamine"}),
        "Benzodiazepines": frozenset({"benzodiazepine"}),
        "Cannabinoids": frozenset({"synthetic_cannabinoid", "semi_synthetic_cannabinoid"}),
        "Cathinones": frozenset({"synthetic_cathinone"}),
        "Indolalkylamines": frozenset({"tryptamine", "lysergamide", "arylalkylamine/indole"}),
        "Opioids": frozenset({"nitazene", "fentanyl_analogue", "orphine", "other_opioid"}),
        "Phenethylamines": frozenset({"phenethylamine", "diarylethylamine", "synthetic_cathinone/bk_2c"}),
        "Piperazine derivates": frozenset({"piperazine"}),
        # Whatever holds such a ring and has no class of its own; the catalogue keeps no class for a ring alone.
        "Piperidines & pyrrolidines": frozenset(
            {
                RESIDUE,
                "phenidate",
                "diarylethylamine",
                "phenethylamine/prolintane_type",
                "fentanyl_analogue/anilinopiperidine",
            }
        ),
        "Plants & extracts": frozenset({"plant_derived", "tropane/cocaine_type"}),
    },
    "global-chem-nitazenes": {"nitazene": frozenset({"nitazene"})},
    "global-chem": {"pihkal": frozenset({"phenethylamine"})},
    "hanbinoh-fentanyl": {"fentanyl analogue": frozenset({"fentanyl_analogue"})},
    "nist-fentanyl": {"fentanyl analogue": frozenset({"fentanyl_analogue"})},
}
"""Per source and label: the classes (or ``class/subclass``) that agree with it."""


def label_agrees(source: str, label: str, key: str, subclass: str | None) -> bool:
    """Whether the class *key*, or its *subclass*, is what the *source* means by *label*."""
    expected = SOURCE_CLASSES[source][label]
    return key in expected or f"{key}/{subclass}" in expected


def labels_of(record: SubstanceRecord) -> list[tuple[str, str]]:
    """The classes that sources give to *record*: source and label, each pair once."""
    pairs = [(claim.source, claim.source_class) for claim in record.claims if claim.source_class]
    known = [(source, label) for source, label in pairs if label in SOURCE_CLASSES.get(source, {})]
    return list(dict.fromkeys(known))

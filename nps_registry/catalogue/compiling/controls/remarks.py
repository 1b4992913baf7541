"""What a curator adds to entries of the national lists, and what their running text says beside the tables."""

from __future__ import annotations

from collections.abc import Mapping

from nps_registry.catalogue.records import ControlEntry, ExcludedRecord, GenericDefinition

_SWAPPED = (
    "The list's chemical name is that of the entry beside it: nos. 319 and 320 have theirs exchanged. The number and "
    "the common name agree and were followed; both substances are listed either way."
)
_ETOMIDATES = (
    "The batch of 1 July 2025 names the (1R)-compound, the catalogue of 28 July 2025 no configuration; the catalogue "
    "is the later text and covers the stereoisomers."
)
_PREPARATION = "A preparation: no substance is entered for it."

CONFLICTS: Mapping[tuple[str, str], str] = {
    ("cn_2025", "No. 319"): _SWAPPED,
    ("cn_2025", "No. 320"): _SWAPPED,
    **{("cn_2025", f"No. {number}"): _ETOMIDATES for number in (220, 221, 222, 223, 225)},
}
"""Where sources disagree, by list and place in the non-medical list."""

PREPARATIONS = frozenset(
    {
        "Midazolam API and Injection",
        "Buprenorphine Transdermal patch",
        "Caffeine Sodium Benzoate",
        "Ergotamine and Caffeine Tablet",
        "含氢可酮复方口服固体制剂",
        "含羟考酮复方口服固体制剂",
        "丁丙诺啡和纳洛酮复方口服固体制剂",
        "含可待因复方口服液体制剂",
        "含地芬诺酯复方制剂",
    }
)
"""Entries of the Chinese lists that name a preparation: its ingredients are not controlled by them."""

NAMED_TWICE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ca_cdsa": (("Methylphenobarbital", "Mephobarbital"), ("Oxabolone", "4-Hydroxy-19-nor testosterone")),
}
"""Substances that a list names in two items of one schedule: the item that is kept, and the one that is the same."""

NAMED_TOGETHER: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("cn_2025", "Cannabis and Cannabis Resin and Extracts and Tinctures of Cannabis"): ("cannabis", "cannabis resin"),
    (
        "cn_2025",
        "Morphine Methobromide ,and other pentavalent nitrogen morphine derivatives, including in particular the "
        "morphine-N-oxide derivatives, one of which is codeine-N-oxide",
    ): ("morphine methobromide", "codeine-N-oxide"),
}
"""The single names of what one wording names together, by list and wording."""

NEWLY_LISTED_2025 = frozenset({"Carisoprodol", "Cebranopadol", "Serdexmethylphenidate", "Valiloxybate", "Zuranolone"})
"""Substances that the 2025 edition of the Chinese catalogues listed for the first time."""

CHINESE_REMOVED = (
    ExcludedRecord(
        listed_as="Suvorexant",
        also=("苏沃雷生",),
        from_heading="Psychotropic substances, class II",
        sources=("cn-catalogue-2025",),
        removed_on="2025-07-28",
        note="In class II until the 2025 edition.",
    ),
)

CHINESE_DEFINITIONS = (
    GenericDefinition(
        title="Fentanyl-related substances",
        schedule="Non-medical list",
        wording="Fentanyl with another acyl group, another aromatic ring on the amide nitrogen, substituents on the "
        "piperidine ring, or another group in place of the phenethyl group, one or more of these.",
        sources=("cn-catalogue-2025",),
    ),
    GenericDefinition(
        title="Synthetic cannabinoids",
        schedule="Non-medical list",
        wording="Substances of the general formulae that the catalogue draws, with the substituents that it describes.",
        sources=("cn-catalogue-2025",),
    ),
    GenericDefinition(
        title="Nitazenes",
        schedule="Non-medical list",
        wording="Etonitazene with another benzimidazole, another bridge, another aromatic group or another amine in "
        "the places that the catalogue describes, one or more of these.",
        sources=("cn-catalogue-2025", "cn-supplements"),
        in_force_on="2025-07-01",
    ),
)


def remark(list_id: str, entry: ControlEntry, repeated: Mapping[str, str]) -> ControlEntry:
    """*entry* with what a curator has to say about it; *repeated* gives the item that another one repeats."""
    for other, first in repeated.items():
        if entry.listed_as == first:
            note = f"The schedule names it a second time, as {other}."
            return entry.model_copy(update={"also": (*entry.also, other), "note": note})
    if list_id == "cn_2025" and entry.listed_as in PREPARATIONS:
        return entry.model_copy(update={"structures": (), "note": _PREPARATION})
    if single := NAMED_TOGETHER.get((list_id, entry.listed_as)):
        entry = entry.model_copy(update={"also": (*entry.also, *single)})
    conflict = CONFLICTS.get((list_id, entry.place or "")) if entry.schedule == "Non-medical list" else None
    return entry.model_copy(update={"conflicts": (conflict,)}) if conflict else entry

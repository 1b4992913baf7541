"""Names as the sources list them, cleaned: fragments joined or dropped, codes and salts told from names.

A cleaned name keeps the source's words. What is no name of the substance (a company's or an agency's number,
an impurity code, a deuterated standard) is dropped; what names a salt is set apart, because a salt is the same
substance as its base.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nps_registry.catalogue.compiling.descriptors import read_descriptor

SALT_WORDS = (
    "hydrochloride|dihydrochloride|hcl|hydrobromide|monohydrobromide|bromide|hbr|hydroiodide|hydriodide|sulfate|sulphate|bisulfate|hemisulfate|"
    "tartrate|bitartrate|ditartrate|"
    "fumarate|hemifumarate|maleate|oxalate|citrate|mesylate|mesilate|dimesylate|dimesilate|besylate|"
    "monohydricum|besilate|hemitartrate|hydrogentartrate|malate|monooxalate|orotate|edisylate|edisilate|metilsulfate|methylsulfate|"
    "trifluoroacetate|carbonate|hemicarbonate|bicarbonate|dihydrate|trihydrate|methylsulfonate|ethanesulphonate|"
    "tosylate|tosilate|napsylate|napsilate|esylate|"
    "phosphate|saccharate|succinate|gluconate|lactate|picrate|adipate|aspartate|hibenzate|teoclate|"
    "saccharinate|cyclamate|"
    "cyclohexylsulfamate|hydrate|monohydrate|hemihydrate|sesquihydrate|methanesulfonate|"
    "dimethanesulfonate|ethanesulfonate|terephthalate|"
    "thiocyanate|camphorsulfonate|camsilate|camphorate|hypophosphite|nitrate|sodium|potassium|calcium|polistirex|"
    "methobromide|methochloride|chlorphenoxyacetate|proline|monosaccharate|hemisaccharate|salicylate|"
    "mandelate|valerate|ascorbate|diethylbarbiturate"
)
SALT_OR_ESTER_WORDS = (
    "acetate|propionate|benzoate|nicotinate|decanoate|enanthate|butyrate|cinnamate|undecanoate|valerate|hexanoate"
)
_SALT = re.compile(
    rf"\b(?:{SALT_WORDS}|{SALT_OR_ESTER_WORDS}|salt|resin(?: complex)?)\b\)?(?:\s*\([^)]*\))?$", re.IGNORECASE
)
_SALT_END = re.compile(rf"^(?P<base>.+?)[ ,]+(?:{SALT_WORDS})(?:[ ,]+(?:{SALT_WORDS}|anhydrous))*$", re.IGNORECASE)
_DROPPED = (
    ("number of the Japanese dictionary", re.compile(r"^J\d[\d.,]*[A-Z]?$")),
    (
        "number of an agency's list",
        re.compile(
            r"^(?:IDS-N[A-Z]-|ACSCN-|NSC[- ]?\d|FEMA NO|DTXSID|AC1L|C\d{5}$|DEA No|MLS\d|BRD-|UNII-|CHEMBL|AKOS|"
            r"SCHEMBL|ZINC\d)",
            re.IGNORECASE,
        ),
    ),
    (
        "impurity or component",
        re.compile(
            r"\bimpurity\b|\brelated compound\b|\bcomponent\b|\[.*impurity.*\]|\bcompd\. with\b|not certified|"
            r"\bsolution\b",
            re.IGNORECASE,
        ),
    ),
    (
        "deuterated standard",
        re.compile(r"(?:^|[-\s(])d\d{1,2}\b(?!-)|-d\d{1,2}(?:\b|-)|\bphenyl-d5\b|\bmethyl-d3\b", re.IGNORECASE),
    ),
    ("number alone", re.compile(r"^[\d\s.,;:'()-]*$")),
    ("registry number", re.compile(r"^\d{2,7}-\d{2}-\d$")),
    ("formula", re.compile(r"^c\d+h\d+[a-z0-9]*$", re.IGNORECASE)),
    ("ATC code", re.compile(r"^[A-Z]\d{2}[A-Z]{2}\d{2}$")),
    (
        "record title",
        re.compile(r"^[A-Z]{3}_\d+\.\d+|\bepal_|^mls|^cpd-|^ag-[a-z]-\d|^ambotz|^h-met-oh$", re.IGNORECASE),
    ),
    (
        "word of a list",
        re.compile(
            r"^(?:met|base|salt|iso|the|and|or|including|trivial name|ci|j|p|m1|gx|hmd|not|no|methyl|n|d|l|r|s|"
            r"ethyl|lean|love|death|cosmos|serotoni|dmc|marihuana)$",
            re.IGNORECASE,
        ),
    ),
)
_QUALIFIER = re.compile(
    r"\s*[\[(](?:psychedelic|drug|street name|cannabinoid|synthetic cannabinoid|sympathomimetic|"
    r"hallucinogen|inn[^\])]*|usan[^\])]*|dcit|dcf|ban[^\])]*|jan|"
    r"jp\d+/inn|incb(?::[^\])]*)?|latin|german|french|van|tn|as hydrochloride|6ci[^\])]*|8ci[^\])]*|"
    r"9ci[^\])]*|hm|mi|mart\.?|who-dd|ep[^\])]*|vandf|acute[^\])]*)[\])]",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*(?:\bC(?:II|III|IV|V|I)\b(?:\s*\(.*\))?|\bfree (?:base|acid)\b|\banhydrous\b|\bRM$|\breg# -?$|"
    r"\bextended release\b|\bliposome\b|\*)\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:trivial names?|other names?|street names?|common names?|also known as)\s*:\s*", re.IGNORECASE)
_TURNED_ROUND = re.compile(r"^(?P<stem>[\w-]+),\s*\((?P<locants>\d[^()]*(?:alpha|beta)[^()]*)\)-$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The names of one row after cleaning.

    Attributes:
        names: names of the substance itself, in the source's order.
        salts: names of salts and solvates of it.
        dropped: what was dropped, with the reason.
    """

    names: tuple[str, ...]
    salts: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...]


def clean_names(raw: Iterable[str]) -> Cleaned:
    """Clean the names *raw* of one row."""
    names: list[str] = []
    salts: list[str] = []
    dropped: list[tuple[str, str]] = []
    for text in _split_labels(_join_fragments(raw)):
        name = tidy(text)
        reason = why_dropped(name)
        if reason:
            dropped.append((text, reason))
        elif _SALT.search(name) or _SALT.search(read_descriptor(name).bare):
            salts.append(name)
        elif name not in names:
            names.append(name)
    return Cleaned(tuple(names), tuple(salts), tuple(dropped))


def why_dropped(name: str) -> str | None:
    """Why *name* is no name of a substance, or nothing."""
    if len(name) < 2 or not re.search(r"[^\W\d_]{2}|[^\W\d_]\d|\d[^\W\d_]", name):
        return "fragment"
    if not _is_balanced(name, "()") or not _is_balanced(name, "[]"):
        return "fragment"
    if name.startswith((")", ",")) or (name.endswith("-") and read_descriptor(name).text.endswith("-")):
        return "turned round or cut off"
    return next((reason for reason, pattern in _DROPPED if pattern.search(name)), None)


def _is_balanced(name: str, brackets: str) -> bool:
    depth = 0
    for sign in name:
        depth += (sign == brackets[0]) - (sign == brackets[1])
        if depth < 0:
            return False
    return depth == 0


def base_of_salt(name: str) -> str | None:
    """The base named in the name of a salt, where the salt word can be no ester."""
    descriptor = read_descriptor(name)
    found = _SALT_END.match(descriptor.bare)
    if not found:
        return None
    base = found["base"].strip(" ,")
    return f"{descriptor.prefix}-{base}" if descriptor.prefix else base


def tidy(text: str) -> str:
    """*text* with one kind of space, dash, quote and Greek letter, without a registry's remarks."""
    name = text.strip().replace("\u2013", "-").replace("\u2010", "-").replace("\u2011", "-").replace("\u2212", "-")
    name = name.replace("\u2032", "'").replace("’", "'").replace("‘", "'").replace("\xa0", " ").replace("ρ-", "p-")
    name = re.sub(r"\.(ALPHA|BETA|GAMMA|DELTA|OMEGA|PSI)\.", lambda greek: greek[1], name, flags=re.IGNORECASE)
    name = re.sub(r"\(SUP ([\d,]+)\)|\(sup ([\d,]+)\)", lambda number: number[1] or number[2], name)
    name = name.replace("\u00ad", "").replace("`", "'")
    name = name.replace("(+-)", "(±)").replace("(+/-)", "(±)").replace("(.+/-.)", "(±)").replace("( -)", "(-)")
    name = re.sub(r"\bBETAK-", "BK-", name)
    name = _LABEL.sub("", name)
    name = _QUALIFIER.sub("", name)
    name = _TAIL.sub("", name)
    name = re.sub(r"\s+", " ", name).removesuffix(" #")  # a mark of a spectral library
    name = re.sub(r"(?<=[a-z])_\d{4}$", "", name)  # a number of the United States' schedules
    name = re.sub(r"\(((?:\d{0,2}[ab]{0,2}[rsez],?)+)\)", lambda locants: f"({_upper_descriptors(locants[1])})", name)
    name = re.sub(r"(?<=[-,]) (?=[\w(])", "", name)
    name = re.sub(r" (?=-[A-Za-z])", "", name)
    name = _TURNED_ROUND.sub(lambda turned: f"{turned['locants']}-{turned['stem']}", name.strip(" ;,.*"))
    name = re.sub(r"-{2,}(?=[\da-z(])", "-", name)
    name = re.sub(r"(?<=[a-z]{3})-(?=yl|amine\b)", "", name)  # where a line of print ended
    return name if name.endswith(")-") else name.removesuffix("-").strip(" ;,.*")


def _upper_descriptors(locants: str) -> str:
    """``4ar,7s`` as ``4aR,7S``."""
    return re.sub(r"[rsez](?=,|$)", lambda letter: letter[0].upper(), locants)


def _join_fragments(raw: Iterable[str]) -> list[str]:
    """Join what a comma inside a name has split: open brackets, and locants such as ``3|4-CTMP``."""
    joined: list[str] = []
    for part in raw:
        if (joined and _is_open(joined[-1]) and _closes(joined[-1], part)) or (
            joined and re.fullmatch(r"\d{1,2}'?", joined[-1]) and re.match(r"\d{1,2}'?[-,A-Za-z']", part)
        ):
            joined[-1] = f"{joined[-1]},{part}"
        else:
            joined.append(part)
    return joined


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")") or text.count("[") > text.count("]") or text.endswith(("Δ6a",))


def _closes(before: str, part: str) -> bool:
    whole = before + part
    return whole.count("(") <= whole.count(")") or whole.count("[") <= whole.count("]")


def _split_labels(parts: Iterable[str]) -> list[str]:
    """Split ``LSD) (N,N-diethyllysergamide`` and names joined by a semicolon or a stroke."""
    found: list[str] = []
    for part in parts:
        pieces = re.split(r"\)\s+\(", part) if part.count("(") == part.count(")") else re.split(r"\)\s*\(", part)
        if len(pieces) == 1 or part.startswith("("):
            pieces = [part]
        for piece in pieces:
            found.extend(re.split(r"\s*;\s*|\s+or\s+|(?<=[a-z]{5})/(?=\S*[a-z]{6})", piece))
    return found

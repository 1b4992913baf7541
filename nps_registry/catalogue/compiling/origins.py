"""Where each row of the evidence table comes from: its source id, and how far its synonyms can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nps_registry.catalogue.compiling.evidence import EvidenceRow
from nps_registry.errors import NotFound
from nps_registry.vocabulary.substance import IdentifierScheme


@dataclass(frozen=True, slots=True)
class Origin:
    """One kind of row in the evidence table.

    Attributes:
        source_id: the source in ``sources.toml``.
        group: independence group; the source's own id where it stands alone.
        capitals: names come in capitals only and need recasing.
        loose_synonyms: synonym lists that mix related substances; only the first name, and names that a
            second group gives too, are taken over.
        scheme: the identifier scheme that ``place_in_source`` holds, if it holds one.
        german: names are in German; taken as synonyms, never as the preferred name.
    small: names come in small letters only, so that another source's spelling is the better one.
    """

    source_id: str
    group: str
    capitals: bool = False
    loose_synonyms: bool = False
    scheme: IdentifierScheme | None = None
    german: bool = False
    small: bool = False


ORIGINS: Mapping[str, Origin] = {
    "amberNPS": Origin("amber-nps", "amber-nps"),
    "btmg_opsin": Origin("de-btmg", "de-btmg", german=True),
    "canada_cdsa_opsin": Origin("ca-cdsa", "ca-cdsa"),
    "china2025_opsin": Origin("cn-catalogue-2025", "china"),
    "china_sf_name_opsin": Origin("cn-supplements", "china"),
    "globalchem": Origin("global-chem", "global-chem", loose_synonyms=True, small=True),
    "globalchem_nitazenes": Origin("global-chem-nitazenes", "global-chem"),
    "hanbinoh_fentanyl": Origin("hanbinoh-fentanyl", "hanbinoh-fentanyl"),
    "massbank": Origin("massbank", "massbank", loose_synonyms=True),
    "nist_fentanyl": Origin("nist-fentanyl", "nist-fentanyl"),
    "nps_facl_DEA": Origin("dea-examples", "unodc-dea-examples"),
    "nps_facl_UNODC": Origin("unodc-examples", "unodc-dea-examples"),
    "chemicals_pubchem": Origin(
        "pubchem-extract", "pubchem", loose_synonyms=True, scheme=IdentifierScheme.PUBCHEM, small=True
    ),
    "unii_opsin": Origin("fda-unii", "fda-unii", capitals=True, scheme=IdentifierScheme.UNII),
    "us_fr_opsin": Origin("us-federal-register", "us-federal-register"),
}

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SCHEDULE = re.compile(r"\(Sections? .*\)$")


def origin_of(row: EvidenceRow) -> Origin:
    """The origin of *row*.

    Raises:
        NotFound: the table names a source that this module does not describe.
    """
    if row.source not in ORIGINS:
        raise NotFound(
            f"Line {row.line} of the evidence names the source {row.source!r}, which is none of "
            f"{', '.join(ORIGINS)}: describe it in compiling/origins.py or correct the line."
        )
    return ORIGINS[row.source]


def place_of(row: EvidenceRow) -> str | None:
    """Where the claim stands in its source, in words that fit the catalogue."""
    place = row.place
    if row.source == "canada_cdsa_opsin":
        return _SCHEDULE.sub("", row.source_class).replace("CDSA ", "").capitalize() + f": {place}"
    if row.source == "btmg_opsin":
        return f"{row.source_class.removeprefix('BtMG ')}: {place}"
    if row.source == "globalchem":
        return row.source_class
    if _CHINESE.search(place):
        return None
    return place or None


def identifier_of(row: EvidenceRow) -> tuple[IdentifierScheme, str] | None:
    """The identifier that the row's place is, in a registry of its own."""
    scheme = origin_of(row).scheme
    if scheme is IdentifierScheme.PUBCHEM and row.place.startswith("CID"):
        return scheme, row.place.removeprefix("CID")
    if scheme is IdentifierScheme.UNII and re.fullmatch(r"[0-9A-Z]{10}", row.place):
        return scheme, row.place
    return None

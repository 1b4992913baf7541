"""An advisory as a document, in the manner of the Open Source Vulnerability format (OSV, ossf.github.io/osv-schema).

The document is made once, at publication, of the text and of what the registry knew then; it is signed and never
changes. Addresses of this registry are not in it: it holds wherever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nps_registry.chemistry.masses import ADDUCTS, ion_mz
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.signing import write_instant
from nps_registry.store.advisory_facts import SubstanceFacts
from nps_registry.store.dossiers import Listing
from nps_registry.vocabulary.cases import open_cases
from nps_registry.vocabulary.technique import Technique, tells_positional_isomers_apart

SCHEMA_VERSION = "nps-advisory/1.0"
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Issue:
    """What a version is stamped with."""

    advisory_id: str
    version: int
    published: datetime
    modified: datetime
    demonstration: bool


def write_document(issue: Issue, text: AdvisoryText, facts: Sequence[SubstanceFacts]) -> dict[str, Any]:
    """The document of *text*: identifiers and dates, prose, what is affected, references."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": issue.advisory_id,
        "version": issue.version,
        "published": write_instant(issue.published),
        "modified": write_instant(issue.modified),
        "aliases": list(text.aliases),
        "summary": text.title,
        "details": text.summary,
        "severity": [{"type": "NPS_REGISTRY", "score": text.severity.value}],
        "affected": [_affected(each) for each in facts],
        "countries": list(text.countries),
        "references": [_reference(each) for each in text.references],
        "sections": {
            "details": text.details,
            "harms": text.harms,
            "identification": text.identification,
            "advice": text.advice,
        },
        "tlp": f"TLP:{text.audience.value}",
        "demonstration": issue.demonstration,
    }


def withdrawn_document(document: dict[str, Any], issue: Issue, reason: str) -> dict[str, Any]:
    """The last version of a withdrawn advisory: what it said, with the instant and the reason."""
    stamp = write_instant(issue.modified)
    told = {"version": issue.version, "modified": stamp, "withdrawn": stamp, "withdrawal_reason": reason}
    return document | told


def page_path(document: Mapping[str, Any]) -> str:
    """Where people read an advisory: public ones on a page for everybody, others behind the sign-in."""
    return f"{'' if document['tlp'] == 'TLP:CLEAR' else '/lab'}/advisories/{document['id']}"


def _affected(facts: SubstanceFacts) -> dict[str, Any]:
    row = facts.substance
    return {
        "substance": {
            "ecosystem": "nps-registry",
            "accession": row.accession,
            "name": row.name,
            "names": facts.names,
            "cas": facts.cas,
            "nature": row.nature.value,
            "chemical_class": row.chemical_class,
            "effect_groups": sorted(row.effect_groups),
            "smiles": row.smiles,
            "inchi": row.inchi,
            "inchikey": row.inchikey,
            "stereo": row.stereo.value if row.stereo else None,
            "formula": row.formula,
        },
        "identification": {
            "monoisotopic_mass_da": row.mass_da,
            "ions": [{"adduct": each.name, "mz": round(ion_mz(row.mass_da, each), 5)} for each in ADDUCTS]
            if row.mass_da is not None
            else [],
            "positional_isomers": [{"accession": key, "name": name} for key, name in facts.isomers],
            "techniques_that_tell_isomers_apart": [
                each.value for each in Technique if tells_positional_isomers_apart(each) is True
            ]
            if facts.isomers
            else [],
        },
        "controls": [_control(each) for each in facts.listings],
        "public_events": {
            "total": facts.events,
            **open_cases(facts.fatal, facts.severe),
            "countries": [
                {
                    "country": place.country,
                    "events": place.events,
                    "first_quarter": f"{place.year}-Q{place.quarter}" if place.quarter else str(place.year),
                }
                for place in facts.places
            ],
        },
    }


def _control(listing: Listing) -> dict[str, Any]:
    return {
        "jurisdiction": listing.edition.jurisdiction,
        "instrument": listing.edition.instrument,
        "schedule": listing.control.schedule,
        "decided_on": listing.control.decided_on or None,
        "in_force_on": listing.control.in_force_on or None,
        "ended_on": listing.control.ended_on or None,
    }


def _reference(line: str) -> dict[str, str]:
    """A citation, with the address in it where there is one."""
    address = _ADDRESS.search(line)
    if address is None:
        return {"type": "REPORT", "title": line}
    url = address.group(0).rstrip(".,;)")
    title = " ".join(line.replace(url, "").split()).strip(" .,;:()")
    return {"type": "WEB", "url": url} | ({"title": title} if title else {})

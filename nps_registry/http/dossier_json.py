"""A dossier as JSON: the shape of the outside contract, and schema.org's."""

from __future__ import annotations

from typing import Any

from nps_registry.http.control_dates import say_dates
from nps_registry.http.shapes import (
    ions_of,
    isomer_aids,
    isotopes_of,
    last_edit,
    link_of,
    spread_over_countries,
    spread_over_years,
    write_quarter,
)
from nps_registry.store.dossiers import Dossier, Listing, Relative
from nps_registry.vocabulary.substance import RelationKind

LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
"""The catalogue's licence, CC BY 4.0."""


def dossier_json(dossier: Dossier, *, demonstration: bool) -> dict[str, Any]:
    """Everything public about one substance; every statement names the ids of its sources."""
    substance = dossier.substance
    return {
        "accession": substance.accession,
        "name": substance.name,
        "kind": substance.kind.value,
        "nature": substance.nature.value,
        "occurrence": substance.occurrence.value,
        "status": substance.status.value,
        "evidence": substance.evidence.value if substance.evidence else None,
        "origin": substance.origin.value if substance.origin else None,
        "structure": _structure(dossier),
        "names": _names(dossier),
        "identifiers": _identifiers(dossier),
        "chemical_class": substance.chemical_class,
        "subclass": substance.subclass,
        "class_overruled": substance.class_overruled or None,
        "effect_groups": sorted(substance.effect_groups),
        "controls": [_control(listing) for listing in dossier.listings],
        "reports": _reports(dossier),
        "relations": [_relation(relative) for relative in dossier.relatives],
        "masses": [{"adduct": ion.adduct, "mz": round(ion.mz, 5)} for ion in ions_of(substance.mass_da)],
        "isotopes": [
            {
                "mass_da": round(peak.mass_da, 4),
                "offset": peak.offset,
                "percent_of_highest": round(peak.relative_percent, 2),
            }
            for peak in isotopes_of(substance.formula)
        ],
        "positional_isomers": _positional_isomers(dossier),
        "claims": [
            {
                "source": claim.source_id,
                "place": claim.place,
                "names": claim.names,
                "inchikey": claim.inchikey or None,
                "agreement": claim.agreement.value,
                "source_class": claim.source_class or None,
            }
            for claim in dossier.claims
        ],
        "conflicts": substance.conflicts,
        "comment": substance.comment or None,
        "sources": [
            source.model_dump(include={"id", "title", "publisher", "licence", "edition", "group", "url"})
            | {"kind": source.kind.value}
            for source in dossier.sources.values()
        ],
        "revision": substance.revision,
        "updated_at": last_edit(substance),
        "demonstration": demonstration,
        "links": {"page": f"/substances/{substance.accession}"},
    }


def _positional_isomers(dossier: Dossier) -> dict[str, Any] | None:
    """The isomers that a mass spectrometer alone cannot tell from it, and what can."""
    isomers = [entry.other for entry in dossier.relatives if entry.relation.kind is RelationKind.POSITIONAL_ISOMER]
    if not isomers:
        return None
    aids = isomer_aids()
    return {
        "accessions": [isomer.accession for isomer in isomers],
        "told_apart_by": [technique.value for technique in aids.alone],
        "told_apart_with_reference_materials_by": [technique.value for technique in aids.with_reference_materials],
        "not_told_apart_by": [technique.value for technique in aids.not_at_all],
    }


def _structure(dossier: Dossier) -> dict[str, Any] | None:
    substance = dossier.substance
    if substance.inchi is None:
        return None
    return {
        "smiles": substance.smiles,
        "inchi": substance.inchi,
        "inchikey": substance.inchikey,
        "stereo": substance.stereo.value if substance.stereo else None,
        "formula": substance.formula,
        "mass_da": substance.mass_da,
        "sources": substance.structure_sources,
    }


def _names(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "name": name.name,
            "kind": name.kind.value,
            "sources": name.sources,
            "ambiguous": name.ambiguous,
            "from_year": name.from_year,
            "to_year": name.to_year,
        }
        for name in dossier.names
    ]


def _identifiers(dossier: Dossier) -> dict[str, list[dict[str, Any]]]:
    """Identifiers by scheme; each CAS number stands as ``{"value", "sources"}``."""
    told: dict[str, list[dict[str, Any]]] = {"cas": []}
    for row in dossier.identifiers:
        entry: dict[str, Any] = {"value": row.value, "sources": row.sources}
        url = link_of(row.scheme, row.value)
        told.setdefault(row.scheme.value, []).append({**entry, "url": url} if url else entry)
    return told


def _control(listing: Listing) -> dict[str, Any]:
    control, edition = listing.control, listing.edition
    return {
        "jurisdiction": edition.jurisdiction,
        "instrument": edition.instrument,
        "edition": edition.edition,
        "listed_as": control.listed_as,
        "schedule": control.schedule,
        "place": control.place or None,
        "dates": say_dates(control),
        "decided_on": control.decided_on or None,
        "in_force_on": control.in_force_on or None,
        "worded_since": control.worded_since or None,
        "is_temporary": control.is_temporary,
        "expires_on": control.expires_on or None,
        "ended_on": control.ended_on or None,
        "scope": control.scope,
        "exclusions": control.exclusions,
        "verified": control.verified,
        "verified_by": control.verified_by,
        "checked_to": edition.checked_to or None,
        "note": control.note or None,
        "conflicts": control.conflicts,
        "sources": control.sources or [edition.source_id],
    }


def _reports(dossier: Dossier) -> dict[str, Any]:
    countries, years = spread_over_countries(dossier.counts), spread_over_years(dossier.counts)
    first = next((count for count in dossier.counts if count.events), None)
    return {
        "counted": "events",
        "total": sum(row.events for row in countries),
        "countries": [
            {"country": row.country, "total": row.events, "first_quarter": row.first_quarter} for row in countries
        ],
        "by_year": {str(row.year): row.events for row in years},
        "first_quarter": write_quarter(first.year, first.quarter) if first else None,
        "uncertain_events": sum(count.uncertain_events for count in dossier.counts),
        "wastewater_samples": sum(count.wastewater_samples for count in dossier.counts),
    }


def _relation(relative: Relative) -> dict[str, Any]:
    relation = relative.relation
    return {
        "kind": relation.kind.value,
        "direction": "to" if relative.forward else "from",
        "accession": relative.other.accession,
        "name": relative.other.name,
        "stereo": relative.other.stereo.value if relative.other.stereo else None,
        "note": relation.note or None,
        "sources": relation.sources,
    }


def dossier_jsonld(dossier: Dossier, base_url: str) -> dict[str, Any]:
    """A schema.org ``MolecularEntity`` in the manner of the Bioschemas profile 0.5."""
    substance = dossier.substance
    page = f"{base_url}/substances/{substance.accession}"
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MolecularEntity",
        "@id": page,
        "http://purl.org/dc/terms/conformsTo": {
            "@type": "CreativeWork",
            "@id": "https://bioschemas.org/profiles/MolecularEntity/0.5-RELEASE",
        },
        "identifier": substance.accession,
        "name": substance.name,
        "url": page,
        "alternateName": [name.name for name in dossier.names if name.name != substance.name],
        "isPartOf": {"@type": "Dataset", "name": "nps-registry", "url": base_url},
        "license": LICENCE_URL,
    }
    if substance.inchi:
        told.update(
            inChI=substance.inchi,
            inChIKey=substance.inchikey,
            smiles=substance.smiles,
            molecularFormula=substance.formula,
            monoisotopicMolecularWeight={"@type": "QuantitativeValue", "value": substance.mass_da, "unitText": "Da"},
            image=f"{base_url}/api/v1/substances/{substance.accession}.svg",
        )
    return told

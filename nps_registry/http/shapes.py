"""What API and pages say alike of a substance: quarters, countries, masses, links outward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nps_registry.chemistry.isotopes import IsotopePeak, isotope_pattern
from nps_registry.chemistry.masses import ADDUCTS, ion_mz
from nps_registry.store.tables import PublicCount, Substance
from nps_registry.vocabulary.substance import IdentifierScheme, Status
from nps_registry.vocabulary.technique import Technique, tells_positional_isomers_apart

_LINKS = {
    IdentifierScheme.PUBCHEM: "https://pubchem.ncbi.nlm.nih.gov/compound/{}",
    IdentifierScheme.UNII: "https://precision.fda.gov/uniisearch/srs/unii/{}",
    IdentifierScheme.WIKIDATA: "https://www.wikidata.org/wiki/{}",
}


@dataclass(frozen=True, slots=True)
class CountrySpread:
    """Public events of one substance in one country, and the first quarter."""

    country: str
    events: int
    first_quarter: str


@dataclass(frozen=True, slots=True)
class YearSpread:
    """Public events of one substance in one year."""

    year: int
    events: int


@dataclass(frozen=True, slots=True)
class Ion:
    """An ion that a mass spectrometer shows: its adduct and m/z."""

    adduct: str
    mz: float


def write_quarter(year: int, quarter: int) -> str:
    """``2026-Q3``, or the year alone where no more is known."""
    return f"{year}-Q{quarter}" if quarter else str(year)


def spread_over_countries(counts: Iterable[PublicCount]) -> list[CountrySpread]:
    """The countries of *counts* (earliest first), most events first."""
    events: defaultdict[str, int] = defaultdict(int)
    first: dict[str, str] = {}
    for count in counts:
        if count.events:
            events[count.country] += count.events
            first.setdefault(count.country, write_quarter(count.year, count.quarter))
    rows = [CountrySpread(country, total, first[country]) for country, total in events.items()]
    return sorted(rows, key=lambda row: (-row.events, row.country))


def spread_over_years(counts: Iterable[PublicCount]) -> list[YearSpread]:
    """The years of *counts*, earliest first; years without an event between them are there with none."""
    events: defaultdict[int, int] = defaultdict(int)
    for count in counts:
        if count.events:
            events[count.year] += count.events
    if not events:
        return []
    return [YearSpread(year, events[year]) for year in range(min(events), max(events) + 1)]


def ions_of(mass_da: float | None) -> list[Ion]:
    """The usual ions of a substance of this monoisotopic mass."""
    return [] if mass_da is None else [Ion(adduct.name, ion_mz(mass_da, adduct)) for adduct in ADDUCTS]


def isotopes_of(formula: str | None) -> tuple[IsotopePeak, ...]:
    """The isotope peaks of a neutral molecule of this formula, those of at least 1 % of the highest."""
    return isotope_pattern(formula, least_percent=1.0) if formula else ()


@dataclass(frozen=True, slots=True)
class IsomerAids:
    """Techniques by whether they tell positional isomers apart: alone, with reference materials, not at all."""

    alone: list[Technique]
    with_reference_materials: list[Technique]
    not_at_all: list[Technique]


def isomer_aids() -> IsomerAids:
    """Every technique of the vocabulary in one of the three lists."""
    aids = IsomerAids([], [], [])
    lists = {True: aids.alone, None: aids.with_reference_materials, False: aids.not_at_all}
    for technique in Technique:
        lists[tells_positional_isomers_apart(technique)].append(technique)
    return aids


def last_edit(substance: Substance) -> str | None:
    """When somebody last edited the entry, as an instant; none for an entry that a report made.

    That one is as old as the first report, of which the reader may know nothing, and public time is the quarter.
    """
    return None if substance.status is Status.PROVISIONAL else substance.updated_at.isoformat()


def link_of(scheme: IdentifierScheme, value: str) -> str | None:
    """Where an identifier leads, for the registries that have pages of their own."""
    pattern = _LINKS.get(scheme)
    return pattern.format(value) if pattern else None

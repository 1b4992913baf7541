"""Official forms filled at one click: the EU's exchange of information, the UN's questionnaire, a national table.

EU: the kinds of information that Regulation (EU) 2023/1322 names, Article 8(1) for the early warning system on new
psychoactive substances and Article 13(2), points (a) to (j), for the European drug alert system; each column says
which it answers. What a registry of laboratories does not know (measures taken, social risks) is an empty column
for the focal point to fill.

UN: a plain table by substance, year and country as UNODC's Early Warning Advisory asks of Member States, counted in
events. National: everything that the reviewer reads, a row per detection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nps_registry.localisation import mark as _
from nps_registry.store import official_forms as stored
from nps_registry.store.engine import Session
from nps_registry.store.official_forms import FormRow
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import EventType, Outcome, Result, Setting
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.term import Term

Cell = str | int | float | None
EU_REGULATION = "Regulation (EU) 2023/1322"


class OfficialForm(Term):
    """A form that focal points fill."""

    NATIONAL = "national", _("National table")
    EU = "eu", _("European Union: early warning and drug alert")
    UN = "un", _("United Nations: Early Warning Advisory")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form that has one row per detection.

    Attributes:
        answers: the provision that asks for it.
    """

    key: str
    answers: str
    value: Callable[[FormRow], Cell]


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form: names of the columns, what each answers, and the rows."""

    form: OfficialForm
    columns: Sequence[str]
    answers: Sequence[str]
    rows: list[list[Cell]]


def _label(term: Term | None) -> str:
    return term.label if term is not None else ""


def _is(event: FormRow, setting: Setting) -> str:
    return "yes" if event.event.setting is setting else ""


def _substance(name: str) -> Callable[[FormRow], Cell]:
    return lambda row: getattr(row.substance, name) if row.substance else None


def _what(row: FormRow) -> str:
    if row.substance is not None:
        return row.substance.name
    return row.detection.formula or row.detection.chemical_class or ", ".join(row.detection.candidates)


_DETECTION, _USE, _MANUFACTURE, _DISTRIBUTION, _LAWFUL_USE, _RISKS = (
    "Art. 8(1): detection and identification",
    "Art. 8(1): use and patterns of use",
    "Art. 8(1): manufacture and extraction",
    "Art. 8(1): distribution, distribution methods and trafficking",
    "Art. 8(1): commercial, medical and scientific use",
    "Art. 8(1): potential and identified risks",
)
EU_COLUMNS: tuple[Column, ...] = (
    Column("reference", _DETECTION, lambda row: row.report.reference or row.report.id),
    Column("substance", _DETECTION, _what),
    Column("accession", _DETECTION, _substance("accession")),
    Column("chemical_class", _DETECTION, lambda row: row.chemical_class.eu_group if row.chemical_class else None),
    Column("smiles", _DETECTION, _substance("smiles")),
    Column("inchikey", _DETECTION, _substance("inchikey")),
    Column("formula", _DETECTION, lambda row: row.substance.formula if row.substance else row.detection.formula),
    Column("cas", _DETECTION, lambda row: row.cas),
    Column("result", _DETECTION, lambda row: row.detection.result.label),
    Column("physical_form", _DETECTION, lambda row: row.item.form.label),
    Column("net_mass_g", _DETECTION, lambda row: row.item.net_mass_g),
    Column("units", _DETECTION, lambda row: row.item.units),
    Column("purity_percent", _DETECTION, lambda row: row.detection.purity_percent),
    Column("setting", _USE, lambda row: row.event.setting.label),
    Column("sold_as", _USE, lambda row: row.item.sold_as),
    Column("clandestine_laboratory", _MANUFACTURE, lambda row: _is(row, Setting.CLANDESTINE_LABORATORY)),
    Column("departure_country", _DISTRIBUTION, lambda row: row.event.departure_country),
    Column("transit_countries", _DISTRIBUTION, lambda row: ", ".join(row.event.transit_countries)),
    Column("destination_country", _DISTRIBUTION, lambda row: row.event.destination_country),
    Column("transport", _DISTRIBUTION, lambda row: row.event.transport),
    Column("nature", _LAWFUL_USE, lambda row: _label(row.substance.nature if row.substance else None)),
    Column("case_type", _RISKS, lambda row: _label(row.event.case_type)),
    Column("causality", _RISKS, lambda row: _label(row.detection.causality)),
    Column("nature_of_risk", "Art. 13(2)(a)", lambda row: row.event.type.label),
    Column("day", "Art. 13(2)(b)", lambda row: str(row.event.collected_on or row.event.analysed_on or row.event.year)),
    Column("place", "Art. 13(2)(b)", lambda row: ", ".join(filter(None, (row.event.country, row.event.subdivision)))),
    Column("means_of_exposure", "Art. 13(2)(c)", lambda row: _label(row.item.specimen) or row.item.form.label),
    Column("concentration", "Art. 13(2)(d)", lambda row: row.detection.concentration),
    Column("concentration_unit", "Art. 13(2)(d)", lambda row: row.detection.concentration_unit),
    Column("identification_methods", "Art. 13(2)(e)", lambda row: ", ".join(row.detection.techniques)),
    Column("health_risks", "Art. 13(2)(f)", lambda row: _label(row.event.outcome)),
    Column("social_and_security_risks", "Art. 13(2)(g)", lambda _row: None),
    Column("national_health_measures", "Art. 13(2)(h)", lambda _row: None),
    Column("other_measures", "Art. 13(2)(i)", lambda _row: None),
    Column("other_information", "Art. 13(2)(j)", lambda _row: None),
)
NATIONAL_COLUMNS: tuple[Column, ...] = (
    Column("reference", "", lambda row: row.report.reference or row.report.id),
    Column("laboratory", "", lambda row: row.organisation.name),
    Column("own_reference", "", lambda row: row.report.own_reference),
    Column("state", "", lambda row: row.report.state.label),
    Column("sharing", "", lambda row: row.report.sharing.label),
    Column("event_type", "", lambda row: row.event.type.label),
    Column("collected_on", "", lambda row: str(row.event.collected_on or "")),
    Column("analysed_on", "", lambda row: str(row.event.analysed_on or "")),
    Column("country", "", lambda row: row.event.country),
    Column("subdivision", "", lambda row: row.event.subdivision),
    Column("city", "", lambda row: row.event.city),
    Column("setting", "", lambda row: row.event.setting.label),
    Column("case_reference", "", lambda row: row.event.case_reference),
    Column("case_type", "", lambda row: _label(row.event.case_type)),
    Column("outcome", "", lambda row: _label(row.event.outcome)),
    Column("form", "", lambda row: row.item.form.label),
    Column("specimen", "", lambda row: _label(row.item.specimen)),
    Column("net_mass_g", "", lambda row: row.item.net_mass_g),
    Column("units", "", lambda row: row.item.units),
    Column("sold_as", "", lambda row: row.item.sold_as),
    Column("reported_as", "", lambda row: row.detection.reported_as),
    Column("substance", "", _what),
    Column("accession", "", _substance("accession")),
    Column("cas", "", lambda row: row.cas),
    Column("inchikey", "", _substance("inchikey")),
    Column("chemical_class", "", _substance("chemical_class")),
    Column("role", "", lambda row: row.detection.role.label),
    Column("result", "", lambda row: row.detection.result.label),
    Column("salt_form", "", lambda row: row.detection.salt_form),
    Column("purity_percent", "", lambda row: row.detection.purity_percent),
    Column("concentration", "", lambda row: row.detection.concentration),
    Column("concentration_unit", "", lambda row: row.detection.concentration_unit),
    Column("techniques", "", lambda row: ", ".join(row.detection.techniques)),
)
UN_COLUMNS = (
    "country", "year", "substance", "accession", "unodc_group", "cas", "inchikey", "physical_forms", "events",
    "seizures", "net_mass_g", "units", "toxicology_cases", "fatal_cases",
)  # fmt: skip

_BEYOND_THE_COUNTRY = (Sharing.NETWORK, Sharing.PUBLIC)


def fill(
    session: Session, viewer: Viewer, form: OfficialForm, *, country: str | None, years: tuple[int, int]
) -> Filled:
    """*form*, filled with what *viewer* may send on: beyond the country only what is shared beyond it, nothing held."""
    sharings = tuple(Sharing) if form is OfficialForm.NATIONAL else _BEYOND_THE_COUNTRY
    rows = stored.rows(session, viewer, country=country, years=years, sharings=sharings)
    if form is OfficialForm.UN:
        return Filled(form, UN_COLUMNS, [""] * len(UN_COLUMNS), list(_count(rows)))
    columns = EU_COLUMNS if form is OfficialForm.EU else NATIONAL_COLUMNS
    answers = [f"{EU_REGULATION}, {each.answers}" if each.answers else "" for each in columns]
    table = [[column.value(row) for column in columns] for row in rows]
    return Filled(form, [column.key for column in columns], answers, table)


def _count(rows: Iterable[FormRow]) -> Iterator[list[Cell]]:
    """The rows of the UN's table: identified substances by country and year, an event counted once."""
    groups: dict[tuple[str, int, str, str], list[FormRow]] = defaultdict(list)
    for row in rows:
        if row.substance is not None and row.detection.result is Result.POSITIVE:
            key = (row.event.country, row.event.year, row.substance.name, row.substance.accession)
            groups[key].append(row)
    for (country, year, name, accession), group in sorted(groups.items()):
        events = {row.event.same_as_id or row.event.id: row for row in group}
        items = {row.item.id: row.item for row in group}
        types = [row.event.type for row in events.values()]
        first = group[0]
        yield [
            country,
            year,
            name,
            accession,
            first.chemical_class.unodc_group if first.chemical_class else "",
            first.cas,
            first.substance.inchikey if first.substance else "",
            ", ".join(sorted({item.form.label for item in items.values()})),
            sum(kind is not EventType.WASTEWATER for kind in types),
            sum(kind is EventType.SEIZURE for kind in types),
            round(sum(item.net_mass_g or 0 for item in items.values()), 4),
            sum(item.units or 0 for item in items.values()),
            sum(kind is EventType.TOXICOLOGY_CASE for kind in types),
            sum(row.event.outcome is Outcome.FATAL for row in events.values()),
        ]

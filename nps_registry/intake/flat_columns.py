"""The columns of a flat table: named after the fields of a report, one row for one detection or one item.

What a report says in nested parts stands in one row each: ``event_type``, ``country``, ``form``, ``name`` and so on.
Rows with the same ``own_reference`` are one report; within it, rows with the same ``item`` (or, where no row gives
one, with the same facts of the item) are one item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.json_lines import REPORT_COLUMN
from nps_registry.intake.mapping import Cell, Findings, Mapping, Value
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark, ngettext
from nps_registry.vocabulary import finding, place
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.substance import Stereo
from nps_registry.vocabulary.term import Term

REPORT, EVENT, ITEM, DETECTION = "report", "event", "item", "detection"


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """One column of the flat table.

    Attributes:
        heading: its name in the table.
        part: which part of a report it says something of.
        field: the name of the field there.
        label: what people read, untranslated.
        terms: the vocabulary that its cells are taken from.
        is_country: whether its cells are countries.
        is_list: whether a cell may hold several values, separated by ``;`` or ``|``.
        aliases: other headings that mean the same.
    """

    heading: str
    part: str
    field: str
    label: str
    terms: type[Term] | None = None
    is_country: bool = False
    is_list: bool = False
    aliases: tuple[str, ...] = ()


def _column(part: str, heading: str, label: str, **more: object) -> FlatColumn:
    return FlatColumn(heading, part, str(more.pop("field", heading)), label, **more)  # type: ignore[arg-type]


COLUMNS: tuple[FlatColumn, ...] = (
    _column(REPORT, "own_reference", mark("Your own reference of the report"), aliases=("reference", "report_id")),
    _column(REPORT, "sharing", mark("Who may see it"), terms=Sharing),
    _column(REPORT, "hold_until", mark("Held until (an instant with its time zone)")),
    _column(REPORT, "legal_hold", mark("Legal hold (yes or no)")),
    _column(REPORT, "note", mark("Note"), aliases=("notes", "remarks", "comment")),
    _column(EVENT, "event_type", mark("Kind of event"), field="type", terms=finding.EventType, aliases=("type",)),
    _column(EVENT, "collected_on", mark("Day of the collection"), aliases=("date", "seized_on", "date_collected")),
    _column(EVENT, "analysed_on", mark("Day of the analysis"), aliases=("analyzed_on", "date_analysed")),
    _column(EVENT, "country", mark("Country"), is_country=True),
    _column(EVENT, "subdivision", mark("State, province or region"), aliases=("province", "state", "region")),
    _column(EVENT, "city", mark("City"), aliases=("town", "city_town")),
    _column(EVENT, "setting", mark("Setting"), terms=finding.Setting),
    _column(EVENT, "case_reference", mark("Case reference (pseudonymous)"), aliases=("case",)),
    _column(EVENT, "departure_country", mark("Departure country"), is_country=True),
    _column(EVENT, "transit_countries", mark("Transit countries"), is_country=True, is_list=True),
    _column(EVENT, "destination_country", mark("Destination country"), is_country=True),
    _column(EVENT, "transport", mark("Means of transport")),
    _column(EVENT, "concealment", mark("Concealment")),
    _column(EVENT, "case_type", mark("Kind of toxicology case"), terms=finding.CaseType),
    _column(EVENT, "outcome", mark("Outcome"), terms=finding.Outcome),
    _column(EVENT, "age_band", mark("Age band"), terms=finding.AgeBand),
    _column(EVENT, "sex", mark("Sex"), terms=finding.Sex),
    _column(ITEM, "item", mark("Number of the item within the report"), aliases=("exhibit", "item_number")),
    _column(ITEM, "form", mark("Form"), terms=finding.Form),
    _column(ITEM, "specimen", mark("Specimen"), terms=finding.Specimen),
    _column(ITEM, "specimen_site", mark("Site of the specimen")),
    _column(ITEM, "sampling_interval_h", mark("Hours from the event to the sampling")),
    _column(ITEM, "counterfeit_medicine", mark("Counterfeit medicine (yes or no)")),
    _column(ITEM, "net_mass_g", mark("Net mass (g)"), aliases=("net_mass", "mass_g")),
    _column(ITEM, "gross_mass_g", mark("Gross mass (g)"), aliases=("gross_mass",)),
    _column(ITEM, "volume_ml", mark("Volume (ml)"), aliases=("volume",)),
    _column(ITEM, "units", mark("Units"), aliases=("number_of_units", "count")),
    _column(ITEM, "appearance", mark("Appearance"), aliases=("description",)),
    _column(ITEM, "sold_as", mark("Sold as"), aliases=("expected_substance",)),
    _column(DETECTION, "structure", mark("Structure (SMILES or InChI)"), aliases=("smiles", "inchi", "molfile")),
    _column(DETECTION, "stereo", mark("Stereochemistry stated"), terms=Stereo),
    _column(DETECTION, "name", mark("Name of the substance"), aliases=("substance", "substance_name", "compound")),
    _column(DETECTION, "reported_as", mark("In the laboratory's words"), aliases=("result_text",)),
    _column(DETECTION, "formula", mark("Molecular formula"), aliases=("molecular_formula",)),
    _column(DETECTION, "chemical_class", mark("Chemical class (its key)"), aliases=("class",)),
    _column(DETECTION, "candidates", mark("Candidates that cannot be told apart"), is_list=True),
    _column(DETECTION, "mz", mark("Measured m/z"), aliases=("measured_mz", "m_z")),
    _column(DETECTION, "adduct", mark("Adduct of the m/z")),
    _column(DETECTION, "ppm", mark("Accuracy of the m/z (ppm)")),
    _column(DETECTION, "unidentified", mark("Unidentified (yes or no)")),
    _column(DETECTION, "role", mark("Major, minor or trace"), terms=finding.DetectionRole),
    _column(DETECTION, "result", mark("Result"), terms=finding.Result),
    _column(DETECTION, "salt_form", mark("Salt form"), aliases=("salt",)),
    _column(DETECTION, "purity_percent", mark("Purity in percent"), aliases=("purity",)),
    _column(DETECTION, "purity_basis", mark("Purity as base or as salt"), terms=finding.PurityBasis),
    _column(DETECTION, "purity_per", mark("Purity per mass or per unit"), terms=finding.PurityPer),
    _column(DETECTION, "amount_per_unit_mg", mark("Amount per unit (mg)")),
    _column(DETECTION, "concentration", mark("Concentration")),
    _column(DETECTION, "concentration_unit", mark("Unit of the concentration")),
    _column(DETECTION, "limit_of_quantification", mark("Limit of quantification")),
    _column(DETECTION, "techniques", mark("Techniques"), is_list=True, aliases=("technique", "method", "methods")),
    _column(DETECTION, "reference_material", mark("Certified reference material used (yes or no)")),
    _column(DETECTION, "library_match", mark("Library match (yes or no)")),
    _column(DETECTION, "causality", mark("Causality"), terms=finding.Causality),
    _column(DETECTION, "causality_final", mark("Causality is final (yes or no)")),
)

_PREFIX = re.compile(r"^(event|items?(\[\d*\])?|detections?(\[\d*\])?|report)[._]+")


@cache
def _by_heading() -> dict[str, FlatColumn]:
    found = {column.heading: column for column in COLUMNS}
    for column in COLUMNS:
        for alias in column.aliases:
            found.setdefault(alias, column)
    return found


@cache
def columns_by_field(part: str) -> dict[str, FlatColumn]:
    """The columns of *part* by the name of their field."""
    return {column.field: column for column in COLUMNS if column.part == part}


def column_called(heading: str) -> FlatColumn | None:
    """The flat column that *heading* names: itself, its path in a report (``event.country``), or another word."""
    text = re.sub(r"[^\w.\[\]]+", "_", heading.strip().casefold()).strip("_")
    known = _by_heading()
    while text not in known and (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    return known.get(text)


def flat_mapping(headings: Sequence[str], *, sharing: str = "country") -> Mapping:
    """The mapping of a table whose headings are those of the flat table, or of one that holds whole reports.

    Raises:
        InvalidInput: with every heading that names nothing; a fact in it would be lost in silence.
    """
    if tuple(headings) == (REPORT_COLUMN,):
        return Mapping(whole=REPORT_COLUMN)
    meant = {heading: column_called(heading) for heading in headings}
    errors = [
        FieldError(heading, _("This column is no field of a report; map it, or leave it out."))
        for heading, column in meant.items()
        if column is None
    ]
    if errors:
        told = ", ".join(f"“{error.field}”" for error in errors[:10])
        count = len(errors)
        raise InvalidInput(
            ngettext("The column %(told)s is no field of a report.", "The columns %(told)s are no fields of a report.",
                     count) % {"told": told},
            errors=errors,
        )  # fmt: skip
    return mapping_from([(heading, column) for heading, column in meant.items() if column], sharing=sharing)


def mapping_from(
    chosen: Iterable[tuple[str, FlatColumn]],
    *,
    constants: Iterable[tuple[FlatColumn, str]] = (),
    more: Sequence[Findings] = (),
    ignored: Sequence[str] = (),
    sharing: str = "country",
    nothing_found: Sequence[str] = (),
) -> Mapping:
    """The mapping that takes each heading for the column it is given with.

    *constants* hold for every row where no column says the same; *more* are further columns that say what was found.

    Raises:
        InvalidInput: two headings for one field, or nothing that says what was found or what happened.
    """
    values: dict[str, dict[str, Value]] = {REPORT: {}, EVENT: {}, ITEM: {}, DETECTION: {}}
    for heading, column in chosen:
        if column.field in values[column.part]:
            message = _("Two columns say “%(field)s”: choose one.") % {"field": _(column.label)}
            raise InvalidInput(message, errors=[FieldError(heading, message)])
        values[column.part][column.field] = Cell(column=heading)
    for column, text in constants:
        if text:
            values[column.part].setdefault(column.field, text)
    found = [Findings(fields=values[DETECTION])] if values[DETECTION] else []
    if not found and not more:
        raise InvalidInput(
            _("No column says what was found: name, structure, formula, candidates, chemical_class or mz.")
        )
    if not values[EVENT]:
        raise InvalidInput(_("No column says what happened: event_type, country, collected_on."))
    return Mapping(
        own_reference=values[REPORT].pop("own_reference", None),
        sharing=sharing,
        report=values[REPORT],
        event=values[EVENT],
        item_number=values[ITEM].pop("item", None),
        item=values[ITEM],
        findings=[*found, *more],
        nothing_found=list(nothing_found),
        grouped=True,
        ignored=list(ignored),
    )


def read_cell(column: FlatColumn, text: str) -> object:
    """What *text* says in *column*: a label or a country's name becomes its key, a list is cut at ``;`` and ``|``."""
    if column.is_list:
        parts = [part.strip() for part in re.split(r"[;|]", text)]
        return [_key_of(column, part) for part in parts if part]
    return _key_of(column, text)


@cache
def readers_by_field(part: str) -> dict[str, Callable[[str], object]]:
    """What reads the cells of *part*, by the name of the field; where a cell is kept as it stands, there is none."""
    return {
        name: partial(read_cell, column)
        for name, column in columns_by_field(part).items()
        if column.terms is not None or column.is_country or column.is_list
    }


def _key_of(column: FlatColumn, text: str) -> str:
    if column.terms is not None:
        return _keys_of(column.terms).get(text.casefold(), text)
    if column.is_country:
        return _countries().get(text.casefold(), text)
    return text


@cache
def _keys_of(terms: type[Term]) -> dict[str, str]:
    by_label = {term.label.casefold(): term.value for term in terms}
    return (
        by_label | {term.value.replace("_", " "): term.value for term in terms} | {each.value: each for each in terms}
    )


@cache
def _countries() -> dict[str, str]:
    return {each.english_name.casefold(): each.iso2 for each in place.places().values()}

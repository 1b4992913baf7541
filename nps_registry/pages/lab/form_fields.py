"""The fields of the form: what each is called, how it is asked for, and which stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from nps_registry.chemistry.masses import ADDUCTS
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.search.questions import DEFAULT_ADDUCT
from nps_registry.vocabulary.finding import (
    AgeBand,
    CaseType,
    Causality,
    DetectionRole,
    EventType,
    Form,
    Outcome,
    PurityBasis,
    PurityPer,
    Result,
    Setting,
    Sex,
    Specimen,
)
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.substance import Stereo
from nps_registry.vocabulary.technique import USUAL_TECHNIQUES
from nps_registry.vocabulary.term import Term

Option = tuple[str, str]
"""What is stored, and what people read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the form.

    Attributes:
        widget: ``text``, ``long``, ``number``, ``choice``, ``truth``, ``tick``, ``ticks``, ``structure`` or ``name``.
        options: of a choice, in their order; made when the page is, in the language in force.
        unit: behind a number.
        unsaid: what a choice says where nothing is chosen.
    """

    name: str
    label: str
    widget: str = "text"
    hint: str = ""
    options: Callable[[], Sequence[Option]] | None = None
    unit: str = ""
    required: bool = False
    unsaid: str = mark("not said")
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together; with a *title* they are folded away until one of them is filled in or at fault."""

    fields: tuple[Asked, ...]
    title: str = ""
    key: str = field(default="")


def _terms(terms: type[Term]) -> Callable[[], Sequence[Option]]:
    return lambda: [(term.value, term.label) for term in terms]


def _countries() -> Sequence[Option]:
    return sorted(countries(), key=lambda country: country[1])


def _usual() -> Sequence[Option]:
    return [(name, name) for name in USUAL_TECHNIQUES]


def _adducts() -> Sequence[Option]:
    return [(adduct.name, adduct.name) for adduct in ADDUCTS]


def _answers() -> Sequence[Option]:
    return [("true", _("Yes")), ("false", _("No"))]


_DAY = mark("YYYY-MM-DD; the month or the year alone where no more is known.")

EVENT = (
    Group(
        (
            Asked(
                "event.type",
                mark("What happened"),
                "choice",
                options=_terms(EventType),
                required=True,
                unsaid=mark("Choose"),
            ),
            Asked("event.country", mark("Country"), "choice", options=_countries, required=True, unsaid=mark("Choose")),
            Asked("event.collected_on", mark("Collected on"), hint=_DAY),
            Asked("event.analysed_on", mark("Analysed on"), hint=_DAY),
            Asked("event.setting", mark("Setting"), "choice", options=_terms(Setting)),
            Asked(
                "own_reference", mark("Your reference"), hint=mark("Your own number of this report; each only once.")
            ),
        )
    ),
    Group(
        (
            Asked("event.case_reference", mark("Case reference"), hint=mark("A pseudonym; no name of a person.")),
            Asked("event.subdivision", mark("State or province")),
            Asked("event.city", mark("City")),
        ),
        mark("Place and case"),
        "place",
    ),
    Group(
        (
            Asked("event.departure_country", mark("Departure country"), "choice", options=_countries),
            Asked(
                "event.transit_countries",
                mark("Transit countries"),
                hint=mark("Two-letter codes with commas between: NL, BE"),
            ),
            Asked("event.destination_country", mark("Destination country"), "choice", options=_countries),
            Asked("event.transport", mark("Means of transport")),
            Asked("event.concealment", mark("Concealment"), wide=True),
        ),
        mark("Route, transport, concealment"),
        "route",
    ),
    Group(
        (
            Asked("event.case_type", mark("Sort of case"), "choice", options=_terms(CaseType)),
            Asked("event.outcome", mark("Outcome"), "choice", options=_terms(Outcome)),
            Asked("event.age_band", mark("Age"), "choice", options=_terms(AgeBand)),
            Asked("event.sex", mark("Sex"), "choice", options=_terms(Sex)),
        ),
        mark("Toxicology case"),
        "toxicology",
    ),
)

SHARING = (
    Group(
        (
            Asked(
                "sharing",
                mark("Who may see it"),
                "choice",
                options=_terms(Sharing),
                unsaid=mark("The reporting country"),
            ),
        )
    ),
    Group(
        (
            Asked(
                "hold_until",
                mark("Hold until"),
                hint=mark("A day, YYYY-MM-DD: until then only your laboratory and the reviewers see the report."),
            ),
            Asked("legal_hold", mark("Under a legal hold: not released until you lift it"), "tick"),
            Asked("note", mark("Note for the reviewers"), "long", hint=mark("Never public."), wide=True),
        ),
        mark("Hold, note"),
        "hold",
    ),
)

ITEM = (
    Group(
        (
            Asked("form", mark("Form"), "choice", options=_terms(Form)),
            Asked("net_mass_g", mark("Net mass"), "number", unit="g"),
            Asked("sold_as", mark("Sold as")),
        )
    ),
    Group(
        (
            Asked("gross_mass_g", mark("Gross mass"), "number", unit="g"),
            Asked("volume_ml", mark("Volume"), "number", unit="ml"),
            Asked("units", mark("Units"), "number", hint=mark("How many tablets, blotters, cartridges.")),
            Asked("counterfeit_medicine", mark("Counterfeit medicine"), "truth", options=_answers),
            Asked("appearance", mark("Appearance"), wide=True),
        ),
        mark("Amounts, appearance"),
        "amounts",
    ),
    Group(
        (
            Asked(
                "specimen",
                mark("Specimen"),
                "choice",
                options=_terms(Specimen),
                unsaid=mark("none: not a biological specimen"),
            ),
            Asked("specimen_site", mark("Site of sampling")),
            Asked("sampling_interval_h", mark("From event to sampling"), "number", unit="h"),
        ),
        mark("Biological specimen"),
        "specimen",
    ),
)

DETECTION = (
    Group(
        (
            Asked("name", mark("Substance"), "name", hint=mark("Name, CAS number or accession, where you know it.")),
            Asked("reported_as", mark("In your own words"), hint=mark("Kept unchanged for ever.")),
            Asked(
                "structure",
                mark("Structure"),
                "structure",
                hint=mark("SMILES, InChI or a molfile; it decides where it is given."),
                wide=True,
            ),
            Asked("result", mark("Result"), "choice", options=_terms(Result), unsaid=mark("Positive")),
            Asked(
                "role",
                mark("Share of the item"),
                "choice",
                options=_terms(DetectionRole),
                unsaid=mark("Not quantified"),
            ),
            Asked("techniques", mark("Techniques"), "ticks", options=_usual, wide=True),
            Asked("techniques_other", mark("Other techniques"), "long", hint=mark("One a line.")),
            Asked("reference_material", mark("Compared with certified reference material"), "truth", options=_answers),
        )
    ),
    Group(
        (
            Asked("formula", mark("Formula")),
            Asked("chemical_class", mark("Chemical class"), "choice"),
            Asked(
                "candidates",
                mark("Candidates"),
                "long",
                hint=mark("One a line: the substances that your techniques cannot tell apart."),
            ),
            Asked("mz", mark("Measured m/z"), "number"),
            Asked("adduct", mark("Adduct"), "choice", options=_adducts, unsaid=DEFAULT_ADDUCT),
            Asked("ppm", mark("Accuracy of the m/z"), "number", unit="ppm"),
            Asked("unidentified", mark("Something is there and is not identified"), "tick"),
            Asked(
                "stereo",
                mark("Stereochemistry"),
                "choice",
                options=_terms(Stereo),
                hint=mark("Where it is known beside the drawing."),
            ),
        ),
        mark("Only partly identified, stereochemistry"),
        "partial",
    ),
    Group(
        (
            Asked("salt_form", mark("Salt form")),
            Asked("purity_percent", mark("Purity"), "number", unit="%"),
            Asked("purity_basis", mark("Purity calculated"), "choice", options=_terms(PurityBasis)),
            Asked("purity_per", mark("Purity is"), "choice", options=_terms(PurityPer)),
            Asked("amount_per_unit_mg", mark("Amount in one unit"), "number", unit="mg"),
        ),
        mark("Salt and purity"),
        "purity",
    ),
    Group(
        (
            Asked("concentration", mark("Concentration"), "number"),
            Asked("concentration_unit", mark("Unit of the concentration"), hint=mark("As ng/ml.")),
            Asked("limit_of_quantification", mark("Limit of quantification"), "number", hint=mark("In the same unit.")),
            Asked("library_match", mark("Match with a spectral library"), "truth", options=_answers),
            Asked("causality", mark("Part in the case"), "choice", options=_terms(Causality)),
            Asked("causality_final", mark("This judgement is final"), "truth", options=_answers),
        ),
        mark("Specimens and toxicology: concentration, causality"),
        "concentration",
    ),
)


def asked_fields() -> Iterator[tuple[str, Asked]]:
    """Every field of the form by its own name (``type``, ``net_mass_g``), whatever part it stands in."""
    for groups in (EVENT, SHARING, ITEM, DETECTION):
        for group in groups:
            for each in group.fields:
                yield each.name.rpartition(".")[2], each

"""The boundary schema of a report: what a laboratory may say, and nothing else.

Extra fields are forbidden, because a misspelt field that is dropped in silence is a fact lost.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.finding import (
    MOST_MZ,
    MOST_PPM,
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
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.report import Sharing
from nps_registry.vocabulary.substance import Stereo

_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2199
CELLS_OF_A_TABLE = {"cells_are_text": True}
"""Validation context of a row of a table, where every number is still text."""


def _read_day(value: object) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if not isinstance(value, str):
        raise ValueError(_("A date is text: YYYY, YYYY-MM or YYYY-MM-DD."))
    day = PartialDate.read(value)
    if day.year < _EARLIEST_YEAR:
        raise ValueError(_("%(date)s is before %(year)d.") % {"date": day, "year": _EARLIEST_YEAR})
    # Somewhere on earth it is already the next day, and clocks are wrong: later than tomorrow UTC is the future.
    if day.earliest > (datetime.now(UTC) + timedelta(days=1)).date():
        raise ValueError(_("%(date)s is in the future.") % {"date": day})
    return day


def _read_country(value: str) -> str:
    code = value.strip().upper()
    if not is_country(code):
        raise ValueError(
            _("“%(code)s” is not a country; use its two-letter ISO 3166-1 code (XK for Kosovo).") % {"code": value[:20]}
        )
    return code


def _is_text_fine(value: object, info: ValidationInfo) -> bool:
    return isinstance(value, str) and bool(info.context and info.context.get("cells_are_text"))


def _require_number(value: object, info: ValidationInfo) -> object:
    """JSON has numbers: a text or a truth in the place of one is a slip, and what it meant is not ours to guess."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if _is_text_fine(value, info):
        return value
    raise ValueError(_("Give a number."))


def _require_truth(value: object, info: ValidationInfo) -> object:
    if isinstance(value, bool) or _is_text_fine(value, info):
        return value
    raise ValueError(_("Give true or false."))


def _require_text(value: object) -> object:
    if isinstance(value, str):
        return value
    raise ValueError(_("Give an instant as text, with its time zone: 2026-10-02T12:00:00Z."))


def _read_instant(value: datetime) -> datetime:
    # At the ends of the calendar an instant exists in one time zone and not in another.
    if not _EARLIEST_YEAR <= value.year <= _LATEST_YEAR:
        raise ValueError(
            _("The year must lie from %(first)d to %(last)d.") % {"first": _EARLIEST_YEAR, "last": _LATEST_YEAR}
        )
    return value.astimezone(UTC)


def _plain(value: str) -> str:
    if "\x00" in value:
        raise ValueError(_("The text holds a null byte."))
    return value


Day = Annotated[
    PartialDate,
    BeforeValidator(_read_day),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "examples": ["2026-10-02"]}),
]
CountryCode = Annotated[str, Field(min_length=2, max_length=2), AfterValidator(_read_country)]
Short = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Long = Annotated[str, Field(max_length=4000), AfterValidator(_plain)]
Quantity = Annotated[float, BeforeValidator(_require_number), Field(ge=0, le=1e12, allow_inf_nan=False)]
MassToCharge = Annotated[float, BeforeValidator(_require_number), Field(gt=0, le=MOST_MZ, allow_inf_nan=False)]
Accuracy = Annotated[float, BeforeValidator(_require_number), Field(gt=0, le=MOST_PPM, allow_inf_nan=False)]
Percentage = Annotated[float, BeforeValidator(_require_number), Field(ge=0, le=100, allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(_require_number), Field(ge=0, le=1_000_000_000)]
Truth = Annotated[bool, BeforeValidator(_require_truth)]
Moment = Annotated[AwareDatetime, BeforeValidator(_require_text), AfterValidator(_read_instant)]


class Part(BaseModel):
    """Base of all parts of a submission: frozen, no extra fields, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False, hide_input_in_errors=True)


class EventPart(Part):
    """What happened, where and when."""

    type: EventType
    collected_on: Day | None = None
    analysed_on: Day | None = None
    country: CountryCode
    subdivision: Annotated[str, Field(max_length=80), AfterValidator(_plain)] = ""
    city: Annotated[str, Field(max_length=120), AfterValidator(_plain)] = ""
    setting: Setting = Setting.UNKNOWN
    case_reference: Annotated[str, Field(max_length=120), AfterValidator(_plain)] = ""
    departure_country: CountryCode | None = None
    transit_countries: Annotated[list[CountryCode], Field(max_length=20)] = []
    destination_country: CountryCode | None = None
    transport: Short = ""
    concealment: Annotated[str, Field(max_length=500), AfterValidator(_plain)] = ""
    case_type: CaseType | None = None
    outcome: Outcome | None = None
    age_band: AgeBand | None = None
    sex: Sex | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.collected_on is None and self.analysed_on is None:
            raise ValueError(_("Give collected_on or analysed_on; the year at least."))
        if self.collected_on and self.analysed_on and _ends_before(self.analysed_on, self.collected_on):
            raise ValueError(
                _("analysed_on (%(analysed)s) is before collected_on (%(collected)s).")
                % {"analysed": self.analysed_on, "collected": self.collected_on}
            )
        return self

    @property
    def dated(self) -> PartialDate:
        """The date that gives the year: of the collection, else of the analysis."""
        day = self.collected_on or self.analysed_on
        assert day is not None  # the validator saw to it
        return day


def _ends_before(day: PartialDate, other: PartialDate) -> bool:
    """Whether every day that *day* can mean lies before every day that *other* can."""
    known = min(bool(day.month) + bool(day.day), bool(other.month) + bool(other.day))
    parts = ((day.year, other.year), (day.month, other.month), (day.day, other.day))[: known + 1]
    return tuple(left for left, _right in parts) < tuple(right for _left, right in parts)


class DetectionPart(Part):
    """One answer of the analysis; partial answers stand on their own axes."""

    structure: Annotated[str, Field(max_length=1_000_000), AfterValidator(_plain)] | None = None
    stereo: Stereo | None = None
    name: Annotated[str, Field(max_length=500), AfterValidator(_plain)] | None = None
    reported_as: Annotated[str, Field(max_length=500), AfterValidator(_plain)] | None = None
    formula: Annotated[str, Field(max_length=160), AfterValidator(_plain)] | None = None
    chemical_class: Annotated[str, Field(max_length=64), AfterValidator(_plain)] | None = None
    mz: MassToCharge | None = None
    adduct: Short = ""
    ppm: Accuracy | None = None
    candidates: Annotated[list[Short], Field(max_length=50)] = []
    unidentified: Truth = False
    role: DetectionRole = DetectionRole.NOT_QUANTIFIED
    result: Result = Result.POSITIVE
    salt_form: Annotated[str, Field(max_length=80), AfterValidator(_plain)] = ""
    purity_percent: Percentage | None = None
    purity_basis: PurityBasis | None = None
    purity_per: PurityPer | None = None
    amount_per_unit_mg: Quantity | None = None
    concentration: Quantity | None = None
    concentration_unit: Annotated[str, Field(max_length=24), AfterValidator(_plain)] = ""
    limit_of_quantification: Quantity | None = None
    techniques: Annotated[list[Short], Field(max_length=30)] = []
    reference_material: Truth | None = None
    library_match: Truth | None = None
    causality: Causality | None = None
    causality_final: Truth | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        told = (
            self.structure,
            self.name,
            self.reported_as,
            self.formula,
            self.chemical_class,
            self.candidates,
            self.mz,
        )
        texts = [part.strip() if isinstance(part, str) else part for part in told]
        if not any(texts) and not self.unidentified:
            raise ValueError(
                _(
                    "Say what was found: structure, name, formula, chemical_class, candidates, mz, "
                    "or unidentified: true."
                )
            )
        if self.mz is None and (self.adduct or self.ppm is not None):
            raise ValueError(_("An adduct and its ppm belong to a measured mz; give that too."))
        if self.unidentified and self.structure:
            raise ValueError(_("A detection cannot be unidentified and have a structure."))
        if self.concentration is not None and not self.concentration_unit:
            raise ValueError(_("A concentration needs its concentration_unit."))
        return self


class ItemPart(Part):
    """An exhibit or a specimen with what was found in it."""

    form: Form = Form.UNKNOWN
    specimen: Specimen | None = None
    specimen_site: Annotated[str, Field(max_length=120), AfterValidator(_plain)] = ""
    sampling_interval_h: Quantity | None = None
    counterfeit_medicine: Truth | None = None
    net_mass_g: Quantity | None = None
    gross_mass_g: Quantity | None = None
    volume_ml: Quantity | None = None
    units: Count | None = None
    appearance: Annotated[str, Field(max_length=500), AfterValidator(_plain)] = ""
    sold_as: Short = ""
    detections: Annotated[list[DetectionPart], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _masses_agree(self) -> Self:
        if self.net_mass_g is not None and self.gross_mass_g is not None and self.net_mass_g > self.gross_mass_g:
            raise ValueError(_("net_mass_g is more than gross_mass_g."))
        return self


class Submission(Part):
    """A report as it arrives. Sharing is ``country`` unless said otherwise."""

    own_reference: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_plain)] | None = None
    event: EventPart
    sharing: Sharing = Sharing.COUNTRY
    hold_until: Moment | None = None
    legal_hold: Truth = False
    note: Long = ""
    items: Annotated[list[ItemPart], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        total = sum(len(item.detections) for item in self.items)
        if total > 2000:
            raise ValueError(_("A report holds at most 2,000 detections; this one has %(count)d.") % {"count": total})
        return self

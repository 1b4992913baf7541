"""What laboratories found: report -> event -> item -> detection, with every revision kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from nps_registry.store.tables.base import (
    Table,
    day_column,
    due_column,
    instant_column,
    json_column,
    key_column,
    now,
    random_id,
)
from nps_registry.vocabulary.attachment import AttachmentKind
from nps_registry.vocabulary.finding import (
    AgeBand,
    CaseType,
    Causality,
    DetectionRole,
    EventType,
    Form,
    Match,
    Outcome,
    PurityBasis,
    PurityPer,
    Result,
    Setting,
    Sex,
    Specimen,
)
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, RevisionCause, Sharing
from nps_registry.vocabulary.review import Act
from nps_registry.vocabulary.substance import Stereo

_OPEN_MASS = text("substance_id IS NULL AND mass_low_da IS NOT NULL")


def _open_index(column: str) -> Index:
    """An index of what is not identified yet, by *column*: look-back reads from it what a new substance could be."""
    is_open = text(f"substance_id IS NULL AND {column} <> ''")
    return Index(f"ix_detection_open_{column}", column, sqlite_where=is_open, postgresql_where=is_open)


class Event(Table, table=True):
    """A seizure, a case: what happened, as one laboratory describes it.

    Two laboratories' rows of one event are linked by ``same_as_id``, never merged: place, case reference
    and dates belong to the laboratory that gave them and must not show in the other's view.
    A link always points at a row that is not linked itself.
    """

    __tablename__ = "event"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    same_as_id: str | None = Field(default=None, foreign_key="event.id", max_length=36, index=True)
    type: EventType = Field(sa_column=key_column(EventType))
    country: str = Field(max_length=2, index=True, description="ISO 3166-1 alpha-2, with XK")
    subdivision: str = Field(default="", max_length=80)
    city: str = Field(default="", max_length=120)
    setting: Setting = Field(default=Setting.UNKNOWN, sa_column=key_column(Setting))
    collected_on: PartialDate | None = Field(default=None, sa_column=day_column())
    analysed_on: PartialDate | None = Field(default=None, sa_column=day_column())
    year: int = Field(index=True, description="of the collection date, else of the analysis date")
    quarter: int = Field(default=0, description="1 to 4; 0 where only the year is known")
    departure_country: str | None = Field(default=None, max_length=2)
    transit_countries: list[str] = Field(default_factory=list, sa_column=json_column())
    destination_country: str | None = Field(default=None, max_length=2)
    transport: str = Field(default="", max_length=200)
    concealment: str = Field(default="", max_length=500)
    case_reference: str = Field(default="", max_length=120, description="the laboratory's own pseudonymous reference")
    case_type: CaseType | None = Field(default=None, sa_column=key_column(CaseType, nullable=True))
    outcome: Outcome | None = Field(default=None, sa_column=key_column(Outcome, nullable=True))
    age_band: AgeBand | None = Field(default=None, sa_column=key_column(AgeBand, nullable=True))
    sex: Sex | None = Field(default=None, sa_column=key_column(Sex, nullable=True))


class Report(Table, table=True):
    """One laboratory's report of one event. ``revision`` guards against two writers at once."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "own_reference"),
        UniqueConstraint("file_digest", "file_row", "organisation_id"),
        Index("ix_report_organisation_id_submitted_at", "organisation_id", "submitted_at"),
        Index("ix_report_organisation_id_state_submitted_at", "organisation_id", "state", "submitted_at"),
        Index("ix_report_state_submitted_at", "state", "submitted_at"),
        Index("ix_report_count_due", "id", sqlite_where=text("count_due = 1"), postgresql_where=text("count_due")),
    )

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    reference: str | None = Field(default=None, unique=True, max_length=16, description="R-7K3F-9Q2M, at acceptance")
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36)
    event_id: str = Field(foreign_key="event.id", max_length=36, index=True)
    own_reference: str | None = Field(default=None, max_length=120)
    file_digest: str | None = Field(default=None, max_length=64)
    file_row: int | None = None
    state: ReportState = Field(sa_column=key_column(ReportState))
    sharing: Sharing = Field(default=Sharing.COUNTRY, sa_column=key_column(Sharing))
    hold_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True, index=True))
    legal_hold: bool = False
    demonstration: bool = False
    counted: bool = Field(default=False, description="among the public aggregates now")
    count_due: bool = Field(default=True, sa_column=due_column())
    payload: str = Field(default="", description="as it arrived, verbatim")
    payload_digest: str = Field(default="", max_length=64, description="SHA-256 of the payload as it arrived")
    note: str = ""
    submitted_by: str = Field(default="", max_length=80, description="token or person id")
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    submitted_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    released_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    accepted_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    published_at: datetime | None = Field(
        default=None, sa_column=instant_column(nullable=True), description="when it first counted in public"
    )
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    withdrawal_reason: str = ""
    revision: int = 1


class Item(Table, table=True):
    """An exhibit or a specimen of an event, as one report describes it."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("report_id", "position"),)

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    position: int
    form: Form = Field(default=Form.UNKNOWN, sa_column=key_column(Form))
    specimen: Specimen | None = Field(default=None, sa_column=key_column(Specimen, nullable=True))
    specimen_site: str = Field(default="", max_length=120)
    sampling_interval_h: float | None = Field(default=None, description="hours from the event to the sampling")
    counterfeit_medicine: bool | None = None
    net_mass_g: float | None = None
    gross_mass_g: float | None = None
    volume_ml: float | None = None
    units: int | None = None
    appearance: str = ""
    sold_as: str = ""


class Detection(Table, table=True):
    """One substance, or one part of an answer, found in an item.

    What was identified stands on separate axes: ``formula``, ``chemical_class``, ``candidates``, ``mz``,
    ``structure_given`` and ``stereo_given``. ``substance_id`` is what the registry made of it.
    """

    __tablename__ = "detection"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        _open_index("formula"),
        _open_index("chemical_class"),
        _open_index("name_given"),
        Index(
            "ix_detection_open_mass",
            "mass_low_da",
            "mass_high_da",
            sqlite_where=_OPEN_MASS,
            postgresql_where=_OPEN_MASS,
        ),
    )

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    item_id: str = Field(foreign_key="item.id", max_length=36, index=True)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    position: int
    substance_id: int | None = Field(default=None, foreign_key="substance.id", index=True)
    arrived_as_id: int | None = Field(
        default=None, foreign_key="substance.id", index=True, description="the entry it counted for until that merged"
    )
    match: Match = Field(default=Match.NONE, sa_column=key_column(Match))
    reported_as: str = Field(default="", description="the laboratory's words, verbatim, for ever")
    name_given: str = ""
    structure_given: str = ""
    stereo_given: Stereo | None = Field(default=None, sa_column=key_column(Stereo, nullable=True))
    formula: str = Field(default="", max_length=160, index=True)
    chemical_class: str = Field(default="", max_length=64)
    candidates: list[str] = Field(default_factory=list, sa_column=json_column())
    candidate_ids: list[int] = Field(default_factory=list, sa_column=json_column())
    mz: float | None = Field(default=None, description="measured; adduct and ppm as given, or the usual ones")
    adduct: str = Field(default="", max_length=16)
    ppm: float | None = None
    mass_low_da: float | None = Field(default=None, description="the monoisotopic masses that the m/z leaves, from")
    mass_high_da: float | None = Field(default=None, description="and to")
    unidentified: bool = False
    role: DetectionRole = Field(default=DetectionRole.NOT_QUANTIFIED, sa_column=key_column(DetectionRole))
    result: Result = Field(default=Result.POSITIVE, sa_column=key_column(Result))
    salt_form: str = Field(default="", max_length=80)
    isotopes: bool = False
    purity_percent: float | None = None
    purity_basis: PurityBasis | None = Field(default=None, sa_column=key_column(PurityBasis, nullable=True))
    purity_per: PurityPer | None = Field(default=None, sa_column=key_column(PurityPer, nullable=True))
    amount_per_unit_mg: float | None = None
    concentration: float | None = None
    concentration_unit: str = Field(default="", max_length=24)
    limit_of_quantification: float | None = None
    techniques: list[str] = Field(default_factory=list, sa_column=json_column())
    reference_material: bool | None = None
    library_match: bool | None = None
    meets_swgdrug_minimum: bool | None = None
    causality: Causality | None = Field(default=None, sa_column=key_column(Causality, nullable=True))
    causality_final: bool | None = None
    notes: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())


class CandidateSubstance(Table, table=True):
    """A substance that a partial identification could be, as rows so that look-back finds them."""

    __tablename__ = "candidate_substance"

    detection_id: str = Field(primary_key=True, foreign_key="detection.id", max_length=36)
    substance_id: int = Field(primary_key=True, foreign_key="substance.id", index=True)


class ReportRevision(Table, table=True):
    """What a report said at one time; a redacted one keeps its digest and loses its payload."""

    __tablename__ = "report_revision"
    __table_args__ = (UniqueConstraint("report_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    revision: int
    cause: RevisionCause = Field(sa_column=key_column(RevisionCause))
    reason: str = ""
    payload: str = ""
    payload_digest: str = Field(default="", max_length=64)
    identifications: list[dict[str, object]] = Field(default_factory=list, sa_column=json_column())
    made_by: str = Field(default="", max_length=80)
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())


class ReviewStep(Table, table=True):
    """What was done to a report: who, when, why, with reasons per field where it was returned.

    The reasons are free text: they go with a redaction, and the audit trail keeps their digest only.
    """

    __tablename__ = "review_step"

    id: int | None = Field(default=None, primary_key=True)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    from_state: ReportState = Field(sa_column=key_column(ReportState))
    to_state: ReportState = Field(sa_column=key_column(ReportState))
    made_by: str = Field(default="", max_length=80)
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())
    reason: str = ""
    field_reasons: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())
    act: Act = Field(sa_column=key_column(Act))
    revision: int = Field(default=0, description="of the report behind this step")


class IdempotentAnswer(Table, table=True):
    """The receipt already given for an ``Idempotency-Key``, so that a repeat gets the same answer."""

    __tablename__ = "idempotent_answer"

    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id", max_length=36)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str = Field(max_length=64)
    report_id: str | None = Field(default=None, foreign_key="report.id", max_length=36, description="none for a batch")
    status: int = Field(default=201, description="HTTP status of the answer")
    answer: str = ""
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())


class Draft(Table, table=True):
    """A report being written, by a laboratory and not by one person; nothing typed is lost.

    ``revision`` guards against two writers at once. ``report_id`` is the report that it amends, ``sent_as_id``
    the report that it became; a draft that was sent or discarded is kept and no longer offered.
    """

    __tablename__ = "draft"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36, index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=36, description="who saved it last")
    content: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    revision: int = 1
    saved_at: datetime = Field(default_factory=now, sa_column=instant_column())
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    report_id: str | None = Field(default=None, foreign_key="report.id", max_length=36, index=True)
    report_revision: int | None = Field(default=None, description="of the report amended, when it was opened")
    sent_as_id: str | None = Field(default=None, foreign_key="report.id", max_length=36, index=True)
    sent_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    discarded_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class DraftChange(Table, table=True):
    """What one save of a draft replaced: read backwards from the draft, they give what it said at any revision."""

    __tablename__ = "draft_change"

    draft_id: str = Field(primary_key=True, foreign_key="draft.id", max_length=36)
    revision: int = Field(primary_key=True, description="that the save made", sa_column_kwargs={"autoincrement": False})
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    saved_at: datetime = Field(default_factory=now, sa_column=instant_column())
    before: dict[str, str | None] = Field(default_factory=dict, sa_column=json_column())


class Attachment(Table, table=True):
    """A spectrum, chromatogram, photograph or document, stored under its digest outside the web root."""

    __tablename__ = "attachment"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    digest: str = Field(max_length=64)
    kind: AttachmentKind = Field(default=AttachmentKind.DOCUMENT, sa_column=key_column(AttachmentKind))
    media_type: str = Field(max_length=80)
    file_name: str = Field(default="", max_length=200)
    size_bytes: int = 0
    added_by: str = Field(default="", max_length=80, description="token or person id")
    added_at: datetime = Field(default_factory=now, sa_column=instant_column())
    redacted_at: datetime | None = Field(
        default=None, sa_column=instant_column(nullable=True), description="the file is to be deleted since"
    )


class ImportedFile(Table, table=True):
    """A file already imported, by digest, with the mapping used."""

    __tablename__ = "imported_file"

    digest: str = Field(primary_key=True, max_length=64)
    organisation_id: str = Field(primary_key=True, foreign_key="organisation.id", max_length=36)
    name: str = Field(default="", max_length=200)
    mapping: str = ""
    rows: int = 0
    imported_at: datetime = Field(default_factory=now, sa_column=instant_column())

"""The shapes of figures, signals and of the registry's own state, for the API's description."""

from __future__ import annotations

from pydantic import BaseModel, Field

from nps_registry.api.substance_shapes import Demonstration
from nps_registry.store.delays import Stage
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.substance import EffectGroup


class FiguresShape(BaseModel):
    """What every table of figures has."""

    total: int = Field(description="Rows.")
    counted: str = Field(description="What the figures count.")
    demonstration: Demonstration


class TimelineFigureShape(BaseModel):
    """One year and effect group."""

    year: int
    effect_group: EffectGroup
    events: int
    substances: int
    new_substances: int = Field(description="Those whose first public event of all is of that year.")


class TimelineShape(FiguresShape):
    """Public events per year and effect group."""

    items: list[TimelineFigureShape]


class CountryFigureShape(BaseModel):
    """One country, with its UN M49 sub-region."""

    country: str
    name: str
    region: str
    region_name: str
    events: int
    substances: int
    first_year: int
    last_year: int


class CountriesShape(FiguresShape):
    """Public events per country."""

    items: list[CountryFigureShape]


class ClassFigureShape(BaseModel):
    """One chemical class."""

    key: str
    label: str
    substances: int
    events: int


class ClassesShape(FiguresShape):
    """Substances and public events per chemical class."""

    items: list[ClassFigureShape]


class LatencyFigureShape(BaseModel):
    """One stage in one year."""

    stage: Stage
    year: int = Field(description="Of the event.")
    median_days: float | None = Field(description="Withheld where fewer than `fewest_reports` reports tell it.")
    reports: int | None = Field(description="That tell it; withheld likewise.")


class LatencyShape(FiguresShape):
    """How long public reports took from stage to stage."""

    items: list[LatencyFigureShape]
    fewest_reports: int


class LivenessShape(BaseModel):
    """The process answers."""

    ok: bool


class ReadinessShape(LivenessShape):
    """Questions can be answered."""

    mode: RegistryMode
    recipe: str = Field(description="How structures become fingerprints here.")

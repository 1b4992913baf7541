"""How well increases are found, as the last back-test measured it: shipped with the package, for the about page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import tomli

FILE = "backtest.toml"


@dataclass(frozen=True, slots=True)
class MeasuredMethod:
    """One method's figures, each with its 95 % confidence interval as (value, low, high).

    Attributes:
        sensitivity: share of the outbreaks that were found.
        days: median days from an outbreak's beginning to its first right alarm.
        false_alarms: per country and year.
        right: share of the alarms that were right.
        ours: our sensitivity at as many false alarms; nothing for our own.
    """

    name: str
    sensitivity: tuple[float, float, float]
    days: tuple[float, float, float]
    false_alarms: tuple[float, float, float]
    right: tuple[float, float, float]
    ours: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The last back-test.

    Attributes:
        measured_on: ISO date.
        seed: of the simulation; the method was tuned on others.
        methods: our own first.
    """

    measured_on: str
    seed: int
    versions: str
    countries: int
    substances: int
    years: int
    series: int
    outbreaks: int
    methods: tuple[MeasuredMethod, ...]


def read_backtest() -> Backtest | None:
    """The figures beside this module; nothing where none were measured yet."""
    found = files("nps_registry.signals").joinpath(FILE)
    if not found.is_file():
        return None
    told = tomli.loads(found.read_text(encoding="utf-8"))
    methods = tuple(_read_method(each) for each in told.pop("methods"))
    return Backtest(**told, methods=methods)


def _read_method(told: dict[str, Any]) -> MeasuredMethod:
    figures = {key: tuple(value) for key, value in told.items() if key != "name"}
    return MeasuredMethod(name=told["name"], **{"ours": None, **figures})

"""How well increases are found, as the last back-test measured it: shipped with the package, for the about page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import tomli

from nps_registry.localisation import gettext
from nps_registry.localisation import mark as _

FILE = "backtest.toml"
OURS = "ours"
LABELS = {
    OURS: _("This registry, by default"),
    "ears_c1": _("EARS C1"),
    "ears_c2": _("EARS C2"),
    "ears_c3": _("EARS C3"),
    "farrington": _("Improved Farrington, with at least 5 reports in 4 weeks"),
    "farrington_sparse": _("Improved Farrington, however few reports"),
}
"""The methods that readers are shown."""


@dataclass(frozen=True, slots=True)
class MeasuredMethod:
    """One method's figures, each with its 95 % confidence interval as (value, low, high).

    Attributes:
        key: one of ``LABELS``.
        sensitivity: share of the outbreaks that were found.
        days: median days from an outbreak's beginning to its first right alarm.
        false_alarms: per country and year.
        right: share of the alarms that were right.
        ours: our sensitivity at as many false alarms; nothing for our own.
    """

    key: str
    sensitivity: tuple[float, float, float]
    days: tuple[float, float, float]
    false_alarms: tuple[float, float, float]
    right: tuple[float, float, float]
    ours: tuple[float, float, float] | None

    @property
    def label(self) -> str:
        """What people call it, in the language in force."""
        return gettext(LABELS.get(self.key, self.key))


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
    figures: dict[str, Any] = {key: tuple(value) for key, value in told.items() if key != "key"}
    return MeasuredMethod(key=told["key"], **{"ours": None, **figures})

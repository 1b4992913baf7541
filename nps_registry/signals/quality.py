"""How well signals are found, as it was measured last: shipped with the package, for the about page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import tomli

from nps_registry.localisation import gettext
from nps_registry.localisation import mark as _
from nps_registry.vocabulary.signal import SignalKind

FILE = "backtest.toml"
EXACT_FILE = "exact.toml"
OURS = "ours"
LABELS = {
    OURS: _("This registry"),
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
        ours: the registry's sensitivity at as many false alarms; nothing for our own.
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
        methods: the registry first.
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


@dataclass(frozen=True, slots=True)
class ExactKind:
    """A kind of signal that follows from the reports without judgement: how many there were and how many were found.

    Attributes:
        wrong: how many others were told of.
    """

    kind: SignalKind
    there: int
    found: int
    wrong: int


@dataclass(frozen=True, slots=True)
class ExactEvents:
    """The last count of firsts and harm.

    Attributes:
        measured_on: ISO date.
        cases: of harm and beside it, among the *events*.
    """

    measured_on: str
    seed: int
    events: int
    cases: int
    kinds: tuple[ExactKind, ...]


def read_exact() -> ExactEvents | None:
    """Firsts and harm as they were counted last; nothing where they never were."""
    told = _read(EXACT_FILE)
    if told is None:
        return None
    kinds = tuple(ExactKind(SignalKind(each.pop("kind")), **each) for each in told.pop("kinds"))
    return ExactEvents(**told, kinds=kinds)


def read_backtest() -> Backtest | None:
    """The figures of the back-test; nothing where none were measured yet."""
    told = _read(FILE)
    if told is None:
        return None
    methods = tuple(_read_method(each) for each in told.pop("methods"))
    return Backtest(**told, methods=methods)


def _read(name: str) -> dict[str, Any] | None:
    """What the file *name* beside this module says."""
    found = files("nps_registry.signals").joinpath(name)
    return tomli.loads(found.read_text(encoding="utf-8")) if found.is_file() else None


def _read_method(told: dict[str, Any]) -> MeasuredMethod:
    figures: dict[str, Any] = {key: tuple(value) for key, value in told.items() if key != "key"}
    return MeasuredMethod(key=told["key"], **{"ours": None, **figures})

"""How numbers, places and quarters are written on pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup

from nps_registry.localisation import gettext as _
from nps_registry.pages.small_drawing import draw_small, is_broad
from nps_registry.pages.typesetting import set_formula, set_formulae, set_ion, set_name, set_text, set_whole
from nps_registry.vocabulary.place import country_name


def write_number(value: int) -> str:
    """*value* with a thin space between thousands, as SI writes numbers."""
    return f"{value:,}".replace(",", "\u202f")


def write_mass(value: float | None) -> str:
    """A mass in Da to four decimals."""
    return "" if value is None else f"{value:.4f}"


def write_quarter(year: int, quarter: int) -> str:
    """``2026 Q3``, or the year alone where no more is known."""
    return f"{year} Q{quarter}" if quarter else str(year)


def write_period(text: str) -> Markup:
    """A quarter as data write it (``2026-Q3``), as pages write it and in one piece."""
    return set_whole(text.replace("-Q", " Q"))


def write_score(value: float) -> str:
    """A similarity from 0 to 1 to two decimals."""
    return f"{value:.2f}"


def write_error(ppm: float) -> str:
    """By how many ppm a mass differs, to two decimals and with a minus where it is below."""
    return f"{round(ppm, 2) + 0.0:.2f}".replace("-", "\u2212")


def write_country(code: str) -> str:
    """The name of a country."""
    return country_name(code)


def write_truth(value: bool | None) -> str:
    """Yes, no, or not known."""
    if value is None:
        return _("not known")
    return _("yes") if value else _("no")


def write_instant(value: datetime | None) -> str:
    """A point in time to the minute, in UTC and saying so."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def write_day(value: datetime | None) -> str:
    """The day of a point in time, in UTC."""
    return "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d")


# In this order: browsers name those that they want to be taken for as well.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def write_browser(agent: str) -> str:
    """What a browser that calls itself *agent* most likely is, in a few words to tell one's own sessions apart."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent[:40] or _("not known")


FILTERS: dict[str, Callable[..., object]] = {
    "number": write_number,
    "mass": write_mass,
    "score": write_score,
    "error": write_error,
    "period": write_period,
    "country": write_country,
    "formula": set_formula,
    "formulae": set_formulae,
    "text": set_text,
    "whole": set_whole,
    "name": set_name,
    "ion": set_ion,
    "small": draw_small,
    "is_broad": is_broad,
    "truth": write_truth,
    "instant": lambda value: set_whole(write_instant(value)),
    "day": lambda value: set_whole(write_day(value)),
    "browser": write_browser,
}

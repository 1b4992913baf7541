"""What a bulletin says in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.vocabulary.cases import open_cases, tell_cases
from nps_registry.vocabulary.place import country_name, region_name
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature, name_with_nature

_EVERYTHING_COUNTED = "nps-bulletin/1.0"


def headline(told: Mapping[str, Any]) -> str:
    """The title of a bulletin."""
    return _("New psychoactive substances: bulletin %(period)s") % {"period": told["period"]["key"]}


def lead(told: Mapping[str, Any]) -> str:
    """The period in two or three sentences."""
    public = told["became_public"]
    events = ngettext(
        "%(events)d event became public, in %(reports)d reports from %(countries)d countries.",
        "%(events)d events became public, in %(reports)d reports from %(countries)d countries.",
        public["events"],
    ) % {"events": public["events"], "reports": public["reports"], "countries": len(public["per_country"])}
    first = sum(each["kind"] == SignalKind.FIRST_EVER and _nature_of(each) is Nature.NPS for each in told["signals"])
    firsts = ngettext(
        "%(count)d new psychoactive substance was reported for the first time anywhere.",
        "%(count)d new psychoactive substances were reported for the first time anywhere.",
        first,
    ) % {"count": first}
    # A version issued before small counts of deaths were withheld has both counts, and no sum.
    harms = tell_cases(public if "cases" in public else open_cases(public["fatal"], public["severe"]))
    return " ".join(part for part in (events, firsts if first else "", harms) if part)


def line_of_signal(told: Mapping[str, Any]) -> str:
    """A signal in a line."""
    where = country_name(told["country"]) if told["country"] else region_name(told["region"]) if told["region"] else ""
    when = f"{told['year']}-Q{told['quarter']}" if told["quarter"] else str(told["year"])
    name = name_with_nature(told["name"], _nature_of(told))
    return ", ".join(part for part in (f"{name}: {SignalKind(told['kind']).label}", where, when) if part)


def note(told: Mapping[str, Any]) -> str:
    """What the figures mean, in a paragraph."""
    counted = _("Events, reports and cases count where a new psychoactive substance was found in them.")
    meaning = _(
        "“Became public” counts events by the day on which their first report was made public here; “happened” by the"
        " quarter of the event, which is all that is public of its date. Reports come late, and are amended and"
        " withdrawn: this version keeps the figures of the day it was issued, and a later one may say something else."
        " Numbers reflect who looks and who reports, not how much is used."
    )
    return meaning if told["schema_version"] == _EVERYTHING_COUNTED else f"{counted} {meaning}"


def _nature_of(told: Mapping[str, Any]) -> Nature:
    """The nature of what a signal is about; versions of the first schema do not say it."""
    return Nature(told.get("nature", Nature.NPS))

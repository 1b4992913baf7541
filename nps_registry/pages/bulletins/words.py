"""What a bulletin says in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.vocabulary.cases import open_cases, tell_cases
from nps_registry.vocabulary.place import country_name, region_name
from nps_registry.vocabulary.signal import SignalKind


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
    first = sum(each["kind"] == SignalKind.FIRST_EVER for each in told["signals"])
    firsts = (
        ngettext("%(count)d substance was reported for the first time anywhere.",
                 "%(count)d substances were reported for the first time anywhere.", first) % {"count": first}
    )  # fmt: skip
    # A version issued before small counts of deaths were withheld has both counts, and no sum.
    harms = tell_cases(public if "cases" in public else open_cases(public["fatal"], public["severe"]))
    return " ".join(part for part in (events, firsts if first else "", harms) if part)


def line_of_signal(told: Mapping[str, Any]) -> str:
    """A signal in a line."""
    where = country_name(told["country"]) if told["country"] else region_name(told["region"]) if told["region"] else ""
    when = f"{told['year']}-Q{told['quarter']}" if told["quarter"] else str(told["year"])
    return ", ".join(part for part in (f"{told['name']}: {SignalKind(told['kind']).label}", where, when) if part)

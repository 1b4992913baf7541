"""Severe and fatal cases as far as they are told to everybody: a small count of deaths could point at a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext

FEWEST_DEATHS = 5
"""The least number of deaths that is told."""


def open_cases(fatal: int, severe: int) -> dict[str, int | None]:
    """The counts that anybody may read: the sum of both, and each of them only where there are deaths enough.

    A count of no deaths is withheld with the small ones, and the severe cases with the fatal ones: either would tell
    the number that is not told.
    """
    is_told = fatal >= FEWEST_DEATHS
    return {
        "cases": fatal + severe,
        "fatal": fatal if is_told else None,
        "severe": severe if is_told else None,
    }


def tell_cases(told: Mapping[str, Any]) -> str:
    """The ``cases``, ``fatal`` and ``severe`` of *told* in words; empty where there is no case."""
    if not told["cases"]:
        return ""
    if told["fatal"] is not None:
        return _("%(fatal)d fatal and %(severe)d severe cases.") % {"fatal": told["fatal"], "severe": told["severe"]}
    return ngettext(
        "%(count)d severe or fatal case; deaths are told by number from %(fewest)d on.",
        "%(count)d severe or fatal cases; deaths are told by number from %(fewest)d on.",
        told["cases"],
    ) % {"count": told["cases"], "fewest": FEWEST_DEATHS}

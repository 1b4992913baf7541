"""What is known of the days of a control, in words: a day that no source states is said to be missing."""

from __future__ import annotations

from nps_registry.localisation import gettext as _
from nps_registry.store.tables import Control


def say_dates(control: Control) -> str:
    """When *control* was decided, came into force and ends, for pages and for who reads the answers of the API.

    Dates are as exact as the sources are, so ``2018-03`` may stand for a day.
    """
    told = [
        _("decided %(date)s") % {"date": control.decided_on} if control.decided_on else "",
        _("in force %(date)s") % {"date": control.in_force_on}
        if control.in_force_on
        else _("date of entry into force not recorded"),
        _("in this wording since %(date)s or earlier") % {"date": control.worded_since} if control.worded_since else "",
        _say_end(control),
    ]
    return "; ".join(part for part in told if part)


def _say_end(control: Control) -> str:
    if control.ended_on:
        return _("ended %(date)s") % {"date": control.ended_on}
    if control.expires_on:
        return _("temporary, until %(date)s") % {"date": control.expires_on}
    return _("temporary") if control.is_temporary else ""

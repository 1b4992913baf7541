"""Terms of advisories: how severe, for whom, and the identifiers they go by."""

from __future__ import annotations

import secrets

from nps_registry.localisation import gettext, mark
from nps_registry.localisation import mark as _
from nps_registry.vocabulary.reference import ALPHABET
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight
from nps_registry.vocabulary.term import Term

STANDING = (AdvisoryState.PUBLISHED, AdvisoryState.UPDATED)
"""States of an advisory that holds."""

READABLE = (*STANDING, AdvisoryState.WITHDRAWN)
"""States of an advisory that was published."""


class Severity(Term):
    """How much depends on acting now, the most severe first."""

    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    INFORMATION = "information", _("For information")

    @property
    def meaning(self) -> str:
        """When this level is chosen, in a sentence."""
        return gettext(_SEVERITY_MEANINGS[self])


_SEVERITY_MEANINGS = {
    Severity.CRITICAL: mark("Deaths or danger to life are linked to it, and more are to be expected: act today."),
    Severity.HIGH: mark("Severe harm was reported, or is likely from what it is and how it spreads: act this week."),
    Severity.MODERATE: mark("New, or found more often, with harm that is possible and not reported: be prepared."),
    Severity.INFORMATION: mark("To recognise it by; nothing points to unusual harm."),
}

AUDIENCE_MEANINGS = {
    TrafficLight.CLEAR: mark("For everybody; may be passed on without limit."),
    TrafficLight.GREEN: mark(
        "For every registered organisation; may be passed on within its community, not in public."
    ),
    TrafficLight.AMBER: mark(
        "For the laboratories and focal points of the countries named, and the organisations named; they may pass it"
        " on within themselves and to clients who need to know."
    ),
    TrafficLight.AMBER_STRICT: mark("For the organisations named, and nobody outside them."),
    TrafficLight.RED: mark("For the eyes of the people named, and nobody else."),
}
"""Who reads what is marked so here, after the Traffic Light Protocol 2.0 (FIRST.org, August 2022)."""


def mint_advisory_id(year: int) -> str:
    """A fresh identifier such as ``NPS-ADV-2026-7K3F9Q``: the year it was opened in, and nothing else to be read.

    It is random because a running number would tell of the advisories between two public ones.
    """
    return f"NPS-ADV-{year:04d}-{''.join(secrets.choice(ALPHABET) for _place in range(6))}"

"""How serious an advisory is."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class Severity(Term):
    """The severities of the Common Alerting Protocol 1.2 (OASIS), least first."""

    MINOR = "minor", _("Minor")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")
    EXTREME = "extreme", _("Extreme")

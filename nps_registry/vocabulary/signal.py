"""Terms of signals and advisories."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class SignalKind(Term):
    """What a signal says. ``analogue_of_controlled`` is for those who review, never public."""

    FIRST_EVER = "first_ever", _("First ever report")
    FIRST_IN_REGION = "first_in_region", _("First report in a region")
    FIRST_IN_COUNTRY = "first_in_country", _("First report in a country")
    RE_EMERGENCE = "re_emergence", _("Seen again after a silence")
    INCREASE = "increase", _("Increase")
    SPREAD = "spread", _("Spread to more countries")
    HARM = "harm", _("Severe or fatal cases")
    ANALOGUE_OF_CONTROLLED = "analogue_of_controlled", _("Close to a controlled substance")


class SignalState(Term):
    """What was made of a signal."""

    OPEN = "open", _("Open")
    ASSESSED = "assessed", _("Assessed")
    ESCALATED = "escalated", _("Escalated")
    DISMISSED = "dismissed", _("Dismissed")


class SignalAct(Term):
    """What may happen to a signal: rules raise and retract it, curators judge it."""

    RAISED = "raised", _("Raised")
    RETRACTED = "retracted", _("Retracted")
    ASSESSED = "assessed", _("Assessed")
    ESCALATED = "escalated", _("Escalated")
    DISMISSED = "dismissed", _("Dismissed")


class AdvisoryState(Term):
    """Where an advisory stands."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    UPDATED = "updated", _("Updated")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TrafficLight(Term):
    """Traffic Light Protocol 2.0 (FIRST.org)."""

    CLEAR = "CLEAR", _("TLP:CLEAR")
    GREEN = "GREEN", _("TLP:GREEN")
    AMBER = "AMBER", _("TLP:AMBER")
    AMBER_STRICT = "AMBER+STRICT", _("TLP:AMBER+STRICT")
    RED = "RED", _("TLP:RED")

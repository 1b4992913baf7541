"""Terms of what is told to those who subscribed, and of how it reaches them."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class NoticeKind(Term):
    """What a notice is about."""

    SIGNAL = "signal", _("Signal")
    ADVISORY = "advisory", _("Advisory")
    LOOK_BACK = "look_back", _("Partial identification that could be settled")
    TEST = "test", _("Test")


class Change(Term):
    """What happened to the subject of a notice."""

    RAISED = "raised", _("raised")
    ASSESSED = "assessed", _("assessed")
    ESCALATED = "escalated", _("escalated")
    DISMISSED = "dismissed", _("dismissed")
    RETRACTED = "retracted", _("retracted")
    PUBLISHED = "published", _("published")
    UPDATED = "updated", _("updated")
    WITHDRAWN = "withdrawn", _("withdrawn")
    FOUND = "found", _("found")
    SENT = "sent", _("sent")


CORRECTIONS = frozenset({Change.DISMISSED, Change.RETRACTED, Change.WITHDRAWN})
"""Changes that take back what was told: only those who were told hear of them."""

UNTOLD = frozenset({Change.ASSESSED})
"""Changes that are the reviewers' own and nobody's news."""


class Channel(Term):
    """How notices reach a subscriber."""

    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")
    FEED = "feed", _("Private feed")


class Frequency(Term):
    """When mail is sent."""

    IMMEDIATE = "immediate", _("At once")
    DAILY = "daily", _("Once a day, together")


class DeliveryState(Term):
    """Where the delivery of one notice to one subscriber stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Delivered")
    DROPPED = "dropped", _("Not sent")
    PARKED = "parked", _("Given up")


class LookBackGround(Term):
    """Why a partial identification could be a substance, the surest first."""

    CANDIDATE = "candidate", _("It is one of the candidates named")
    NAME = "name", _("It carries the name that was reported")
    ISOMERS = "isomers", _("It is a member of the set of isomers reported")
    FORMULA = "formula", _("It has the formula reported")
    MASS = "mass", _("It has the mass that was measured")
    CHEMICAL_CLASS = "chemical_class", _("It is of the class reported")

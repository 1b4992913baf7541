"""Terms of a report's life, of who may see it, and of the people who handle it."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class ReportState(Term):
    """Where a report stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    QUERIED = "queried", _("Queried")
    RELEASED = "released", _("Released by the focal point")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REDACTED = "redacted", _("Redacted")


class RevisionCause(Term):
    """Why a report has a further revision."""

    SUBMITTED = "submitted", _("Submitted")
    AMENDED = "amended", _("Amended")
    REIDENTIFIED = "reidentified", _("Re-identified")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REDACTED = "redacted", _("Redacted")


class Sharing(Term):
    """Who may see a report, always with the curators who review it. ``country`` is the default."""

    PUBLIC = "public", _("Public")
    NETWORK = "network", _("Every registered laboratory")
    COUNTRY = "country", _("The reporting country")
    LABORATORY = "laboratory", _("The reporting laboratory")


class Role(Term):
    """What a person or a token may do."""

    VISITOR = "visitor", _("Visitor")
    LABORATORY = "laboratory", _("Laboratory")
    FOCAL_POINT = "focal_point", _("National focal point")
    SCIENTIST = "scientist", _("Scientist")
    CURATOR = "curator", _("Curator")
    ADMINISTRATOR = "administrator", _("Administrator")


class Scope(Term):
    """What a token may be used for."""

    REPORTS_WRITE = "reports:write", _("Submit reports")
    REPORTS_READ = "reports:read", _("Read own reports")
    SEARCH_LARGE = "search:large", _("Large queries")
    REVIEW = "review", _("Review reports")


class RegistryMode(Term):
    """A registry is either a demonstration or real, from its creation on."""

    DEMONSTRATION = "demonstration", _("Demonstration")
    REAL = "real", _("Real")

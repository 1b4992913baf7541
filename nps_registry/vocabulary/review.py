"""The life of a report as one diagram: which act leads from which state to which, and who may do it.

``submitted -> (queried -> submitted)* -> released -> accepted | returned``, then amended, reidentified, withdrawn,
redacted. A country may waive the release: what would stand at ``submitted`` stands at ``released`` there.
"""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.report import ReportState
from nps_registry.vocabulary.term import Term

SUBMITTED, QUERIED, RELEASED, ACCEPTED, RETURNED, WITHDRAWN, REDACTED = (
    ReportState.SUBMITTED,
    ReportState.QUERIED,
    ReportState.RELEASED,
    ReportState.ACCEPTED,
    ReportState.RETURNED,
    ReportState.WITHDRAWN,
    ReportState.REDACTED,
)
WAITING = (SUBMITTED, QUERIED, RELEASED)
"""States in which a report waits for somebody: what the queue holds."""

ENDED = (WITHDRAWN, REDACTED)
_STANDING = frozenset({SUBMITTED, QUERIED, RELEASED, ACCEPTED, RETURNED})


class Act(Term):
    """Something that is done to a report."""

    RELEASE = "release", _("Released")
    QUERY = "query", _("Question asked")
    ANSWER = "answer", _("Question answered")
    PROPOSE = "propose", _("Accepted by a first reviewer")
    ACCEPT = "accept", _("Accepted")
    RETURN = "return", _("Returned")
    SHARE = "share", _("Sharing or hold changed")
    AMEND = "amend", _("Amended")
    REIDENTIFY = "reidentify", _("Re-identified")
    WITHDRAW = "withdraw", _("Withdrawn")
    PROPOSE_REDACTION = "propose_redaction", _("Redaction proposed")
    REDACT = "redact", _("Redacted")


class Party(Term):
    """Who stands to a report in such a way that they may do something to it."""

    LABORATORY = "laboratory", _("The reporting laboratory")
    FOCAL_POINT = "focal_point", _("The focal point of its country")
    CURATOR = "curator", _("A curator")
    ADMINISTRATOR = "administrator", _("An administrator")


class Reason(Term):
    """Why a report stands where it does in the queue."""

    FIRST_EVER = "first_ever", _("Never reported in public before")
    HARM = "harm", _("Severe or fatal outcome")
    ANALOGUE_OF_CONTROLLED = "analogue_of_controlled", _("Close to a controlled substance")
    SECOND_LOOK = "second_look", _("Waits for a second reviewer")


class ProposalKind(Term):
    """A decision that takes effect once a second person agrees."""

    ACCEPT = "accept", _("Accept a report that is the first of its substance")
    LIST = "list", _("List a provisional substance")
    REDACT = "redact", _("Redact a report")


@dataclass(frozen=True, slots=True)
class Arrow:
    """Where an act may lead, and who may do it.

    Attributes:
        sources: the states it may begin in.
        targets: the states it may end in; none where the report stays in its state.
    """

    sources: frozenset[ReportState]
    targets: frozenset[ReportState]
    by: frozenset[Party]

    def leads(self, source: ReportState, target: ReportState) -> bool:
        """Whether the act may lead from *source* to *target*."""
        return source in self.sources and target in (self.targets or {source})


def _arrow(sources: frozenset[ReportState], targets: tuple[ReportState, ...], *by: Party) -> Arrow:
    return Arrow(sources, frozenset(targets), frozenset(by))


_LABORATORY, _FOCAL_POINT, _CURATOR, _ADMINISTRATOR = Party
DIAGRAM: dict[Act, Arrow] = {
    Act.RELEASE: _arrow(frozenset({SUBMITTED}), (RELEASED,), _FOCAL_POINT, _ADMINISTRATOR),
    Act.QUERY: _arrow(frozenset({SUBMITTED, RELEASED}), (QUERIED,), _FOCAL_POINT, _CURATOR, _ADMINISTRATOR),
    Act.ANSWER: _arrow(frozenset({QUERIED}), (SUBMITTED, RELEASED), _LABORATORY),
    Act.PROPOSE: _arrow(frozenset({RELEASED}), (RELEASED,), _CURATOR, _ADMINISTRATOR),
    Act.ACCEPT: _arrow(frozenset({RELEASED}), (ACCEPTED,), _CURATOR, _ADMINISTRATOR),
    Act.RETURN: _arrow(frozenset({SUBMITTED, RELEASED}), (RETURNED,), _FOCAL_POINT, _CURATOR, _ADMINISTRATOR),
    # An accepted report that becomes public by it and would be a public first goes back to the second reviewer.
    Act.SHARE: Arrow(
        _STANDING,
        frozenset(),
        frozenset({_LABORATORY, _FOCAL_POINT, _CURATOR, _ADMINISTRATOR}),
    ),
    Act.AMEND: _arrow(_STANDING, (SUBMITTED, RELEASED, ACCEPTED), _LABORATORY),
    Act.REIDENTIFY: Arrow(_STANDING, frozenset(), frozenset({_LABORATORY, _CURATOR, _ADMINISTRATOR})),
    Act.WITHDRAW: _arrow(_STANDING, (WITHDRAWN,), _LABORATORY),
    Act.PROPOSE_REDACTION: Arrow(_STANDING | {WITHDRAWN}, frozenset(), frozenset({_ADMINISTRATOR})),
    Act.REDACT: _arrow(_STANDING | {WITHDRAWN}, (REDACTED,), _CURATOR, _ADMINISTRATOR),
}
"""What may be done to a report. There is no other way from one state to another."""

BACK_TO_REVIEW = frozenset({Act.SHARE, Act.REIDENTIFY})
"""Acts that lead from accepted back to released where they would make a first that nobody has reviewed."""


def is_arrow(act: Act, source: ReportState, target: ReportState) -> bool:
    """Whether the diagram has *act* leading from *source* to *target*."""
    if act in BACK_TO_REVIEW and (source, target) == (ACCEPTED, RELEASED):
        return True
    return DIAGRAM[act].leads(source, target)

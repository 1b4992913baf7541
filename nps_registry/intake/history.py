"""What was done to a report, told to those who read it whole."""

from __future__ import annotations

from nps_registry.errors import NotFound, NotPermitted
from nps_registry.localisation import gettext as _
from nps_registry.store import reports as stored
from nps_registry.store import review
from nps_registry.store.engine import Session
from nps_registry.store.tables import Report, ReviewStep
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import sees_whole_report
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.review import DIAGRAM, Party

_LONGEST = 64


def find(session: Session, id_or_reference: str, viewer: Viewer) -> Report:
    """The report with this id or reference, where *viewer* may see it.

    Raises:
        NotFound: there is none, or none that the viewer may see.
    """
    report = stored.find_report(session, id_or_reference, viewer) if len(id_or_reference) <= _LONGEST else None
    if report is None:
        raise NotFound(_("There is no report “%(id)s” that you may see.") % {"id": id_or_reference[:_LONGEST]})
    return report


def find_whole(session: Session, id_or_reference: str, viewer: Viewer) -> Report:
    """The report with this id or reference, where *viewer* reads all of it.

    Raises:
        NotFound: there is none that the viewer may see.
        NotPermitted: the viewer may see what is public of it.
    """
    report = find(session, id_or_reference, viewer)
    if not sees_whole_report(viewer, report.organisation_id, review.country_of_report(session, report.id)):
        raise NotPermitted(_("What was done to a report is for its laboratory and those who review it."))
    return report


def steps_with_names(session: Session, report: Report, viewer: Viewer) -> list[tuple[ReviewStep, str]]:
    """The steps of *report*, oldest first, each with who took it.

    A laboratory reads of its reviewers what they are, not who; reviewers read each other's names.
    """
    steps = review.steps_of(session, report.id)
    names = review.names_of_actors(session, {step.made_by for step in steps})
    if viewer.role in {Role.CURATOR, Role.ADMINISTRATOR, Role.FOCAL_POINT}:
        return [(step, names.get(step.made_by, step.made_by)) for step in steps]
    return [(step, _("you") if step.made_by == viewer.actor else _plainly(step)) for step in steps]


def _plainly(step: ReviewStep) -> str:
    return _("your laboratory") if DIAGRAM[step.act].by == {Party.LABORATORY} else _("the review")

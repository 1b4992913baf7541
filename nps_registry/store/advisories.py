"""Who may read an advisory."""

from __future__ import annotations

from nps_registry.store.tables import Advisory
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import NETWORK, REVIEWERS
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight


def may_read(advisory: Advisory, viewer: Viewer) -> bool:
    """Whether *viewer* is of the audience of *advisory*; drafts are read by those who write them."""
    if viewer.role in REVIEWERS:
        return True
    if advisory.state is AdvisoryState.DRAFT:
        return False
    if advisory.audience is TrafficLight.CLEAR:
        return True
    if advisory.audience is TrafficLight.GREEN:
        return viewer.role in NETWORK
    if advisory.audience is TrafficLight.AMBER:
        return viewer.role in {Role.LABORATORY, Role.FOCAL_POINT}
    return advisory.audience is TrafficLight.AMBER_STRICT and viewer.role is Role.FOCAL_POINT

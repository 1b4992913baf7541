"""What those who did not write a report read of it."""

from __future__ import annotations

import pytest

from nps_registry.intake.views import view_of
from nps_registry.store.contents import Contents
from nps_registry.store.tables import Event, Organisation, Report
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.finding import EventType
from nps_registry.vocabulary.report import ReportState, Role, Sharing

BERLIN = Organisation(id="berlin", name="Berlin", country="DE")
EVENT = Event(type=EventType.SEIZURE, country="FR", year=2026, city="Lyon", case_reference="A-1", same_as_id="other")
REPORT = Report(
    organisation_id="berlin",
    event_id=EVENT.id,
    reference="R-7K3F-9Q2M",
    state=ReportState.ACCEPTED,
    sharing=Sharing.NETWORK,
    note="free text",
)


def seen_by(viewer: Viewer) -> str:
    return str(view_of(REPORT, Contents(EVENT, BERLIN), viewer))


@pytest.mark.parametrize(
    "viewer",
    [
        VISITOR,
        Viewer(Role.LABORATORY, "munich", "DE"),
        Viewer(Role.SCIENTIST, "university", "DE"),
        Viewer(Role.FOCAL_POINT, "lyon", "FR"),  # where it happened, not where it is reviewed
    ],
    ids=lambda viewer: f"{viewer.role}-{viewer.country}",
)
def test_others_read_neither_laboratory_nor_case_nor_free_text(viewer: Viewer) -> None:
    told = seen_by(viewer)
    assert not [word for word in ("berlin", "Lyon", "A-1", "free text", REPORT.id) if word in told]


@pytest.mark.parametrize(
    "viewer",
    [Viewer(Role.LABORATORY, "berlin", "DE"), Viewer(Role.FOCAL_POINT, "bonn", "DE"), Viewer(Role.CURATOR)],
    ids=lambda viewer: str(viewer.role),
)
def test_the_laboratory_and_its_reviewers_read_it_all(viewer: Viewer) -> None:
    assert "A-1" in seen_by(viewer)


def test_nobody_reads_to_which_event_it_is_linked() -> None:
    for viewer in (VISITOR, Viewer(Role.LABORATORY, "berlin", "DE"), Viewer(Role.CURATOR)):
        assert "same_as" not in seen_by(viewer)

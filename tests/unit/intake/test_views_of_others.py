"""What those who did not write a report read of it."""

from __future__ import annotations

import pytest

from nps_registry.intake.views import view_of
from nps_registry.store.contents import Contents
from nps_registry.store.tables import Detection, Event, Item, Organisation, Report
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.finding import EventType, Match
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.report import ReportState, Role, Sharing

BERLIN = Organisation(id="berlin", name="Berlin", country="DE")
EVENT = Event(
    type=EventType.SEIZURE,
    country="FR",
    year=2026,
    quarter=1,
    collected_on=PartialDate.read("2026-02-03"),
    city="Lyon",
    case_reference="A-1",
    same_as_id="other",
)
ITEM = Item(report_id="report", position=0)
REPORT = Report(
    organisation_id="berlin",
    event_id=EVENT.id,
    reference="R-7K3F-9Q2M",
    state=ReportState.ACCEPTED,
    sharing=Sharing.NETWORK,
    note="free text",
)


def seen_by(viewer: Viewer, match: Match = Match.EXACT) -> str:
    detection = Detection(item_id=ITEM.id, report_id="report", position=0, substance_id=None, match=match)
    return str(view_of(REPORT, Contents(EVENT, BERLIN, [(ITEM, [detection])]), viewer))


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
    assert not [word for word in ("berlin", "Lyon", "A-1", "free text", "2026-02", REPORT.id) if word in told]


def test_others_do_not_read_what_the_laboratory_had_seen_before() -> None:
    munich = Viewer(Role.LABORATORY, "munich", "DE")
    for viewer in (VISITOR, munich):
        assert seen_by(viewer, Match.NEW) == seen_by(viewer, Match.EXACT) == seen_by(viewer, Match.STEREO_VARIANT)
    assert "'new'" in seen_by(Viewer(Role.LABORATORY, "berlin", "DE"), Match.NEW)


@pytest.mark.parametrize(
    "viewer",
    [Viewer(Role.LABORATORY, "berlin", "DE"), Viewer(Role.FOCAL_POINT, "bonn", "DE"), Viewer(Role.CURATOR)],
    ids=lambda viewer: str(viewer.role),
)
def test_the_laboratory_and_its_reviewers_read_it_all(viewer: Viewer) -> None:
    told = seen_by(viewer)
    assert all(word in told for word in ("A-1", "2026-02-03", "free text"))


def test_nobody_reads_to_which_event_it_is_linked() -> None:
    for viewer in (VISITOR, Viewer(Role.LABORATORY, "berlin", "DE"), Viewer(Role.CURATOR)):
        assert "same_as" not in seen_by(viewer)

"""Parts of submissions that earlier rows of a table told in the same words: they are checked once."""

from __future__ import annotations

from typing import Any

from nps_registry.intake.amendment import read_submission
from nps_registry.intake.cells import PARTS_KEPT
from nps_registry.intake.submission import CELLS_OF_A_TABLE, DetectionPart, EventPart, Submission


class Repeated:
    """What the rows of one table told so far: many tell of the same day and place, or found the same."""

    def __init__(self) -> None:
        self._events: dict[str, EventPart] = {}
        self._detections: dict[str, DetectionPart] = {}

    def read_submission(self, value: dict[str, Any]) -> Submission:
        """The submission in *value*, what a row says.

        Raises:
            InvalidInput: with every field at fault.
        """
        event = repr(value["event"])
        detections = [repr(detection) for item in value["items"] for detection in item["detections"]]
        known = iter(detections)
        items = [
            {**item, "detections": [self._detections.get(next(known), part) for part in item["detections"]]}
            for item in value["items"]
        ]
        submission = read_submission(
            {**value, "event": self._events.get(event, value["event"]), "items": items}, context=CELLS_OF_A_TABLE
        )
        self._keep(event, submission, detections)
        return submission

    def _keep(self, event: str, submission: Submission, detections: list[str]) -> None:
        for kept in (self._events, self._detections):
            if len(kept) >= PARTS_KEPT:
                kept.clear()
        self._events[event] = submission.event
        parts = (part for item in submission.items for part in item.detections)
        self._detections.update(zip(detections, parts, strict=True))

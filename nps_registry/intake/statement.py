"""What a report says now, as a laboratory would post it: what a change is applied to."""

from __future__ import annotations

import json
from typing import Any

from nps_registry.intake.submission import DetectionPart, EventPart, ItemPart, Submission
from nps_registry.store import reports as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Detection, Item, Report, Table

_GIVEN_AS = {"name": "name_given", "structure": "structure_given", "stereo": "stereo_given"}


def statement_of(session: Session, report: Report) -> dict[str, Any]:
    """The submission that *report* stands for.

    That is its payload; a row of a laboratory's own table is no submission, and for one of those it is
    written from what the registry made of the row.
    """
    payload = json.loads(report.payload)
    if isinstance(payload, dict) and {"event", "items"} <= payload.keys() <= Submission.model_fields.keys():
        return payload
    contents = stored.contents(session, [report.id])[report.id]
    event = _values(contents.event, list(EventPart.model_fields))
    event |= {name: str(getattr(contents.event, name)) for name in ("collected_on", "analysed_on") if name in event}
    statement: dict[str, Any] = {
        "event": event,
        "sharing": report.sharing.value,
        "items": [_item(item, detections) for item, detections in contents.items],
    }
    if report.own_reference:
        statement["own_reference"] = report.own_reference
    if report.note:
        statement["note"] = report.note
    if report.legal_hold:
        statement["legal_hold"] = True
    if report.hold_until is not None:
        statement["hold_until"] = report.hold_until.isoformat()
    return statement


def _item(item: Item, detections: list[Detection]) -> dict[str, Any]:
    names = [name for name in ItemPart.model_fields if name != "detections"]
    return {**_values(item, names), "detections": [_detection(detection) for detection in detections]}


def _detection(detection: Detection) -> dict[str, Any]:
    names = {_GIVEN_AS.get(name, name): name for name in DetectionPart.model_fields}
    if detection.structure_given:
        del names["formula"]  # it was derived from the structure, or compared with it
    return {names[name]: value for name, value in _values(detection, list(names)).items()}


def _values(row: Table, names: list[str]) -> dict[str, Any]:
    """The fields *names* of *row* that say something, as JSON values."""
    values = row.model_dump(mode="json", include=set(names))
    return {name: values[name] for name in names if values[name] not in (None, "", [], False)}

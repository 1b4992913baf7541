"""One report, several views: what the laboratory, its country, the network and the public may read of it."""

from __future__ import annotations

from collections.abc import Mapping

from nps_registry.store.reports import Contents
from nps_registry.store.tables import Detection, Event, Item, Report, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import sees_whole_report
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.report import ReportState, Role

# Never leaves the laboratory and those who review: who reported, case, days, place in the country, person, free text.
_EVENT_CLOSED = frozenset({
    "collected_on", "analysed_on", "subdivision", "city", "case_reference", "age_band", "sex", "transport",
    "concealment", "departure_country", "transit_countries", "destination_country",
})  # fmt: skip
_ITEM_CLOSED = frozenset({"appearance", "sold_as", "specimen_site"})
_DETECTION_CLOSED = frozenset({"reported_as", "name_given", "structure_given", "notes"})
_BY_STRUCTURE = frozenset({Match.EXACT, Match.STEREO_VARIANT, Match.NEW})


def view_of(report: Report, contents: Contents, viewer: Viewer) -> dict[str, object]:
    """The report as *viewer* may read it; that it may be seen at all is the caller's query."""
    # The reporting laboratory's country decides, not the event's: its focal point is the one that reviews.
    whole = sees_whole_report(viewer, report.organisation_id, contents.organisation.country)
    answer: dict[str, object] = {
        # Who reads a report before it has a reference knows its id, or could not have asked for it.
        "id": report.id if whole else report.reference or report.id,
        "reference": report.reference,
        "state": report.state.value,
        "sharing": report.sharing.value,
        "demonstration": report.demonstration,
        "event": _event(contents.event, whole=whole, public=viewer.role is Role.VISITOR),
        "items": [
            _item(item, detections, contents.substances, whole=whole, public=viewer.role is Role.VISITOR)
            for item, detections in contents.items
        ],
    }
    if whole:
        answer.update(_kept(report))
    return answer


def _kept(report: Report) -> dict[str, object]:
    moments = ("created_at", "submitted_at", "released_at", "accepted_at", "withdrawn_at", "hold_until")
    kept: dict[str, object] = {name: _instant(getattr(report, name)) for name in moments}
    kept.update(
        own_reference=report.own_reference,
        revision=report.revision,
        legal_hold=report.legal_hold,
        note=report.note,
        payload_digest=report.payload_digest,
        payload=report.payload if report.state is not ReportState.REDACTED else None,
        withdrawal_reason=report.withdrawal_reason,
        links={"self": f"/api/v1/reports/{report.id}", "withdraw": f"/api/v1/reports/{report.id}/withdraw"},
    )
    return kept


def _instant(value: object) -> str | None:
    return value.isoformat() if hasattr(value, "isoformat") else None


def _event(event: Event, *, whole: bool, public: bool) -> dict[str, object]:
    fields = event.model_dump(mode="json", exclude={"id", "same_as_id", *(() if whole else _EVENT_CLOSED)})
    if public:
        return {name: fields[name] for name in ("type", "country", "year", "quarter", "setting")}
    if whole:
        fields["collected_on"] = str(event.collected_on) if event.collected_on else None
        fields["analysed_on"] = str(event.analysed_on) if event.analysed_on else None
    return fields


def _item(
    item: Item, detections: list[Detection], substances: Mapping[int, Substance], *, whole: bool, public: bool
) -> dict[str, object]:
    closed = {"id", "report_id", "position"} | (set() if whole else _ITEM_CLOSED)
    fields: dict[str, object] = {"form": item.form.value} if public else item.model_dump(mode="json", exclude=closed)
    fields["detections"] = [_detection(detection, substances, whole=whole, public=public) for detection in detections]
    return fields


def _detection(
    detection: Detection, substances: Mapping[int, Substance], *, whole: bool, public: bool
) -> dict[str, object]:
    closed = {"id", "item_id", "report_id", "position", "substance_id", "arrived_as_id", "candidate_ids"}
    if public:
        fields: dict[str, object] = {"role": detection.role.value, "result": detection.result.value}
    else:
        fields = detection.model_dump(mode="json", exclude=closed | (set() if whole else _DETECTION_CLOSED))
    substance = substances.get(detection.substance_id) if detection.substance_id is not None else None
    fields["match"] = _match_told(detection.match, whole=whole).value
    fields["substance"] = (
        {"accession": substance.accession, "name": substance.name, "status": substance.status.value}
        if substance
        else None
    )
    return fields


def _match_told(match: Match, *, whole: bool) -> Match:
    """How a detection met the registry. Whether its structure was new says what the sender had seen: not for others."""
    return match if whole or match not in _BY_STRUCTURE else Match.EXACT

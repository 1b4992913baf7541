"""The receipt: what the registry made of a report, and what it means, told to whom it may be told."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nps_registry.chemistry.compare import difference
from nps_registry.chemistry.reading import Reading
from nps_registry.intake.matching import IdentityPair, pair_of
from nps_registry.intake.provisional import NEIGHBOURS, Novel
from nps_registry.intake.rows import Row, Understood
from nps_registry.intake.submission import Submission
from nps_registry.search.index import SubstanceIndex
from nps_registry.store.novelty import Seen
from nps_registry.store.signals import SignalRow
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.finding import EventType, Match, Result
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind

_UNSEEN = Seen(world=False, regions=frozenset(), countries=frozenset())


@dataclass(frozen=True, slots=True)
class Told:
    """What receipts of one batch are written from.

    Attributes:
        seen: what of each substance the sender could see before this batch.
        comparison_limit_s: seconds that saying what differs may take, per receipt; none leaves analogues out.
        raised: the signals beside firsts that the reports raised and the sender may see, by report.
    """

    index: SubstanceIndex
    novel: Mapping[IdentityPair, Novel]
    seen: Mapping[int, Seen]
    comparison_limit_s: float | None
    raised: Mapping[str, Sequence[SignalRow]] = field(default_factory=dict)


def receipt_of(submission: Submission, report: Row, understood: Sequence[Understood], told: Told) -> dict[str, object]:
    """The receipt of one report, in the shape of the outside contract."""
    country = submission.event.country
    deadline = None if told.comparison_limit_s is None else time.monotonic() + told.comparison_limit_s
    counted = submission.event.type is not EventType.WASTEWATER
    detections = [_detection(entry, country, told, deadline, counted=counted) for entry in understood]
    return {
        "id": report["id"],
        "reference": report["reference"],
        "state": str(report["state"]),
        "sharing": str(report["sharing"]),
        "demonstration": report["demonstration"],
        "detections": detections,
        "signals": [
            *_signals(understood, detections, country),
            *_raised(told.raised.get(str(report["id"]), ())),
        ],
        "links": {
            "report": f"/api/v1/reports/{report['id']}",
            "substances": [
                f"/substances/{accession}"
                for accession in dict.fromkeys(
                    entry.substance.accession for entry in understood if entry.substance is not None
                )
            ],
        },
    }


def _name_card(substance: Substance) -> dict[str, object]:
    return {"accession": substance.accession, "name": substance.name, "status": str(substance.status)}


def _shown_substance(entry: Understood) -> Substance | None:
    """The known substance a variant belongs to, else the entry the detection counts for."""
    if entry.identification.match is Match.STEREO_VARIANT and entry.identification.variant_of:
        return entry.identification.variant_of[0]
    return entry.substance


def _detection(
    entry: Understood, country: str, told: Told, deadline: float | None, *, counted: bool
) -> dict[str, object]:
    working, substance = entry.working, _shown_substance(entry)
    answer: dict[str, object] = {
        "item": working.item_index,
        "index": working.index,
        "reported_as": working.reported_as,
        "substance": _name_card(substance) if substance else None,
        "match": str(entry.identification.match),
        "variant": _name_card(entry.substance)
        if entry.substance is not None and entry.substance is not substance
        else None,
        "candidates": [_name_card(candidate) for candidate in entry.identification.candidates],
        "novelty": _novelty(entry, country, told, counted=counted),
        "meets_swgdrug_minimum": working.meets_swgdrug_minimum,
        "suggested_class": None,
        "analogues": [],
        "notes": [{"code": remark.code, "message": remark.message} for remark in entry.remarks],
    }
    if working.reading is not None:
        answer["suggested_class"] = _suggested_class(working.reading, told)
        if deadline is not None:
            answer["analogues"] = _analogues(entry, working.reading, told, deadline)
    return answer


def _novelty(entry: Understood, country: str, told: Told, *, counted: bool) -> dict[str, bool]:
    substance = entry.substance
    if substance is None or substance.id is None or entry.working.part.result is not Result.POSITIVE or not counted:
        return {"world": False, "region": False, "country": False}
    seen = told.seen.get(substance.id, _UNSEEN)
    return {
        "world": not seen.world,
        "region": region_of(country) not in seen.regions,
        "country": country not in seen.countries,
    }


def _suggested_class(reading: Reading, told: Told) -> dict[str, str] | None:
    novel = told.novel.get(pair_of(reading))
    if novel is None or novel.suggestion is None:
        return None
    return {"key": novel.suggestion.key, "why": novel.suggestion.why}


def _analogues(entry: Understood, reading: Reading, told: Told, deadline: float) -> list[dict[str, object]]:
    """The nearest other substances, with what differs while time allows."""
    own = entry.substance.id if entry.substance else None
    novel = told.novel.get(pair_of(reading))
    neighbours = novel.neighbours if novel else told.index.neighbours_of(own, limit=NEIGHBOURS) if own else ()
    analogues: list[dict[str, object]] = []
    for hit in neighbours:
        row = hit.entry.row
        analogue: dict[str, object] = {"accession": row.accession, "name": row.name, "score": round(hit.score, 4)}
        left_s = deadline - time.monotonic()
        if left_s > 0 and row.smiles:
            analogue["difference"] = difference(reading.identity.smiles, row.smiles, limit_s=left_s / 2).sentence
        analogues.append(analogue)
    return analogues


def _signals(
    understood: Sequence[Understood], detections: Sequence[Mapping[str, object]], country: str
) -> Iterable[dict[str, object]]:
    """The firsts that this report makes among what the sender may see."""
    told: set[tuple[SignalKind, str]] = set()
    for entry, answer in zip(understood, detections, strict=True):
        novelty = answer["novelty"]
        if entry.substance is None or not isinstance(novelty, dict):
            continue
        accession = entry.substance.accession
        for place, kind in (
            ("world", SignalKind.FIRST_EVER),
            ("region", SignalKind.FIRST_IN_REGION),
            ("country", SignalKind.FIRST_IN_COUNTRY),
        ):
            if novelty[place] and (kind, accession) not in told:
                told.add((kind, accession))
                yield {"kind": str(kind), "substance": accession, "country": country}


def _raised(rows: Sequence[SignalRow]) -> Iterable[dict[str, object]]:
    """What else the report raised; the firsts are told already, as the sender sees them."""
    for row in rows:
        yield {"kind": str(row.signal.kind), "substance": row.accession, "country": row.signal.country}

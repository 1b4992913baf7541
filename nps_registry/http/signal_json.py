"""Signals as JSON, and the filters that lists of them take, the same for every reader."""

from __future__ import annotations

import re
from typing import Any

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.signals import wording
from nps_registry.signals.score import explain
from nps_registry.store.signals import SignalQuestion, SignalRow
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import REVIEWERS
from nps_registry.vocabulary.place import is_country, region_name
from nps_registry.vocabulary.signal import SignalKind, SignalState
from nps_registry.vocabulary.substance import Nature

_QUARTER = re.compile(r"(\d{4})(?:-?Q([1-4])|-(\d{2})(?:-\d{2})?)?")


def signal_json(row: SignalRow, viewer: Viewer) -> dict[str, Any]:
    """One signal as *viewer* reads it; weight and reasons for those who review."""
    signal = row.signal
    told: dict[str, Any] = {
        "id": signal.id,
        "kind": signal.kind.value,
        "headline": wording.headline(signal),
        "substance": {"accession": row.accession, "name": row.name, "nature": row.nature.value},
        "country": signal.country,
        "region": signal.region,
        "region_name": region_name(signal.region) if signal.region else None,
        "year": signal.year,
        "quarter": signal.quarter or None,
        "state": signal.state.value,
        "retracted": signal.retracted,
        "audience": signal.audience,
        "rule": signal.rule,
        "evidence": wording.open_evidence(signal, is_reviewer=viewer.role in REVIEWERS),
        "url": f"/signals/{signal.id}",
    }
    if viewer.role in REVIEWERS:
        told["score"] = signal.score
        told["reasons"] = [
            {"reason": reason, "points": points} for reason, points in explain(signal.evidence.get("weights"))
        ]
        told["revision"] = signal.revision
    return told


def read_question(
    kind: str = "", substance: str = "", country: str = "", state: str = "", since: str = "", *, nature: str = ""
) -> SignalQuestion:
    """The question that these filters ask; an empty one leaves all.

    Raises:
        InvalidInput: a filter has no such value.
    """
    if kind and kind not in set(SignalKind):
        raise _refuse("kind", _("“%(given)s” is no kind of signal.") % {"given": kind[:40]})
    if state and state not in set(SignalState):
        raise _refuse("state", _("“%(given)s” is no state of a signal.") % {"given": state[:40]})
    if nature and nature not in set(Nature):
        raise _refuse("nature", _("“%(given)s” is no nature of a substance.") % {"given": nature[:40]})
    if country and not is_country(country.upper()):
        raise _refuse("country", _("“%(code)s” is not a country's two-letter code.") % {"code": country[:20]})
    return SignalQuestion(
        kind=SignalKind(kind) if kind else None,
        accession=substance.strip().upper() or None,
        nature=Nature(nature) if nature else None,
        country=country.upper() or None,
        state=SignalState(state) if state else None,
        since=read_quarter(since) if since else None,
    )


def read_quarter(text: str) -> tuple[int, int]:
    """The quarter that ``2026`` begins with, or that ``2026-Q3``, ``2026-07`` or a day lies in.

    Raises:
        InvalidInput: it is none of these.
    """
    found = _QUARTER.fullmatch(text.strip())
    month = int(found[3]) if found and found[3] else 1
    if found is None or not text.isascii() or not 1 <= month <= 12:
        raise _refuse("from", _("“%(text)s” is no quarter; write it as 2026-Q3.") % {"text": text[:20]})
    return int(found[1]), int(found[2]) if found[2] else (month + 2) // 3


def _refuse(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError(field, sentence)])

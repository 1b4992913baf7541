"""Signals that the public may know of: the list, and one with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from nps_registry.errors import NotFound
from nps_registry.http.dependencies import Reading
from nps_registry.http.public import PublicRoute
from nps_registry.http.signal_json import read_question
from nps_registry.localisation import gettext as _
from nps_registry.pages.formats import write_quarter
from nps_registry.pages.rendering import render
from nps_registry.signals import triage, wording
from nps_registry.store import signals as stored
from nps_registry.store.signals import SignalRow
from nps_registry.store.tables import Report, SignalStep
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.signal import SignalKind, SignalState
from nps_registry.vocabulary.substance import Nature

router = APIRouter(route_class=PublicRoute)
ON_A_PAGE, REPORTS = 50, 100
ANY = "any"
"""The choice of a list that leaves all, where leaving it out does not."""
PUBLIC_KINDS = tuple(kind for kind in SignalKind if kind is not SignalKind.ANALOGUE_OF_CONTROLLED)


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One signal as lists show it.

    Attributes:
        evidence: what was observed and expected, in sentences.
        is_retracted: it held once and holds no longer.
    """

    id: str
    kind: SignalKind
    headline: str
    accession: str
    name: str
    nature: Nature
    quarter: str
    state: SignalState
    evidence: list[str]
    is_retracted: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters that are set, as the address says them."""

    kind: str
    nature: str
    substance: str
    country: str
    since: str


@dataclass(frozen=True, slots=True)
class SignalsPage:
    """What the list of signals shows.

    Attributes:
        others_total: how many more there are about substances of another nature; *others_url* shows them, too.
    """

    lines: list[SignalLine]
    total: int
    others_total: int
    others_url: str
    chosen: Chosen
    kinds: list[SignalKind]
    natures: list[Nature]
    countries: list[tuple[str, str]]
    next_url: str
    first_url: str


@dataclass(frozen=True, slots=True)
class SignalPage:
    """What the page of one signal shows."""

    line: SignalLine
    rule: str
    explanation: str
    steps: list[SignalStep]
    reports: list[Report]
    reports_total: int


@router.get("/signals")
def signals(
    request: Request,
    session: Reading,
    kind: Annotated[str, Query(max_length=48)] = "",
    nature: Annotated[str, Query(max_length=48)] = "",
    substance: Annotated[str, Query(max_length=16)] = "",
    country: Annotated[str, Query(max_length=2)] = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """What rose above what was expected among public reports, the latest first; of NPS where nothing else is asked."""
    shown_nature = nature or (ANY if substance else Nature.NPS.value)
    only = "" if shown_nature == ANY else shown_nature
    question = read_question(kind, substance, country, "", since, nature=only)
    page = stored.list_signals(session, VISITOR, question, limit=ON_A_PAGE, cursor=cursor or None)
    every = replace(question, nature=None)
    others = stored.count_signals(session, VISITOR, every) - page.total if question.nature else 0
    chosen = {"kind": kind, "nature": nature, "substance": substance, "country": country, "from": since}
    given = {name: value for name, value in chosen.items() if value}
    shown = SignalsPage(
        lines=lines_of(page.items),
        total=page.total,
        others_total=others,
        others_url=f"/signals?{urlencode({**given, 'nature': ANY})}",
        chosen=Chosen(kind, shown_nature, substance, country.upper(), since),
        kinds=list(PUBLIC_KINDS),
        natures=list(Nature),
        countries=sorted(countries(), key=lambda pair: pair[1]),
        next_url=f"/signals?{urlencode({**given, 'cursor': page.next})}" if page.next else "",
        first_url=f"/signals?{urlencode(given)}" if cursor else "",
    )
    return render(request, "signals", shown)


@router.get("/signals/{signal_id}")
def signal(signal_id: str, request: Request, session: Reading) -> Response:
    """One public signal; it stays to be read when it holds no longer."""
    row = stored.find(session, signal_id, VISITOR) if len(signal_id) <= 36 else None
    if row is None:
        raise NotFound(_("There is no public signal “%(id)s”.") % {"id": signal_id[:40]})
    reports, total = stored.reports_of(session, row.signal.id, VISITOR, limit=REPORTS)
    page = SignalPage(
        line=line_of(row),
        rule=row.signal.rule,
        explanation=wording.explain_rule(row.signal.kind),
        steps=[told.step for told in triage.history_of(session, row.signal, VISITOR)],
        reports=reports,
        reports_total=total,
    )
    return render(request, "signal", page)


def line_of(row: SignalRow, *, is_reviewer: bool = False) -> SignalLine:
    """*row* as lists show it; small counts of deaths to those who review."""
    signal = row.signal
    return SignalLine(
        id=signal.id,
        kind=signal.kind,
        headline=wording.headline(signal),
        accession=row.accession,
        name=row.name,
        nature=row.nature,
        quarter=write_quarter(signal.year, signal.quarter),
        state=signal.state,
        evidence=wording.tell_evidence(signal, is_reviewer=is_reviewer),
        is_retracted=signal.retracted,
    )


def lines_of(rows: Sequence[SignalRow]) -> list[SignalLine]:
    """*rows* as lists show them."""
    return [line_of(row) for row in rows]

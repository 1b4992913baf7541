"""Histories of reports drawn by chance: what is public and what is not, mixed, and how each is carried out."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from nps_registry.errors import Conflict
from nps_registry.intake import curation, redaction
from nps_registry.intake.curation import Curated
from nps_registry.intake.review import Asked
from nps_registry.intake.standing import Why
from nps_registry.store import changes
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.reference import ALPHABET
from nps_registry.vocabulary.substance import Status
from tests.spec.reviewing import Cast
from tests.spec.served import MMC3, MMC3_S, UNKNOWN, Served

FINDINGS: tuple[dict[str, Any], ...] = (
    {"structure": MMC3, "reported_as": "3-MMC"},
    {"structure": MMC3_S},  # a variant of a known substance
    {"structure": "CN[C@H](C)C(=O)c1cccc(C)c1", "reported_as": "3-MMC"},
    {"structure": UNKNOWN},
    {"structure": UNKNOWN, "reported_as": "metonitazene"},  # the name of another substance
    {"structure": UNKNOWN, "reported_as": "Fluorofentanyl, position unknown"},  # the name of a group
    {"structure": "CCCCN[C@@H](CCC)C(=O)c1cc(F)cc(Cl)c1"},  # a variant of an unknown one
    {"structure": "CCCCNC(CCC)C(=O)c1cc(F)ccc1Cl"},  # same class and formula, so the same name
    {"structure": "CNC(C)C(=S)c1cccc(C)c1"},  # no rule gives its class, its neighbours might
    {"structure": "CNC(C)C(=S)c1ccc(C)cc1"},
    {"name": "Caffeine"},
    {"name": "fentanyl"},
    {"formula": "C11H15NO", "candidates": ["3-MMC", "Mephedrone"]},
)
QUARTERS = ("2024-05-03", "2024-11-20", "2025-02-02", "2025-02-14", "2026")
HELD = "2190-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a laboratory does; *report* names the report, in the words of the history."""

    kind: str
    laboratory: str
    report: str
    body: dict[str, Any]
    secret: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what in a history.

    Attributes:
        open_by: laboratories, accepted on arrival, with their country; all they report is public.
        secret_by: laboratories with their country; nothing they report stays public.
        sharings: how far the secret reports are shared, where they are accepted at once.
        passes: whether a secret report may be public for a moment and withdrawn.
    """

    open_by: tuple[tuple[str, str], ...]
    secret_by: tuple[tuple[str, str], ...]
    sharings: tuple[str, ...]
    passes: bool = True


def draw(plan: Plan, seed: int, length: int) -> list[Act]:
    """*length* acts, about half of them secret."""
    chance, acts = random.Random(seed), list[Act]()
    alive: dict[str, Act] = {}
    while len(acts) < length:
        secret = chance.random() < 0.5
        mine = [act for act in alive.values() if act.secret is secret]
        if mine and chance.random() < 0.35:
            acts += _again(chance.choice(mine), plan, chance, alive)
        else:
            acts += _report(plan, chance, secret, alive, f"{'s' if secret else 'p'}{len(acts)}")
    return acts


def _report(plan: Plan, chance: random.Random, secret: bool, alive: dict[str, Act], name: str) -> Iterator[Act]:
    laboratory, country = chance.choice(plan.secret_by if secret else plan.open_by)
    body = {"own_reference": name, "event": _event(chance, country), "items": _items(chance)}
    passing = secret and plan.passes and chance.random() < 0.2
    body |= _restriction(plan, chance, laboratory) if secret and not passing else {"sharing": "public"}
    act = Act("report", laboratory, name, body, secret)
    yield act
    if passing:
        yield Act("withdraw", laboratory, name, {"reason": "a slip"}, secret)
    else:
        alive[name] = act


def _again(act: Act, plan: Plan, chance: random.Random, alive: dict[str, Act]) -> Iterator[Act]:
    kinds = ["amend", "amend", "withdraw", "reidentify", "correct", "redact"]
    kinds += ["share", "review", "review"] if act.secret else ["merge"]
    if act.secret and act.laboratory == "de-reviewed":
        kinds += ["return", "review"]
    kind = chance.choice(kinds)
    if kind == "amend":
        patch: dict[str, Any] = {"items": _items(chance)}
        if chance.random() < 0.4:
            patch["event"] = {"collected_on": chance.choice(QUARTERS)}
        if act.secret:
            patch |= {"hold_until": None, "legal_hold": None} | _restriction(plan, chance, act.laboratory)
        yield Act("amend", act.laboratory, act.report, patch, act.secret)
    elif kind in {"reidentify", "correct"}:
        structure = chance.choice([finding["structure"] for finding in FINDINGS if "structure" in finding])
        yield Act(kind, act.laboratory, act.report, {"to": {"structure": structure}, "reason": "NMR"}, act.secret)
    elif kind == "share":
        terms = {"hold_until": None, "legal_hold": False} | _restriction(plan, chance, act.laboratory)
        yield Act("share", act.laboratory, act.report, terms, act.secret)
    elif kind in {"merge", "review"}:
        yield Act(kind, act.laboratory, act.report, {}, act.secret)
    else:
        del alive[act.report]
        yield Act(kind, act.laboratory, act.report, {"reason": "mixed up"}, act.secret)


def _restriction(plan: Plan, chance: random.Random, laboratory: str) -> dict[str, Any]:
    """What keeps a report from the public: its sharing, a hold, or a review that has not been."""
    kinds: list[dict[str, Any]] = [{"sharing": sharing} for sharing in plan.sharings]
    kinds += [{"sharing": "public", "hold_until": HELD}, {"sharing": "public", "legal_hold": True}]
    if laboratory == "de-reviewed" and "country" in plan.sharings:
        kinds.append({"sharing": "public"})
    return dict(chance.choice(kinds))


def _event(chance: random.Random, country: str) -> dict[str, Any]:
    # Laboratories report events abroad too.
    place = country if chance.random() < 0.8 else chance.choice(("DE", "AT", "JP", "BR"))
    return {"type": "seizure", "collected_on": chance.choice(QUARTERS), "country": place}


def _items(chance: random.Random) -> list[dict[str, Any]]:
    found = [dict(finding) for finding in chance.sample(FINDINGS, chance.choice((1, 1, 2)))]
    for finding in found:
        finding["result"] = chance.choice(("positive", "positive", "positive", "uncertain", "negative"))
    return [{"form": "powder", "detections": found}]


@dataclass
class Lived:
    """What came of a history in one registry.

    Attributes:
        answers: status and text of the answer to each open act, in order.
        ids: submission id of each report, by its name.
        references: public references, by the report's name.
        open_times: begin and end of each open act.
        accessions: as drawn for provisional substances, each with the one that it was given in its place.
    """

    answers: list[tuple[int, str]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    open_times: list[tuple[datetime, datetime]] = field(default_factory=list)
    accessions: dict[str, str] = field(default_factory=dict)


def live(registry: Served, acts: Sequence[Act]) -> Lived:
    """Carry out *acts* in *registry*."""
    lived = Lived()
    for act in acts:
        begun = datetime.now(UTC)
        answer = _carry_out(registry, act, lived)
        assert answer is None or answer.status_code < 300, (act, answer.text)
        lived.accessions |= _settle_accessions(registry)
        if act.secret:
            continue
        if answer is not None:
            lived.answers.append((answer.status_code, answer.text))
        lived.open_times.append((begun, datetime.now(UTC)))
    return lived


def _carry_out(registry: Served, act: Act, lived: Lived) -> Any:
    if act.kind == "report":
        answer = registry.report(act.laboratory, act.body, **{"Idempotency-Key": f"key of {act.report}"})
        _note(answer, act, lived)
        return answer
    path = f"/api/v1/reports/{lived.ids[act.report]}"
    if act.kind == "amend":
        answer = registry.client.patch(path, json=act.body, headers=registry.as_(act.laboratory))
        _note(answer, act, lived)
        return answer
    if act.kind == "withdraw":
        return registry.client.post(f"{path}/withdraw", json=act.body, headers=registry.as_(act.laboratory))
    if act.kind in {"reidentify", "correct"}:
        return _reidentify(registry, act, lived.ids[act.report])
    acts = {"return": _send_back, "review": _review, "share": _share, "redact": _redact, "merge": _merge}
    acts[act.kind](registry, act, lived.ids[act.report])
    return None


def _reidentify(registry: Served, act: Act, report_id: str) -> Any:
    """The laboratory corrects the first detection itself, or a curator does, whose answer is nobody else's."""
    body = act.body | {"reports": [report_id], "places": [{"item": 0, "index": 0}]}
    who = act.laboratory if act.kind == "reidentify" else "curator"
    answer = registry.client.post("/api/v1/reports/reidentify", json=body, headers=registry.as_(who))
    assert answer.status_code in {200, 404}, answer.text  # it may be that already
    return answer if who == act.laboratory and answer.status_code == 200 else None


def _take(registry: Served, who: str, report_id: str, step: str, body: dict[str, Any]) -> None:
    """Take a step of the review, where it can be taken."""
    answer = registry.client.post(f"/api/v1/reports/{report_id}/{step}", json=body, headers=registry.as_(who))
    assert answer.status_code in {200, 409}, answer.text


def _review(registry: Served, _act: Act, report_id: str) -> None:
    """Reviewers do what they can to a report that stays restricted, whatever they do."""
    _take(registry, "administrator", report_id, "release", {})
    view = registry.client.get(f"/api/v1/reports/{report_id}", headers=registry.as_("curator")).json()
    if view["sharing"] != "public" or view["legal_hold"] or view["hold_until"]:
        for who in ("curator", "colleague"):
            _take(registry, who, report_id, "accept", {})
    else:
        _take(registry, "curator", report_id, "query", {"question": "Is it?"})


def _share(registry: Served, act: Act, report_id: str) -> None:
    _take(registry, act.laboratory, report_id, "share", act.body)


def _send_back(registry: Served, act: Act, report_id: str) -> None:
    _take(registry, "curator", report_id, "return", {"reason": str(act.body["reason"])})


def _redact(registry: Served, _act: Act, report_id: str) -> None:
    cast = Cast.of(registry)
    with writing(registry.engine) as session:
        redaction.propose_redaction(session, Asked(report_id, cast.viewers["administrator"]), Why("It names somebody."))
        redaction.redact(session, Asked(report_id, cast.viewers["curator"]))
    cast.desk.index.refresh()


def _merge(registry: Served, _act: Act, report_id: str) -> None:
    """A curator merges what the report found into a listed substance, where that is provisional and public."""
    view = registry.client.get(f"/api/v1/reports/{report_id}", headers=registry.as_("curator")).json()
    found = [detection["substance"] for item in view["items"] for detection in item["detections"]]
    cast = Cast.of(registry)
    for substance in found[:1]:
        if substance and substance["status"] == "provisional":
            curated = Curated(substance["accession"], cast.viewers["curator"])
            with suppress(Conflict), writing(registry.engine) as session:
                curation.merge(session, curated, "NPS-000002", Why("The same by NMR."))
    cast.desk.index.refresh()


def _note(answer: Any, act: Act, lived: Lived) -> None:
    told = answer.json()
    lived.ids.setdefault(act.report, told["id"])
    if told.get("reference"):
        lived.references[act.report] = told["reference"]


@contextmanager
def _writing(registry: Served) -> Iterator[Any]:
    engine = make_engine(registry.url)
    try:
        with writing(engine) as session:
            yield session
    finally:
        engine.dispose()


def _settle_accessions(registry: Served) -> dict[str, str]:
    """Give each provisional substance an accession that follows from its structure.

    Accessions are drawn by chance and decide ties, so that otherwise no order could be compared.
    """
    settled: dict[str, str] = {}
    with _writing(registry) as session:
        rows = list(session.scalars(select(Substance).where(col(Substance.status) == Status.PROVISIONAL)))
        for row in rows:
            accession = _follow(f"{row.inchi} {row.stereo}")
            if row.accession != accession:
                settled[row.accession], row.accession = accession, accession
        if settled:
            changes.touch(session, [row.id for row in rows])
    if settled:
        registry.client.app.state.services.index.refresh()  # type: ignore[attr-defined]
    return settled


def _follow(structure: str) -> str:
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(structure.encode()).digest()[:8])
    return f"P-{letters[:4]}-{letters[4:]}"

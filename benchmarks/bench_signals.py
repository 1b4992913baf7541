"""What signals cost: evaluated in bulk beside inserting the reports, and for one accepted report beside accepting it.

The reports are invented: 150 countries, 400 substances of very different frequency, eight years, most of them accepted
within two months. The 50,000 of the quick run are a twentieth of a million in every respect: 38 countries and 80
substances, a twentieth of the series, so that a series has as many reports. *Inserting* writes what an accepted report
consists of (event, report, item, detection, revision with its payload) with the registry's own bulk insert, and nothing
else. *Evaluating* is ``signals evaluate --anew``: it makes the ledger that the rules read and evaluates every rule.

*Accepting* takes one report of a well-known substance through ``intake.receive`` up to the commit, which is taken back;
once as it is, and once with the ledger and the rules left out, which is the peer.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import select
from sqlmodel import col

from benchmarks.interleaved import Contender, take_turns
from nps_registry.accounts.people import create_organisation
from nps_registry.assets import find_substances
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.intake.amendment import read_submission
from nps_registry.intake.receive import arrival_of, receive
from nps_registry.intake.understanding import Desk, Sender
from nps_registry.search.index import SubstanceIndex
from nps_registry.signals import evaluation, following
from nps_registry.signals.following import Followed
from nps_registry.store import counts, watch
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Engine, Session, make_engine, open_session, reading, writing
from nps_registry.store.marks import Marked, read_marked
from nps_registry.store.tables import Detection, Event, Item, Organisation, Report, ReportRevision, Substance
from nps_registry.store.tables.base import random_id
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import DetectionRole, EventType, Form, Match, Result
from nps_registry.vocabulary.partial_date import PartialDate
from nps_registry.vocabulary.place import places
from nps_registry.vocabulary.report import ReportState, RevisionCause, Role, Sharing

YEARS = 8
AT_ONCE = 20_000
ROUNDS = 30
UNTIL = datetime.now(UTC)
_PAYLOAD = '{"event": {"type": "seizure"}, "items": []}' + " " * 400
Rows = dict[type, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Extent:
    """How many reports there are, from how many countries, of how many substances."""

    reports: int
    countries: int = 150
    substances: int = 400


FEW, MANY, WHOLE = Extent(10_000), Extent(50_000, 38, 80), Extent(1_000_000)


@dataclass
class Filled:
    """A registry with generated reports.

    Attributes:
        inserted_s, evaluated_s: what writing the reports took, and making the ledger and evaluating the rules.
    """

    engine: Engine
    laboratories: list[Organisation]
    substances: list[int]
    inserted_s: float = 0.0
    evaluated_s: float = 0.0


def generate(filled: Filled, count: int, chance: random.Random) -> Rows:
    """The rows of *count* accepted reports."""
    rows: Rows = {Event: [], Report: [], Item: [], Detection: [], ReportRevision: []}
    weights = [1 / (rank + 3) for rank in range(len(filled.substances))]
    found = chance.choices(filled.substances, weights, k=count)
    homes = chance.choices(filled.laboratories, [1 / (rank + 5) for rank in range(len(filled.laboratories))], k=count)
    for substance, home in zip(found, homes, strict=True):
        accepted = UNTIL - timedelta(days=chance.random() * 365 * YEARS)
        day = (accepted - timedelta(days=min(chance.expovariate(1 / 30), 700))).date()
        event, report, item = random_id(), random_id(), random_id()
        sharing = chance.choices((Sharing.PUBLIC, Sharing.NETWORK, Sharing.COUNTRY), (92, 4, 4))[0]
        rows[Event].append({
            "id": event, "type": EventType.SEIZURE, "country": home.country, "collected_on": PartialDate.of(day),
            "year": day.year, "quarter": (day.month + 2) // 3,
        })  # fmt: skip
        rows[Report].append({
            "id": report, "organisation_id": home.id, "event_id": event, "state": ReportState.ACCEPTED,
            "sharing": sharing, "payload": _PAYLOAD, "submitted_at": accepted, "accepted_at": accepted,
        })  # fmt: skip
        rows[Item].append({"id": item, "report_id": report, "position": 0, "form": Form.POWDER})
        rows[Detection].append({
            "item_id": item, "report_id": report, "position": 0, "substance_id": substance, "match": Match.EXACT,
            "role": DetectionRole.MAJOR, "result": Result.POSITIVE,
        })  # fmt: skip
        rows[ReportRevision].append({
            "report_id": report, "revision": 1, "cause": RevisionCause.SUBMITTED, "payload": _PAYLOAD,
        })  # fmt: skip
    return rows


def fill(registry_url: str, path: Path, extent: Extent) -> Filled:
    """A registry of *extent* in a SQLite file, its public counts and signals up to date.

    The catalogue is that of *registry_url*.
    """
    with closing(sqlite3.connect(registry_url.removeprefix("sqlite:///"))) as source:
        source.execute("VACUUM INTO ?", (str(path),))
    engine = make_engine(f"sqlite:///{path}")
    codes = list(places())[: extent.countries]
    with writing(engine) as session:
        laboratories = [
            create_organisation(session, f"Laboratory {code}", code, accept_on_arrival=True) for code in codes
        ]
        wanted = select(col(Substance.id)).where(col(Substance.smiles).is_not(None)).order_by(col(Substance.id))
        substances = [key for key in session.scalars(wanted.limit(extent.substances)) if key is not None]
    filled, chance = Filled(engine, laboratories, substances), random.Random(7)
    for start in range(0, extent.reports, AT_ONCE):
        rows = generate(filled, min(AT_ONCE, extent.reports - start), chance)
        begun = time.perf_counter()
        with writing(engine) as session:
            for table, given in rows.items():
                insert_rows(session, table, given)
        filled.inserted_s += time.perf_counter() - begun
    with writing(engine) as session:
        begun = time.perf_counter()
        watch.follow_all(session)
        evaluation.evaluate_all(session)
        session.flush()
        filled.evaluated_s = time.perf_counter() - begun
        counts.follow(session)
    return filled


def _tell(benchmark: BenchmarkFixture, filled: Filled, group: str) -> None:
    """Leave the two times of one filling for the table: both were measured in it, once."""
    benchmark.group = group
    benchmark.pedantic(lambda: None, rounds=1)  # type: ignore[no-untyped-call]
    benchmark.extra_info["turns"] = [
        {"name": "inserting the reports", "median_s": filled.inserted_s, "peer": True, "bounds": {}},
        {
            "name": "evaluating their signals",
            "median_s": filled.evaluated_s,
            "peer": False,
            "bounds": {"inserting the reports": 1.0},
        },
    ]


def acceptance(filled: Filled, *, watched: bool) -> Callable[[], None]:
    """Something that accepts one report of a well-known substance, and takes it back."""
    desk = Desk(
        SubstanceIndex.of(filled.engine), ClassRules.build(read_classes(find_substances())), demonstration=False
    )
    laboratory = filled.laboratories[0]
    sender = Sender(laboratory, Viewer(Role.LABORATORY, laboratory.id, laboratory.country, actor="benchmark"))
    with reading(filled.engine) as session:
        smiles = session.scalars(select(col(Substance.smiles)).where(col(Substance.id) == filled.substances[40])).one()
    body = {
        "event": {
            "type": "seizure",
            "collected_on": (UNTIL - timedelta(days=5)).date().isoformat(),
            "country": laboratory.country,
        },
        "sharing": "public",
        "items": [{"form": "powder", "detections": [{"structure": smiles, "role": "major", "techniques": ["NMR"]}]}],
    }
    submission, arrival = read_submission(body), arrival_of(b"{}", "{}")

    def accept(session: Session) -> None:
        (receipt,) = receive(session, desk, sender, [(submission, arrival)], analogues=False)
        assert receipt["state"] == "accepted"
        session.flush()

    def run() -> None:
        with open_session(filled.engine, writes=True) as session:
            with pytest.MonkeyPatch.context() as patch:
                if not watched:  # what acceptance would cost if nobody watched
                    patch.setattr(following, "follow", _count_only)
                accept(session)
            session.rollback()

    return run


def _count_only(session: Session, now: datetime | None = None, marked: Sequence[Marked] | None = None) -> Followed:
    return Followed(counts.follow(session, now, read_marked(session) if marked is None else marked))


def _bench_acceptance(benchmark: BenchmarkFixture, few: Filled, many: Filled, group: str) -> None:
    without, with_few, with_many = "accepting without signals", "10,000 reports", "the large registry"
    contenders = [
        Contender(f"{without}, {with_few}", acceptance(few, watched=False), peer=True),
        Contender(f"accepting, {with_few}", acceptance(few, watched=True), bounds=((f"{without}, {with_few}", 2.0),)),
        Contender(f"{without}, {with_many}", acceptance(many, watched=False), peer=True),
        Contender(
            f"accepting, {with_many}", acceptance(many, watched=True), bounds=((f"{without}, {with_many}", 2.0),)
        ),
    ]
    take_turns(benchmark, group, contenders, rounds=ROUNDS)


@pytest.fixture(scope="module")
def few(registry_url: str, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A registry of 10,000 reports."""
    return fill(registry_url, tmp_path_factory.mktemp("signals") / "few.sqlite", FEW)


@pytest.fixture(scope="module")
def many(registry_url: str, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A registry of 50,000 reports, a million made smaller."""
    return fill(registry_url, tmp_path_factory.mktemp("signals") / "many.sqlite", MANY)


@pytest.fixture(scope="module")
def whole(registry_url: str, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A registry of 1,000,000 reports."""
    return fill(registry_url, tmp_path_factory.mktemp("signals") / "whole.sqlite", WHOLE)


def bench_bulk(benchmark: BenchmarkFixture, many: Filled) -> None:
    _tell(benchmark, many, "signals of 50,000 reports in bulk")


def bench_acceptance(benchmark: BenchmarkFixture, few: Filled, many: Filled) -> None:
    _bench_acceptance(benchmark, few, many, "one accepted report among 50,000")


@pytest.mark.full
def bench_bulk_of_a_million(benchmark: BenchmarkFixture, whole: Filled) -> None:
    _tell(benchmark, whole, "signals of 1,000,000 reports in bulk")


@pytest.mark.full
def bench_acceptance_among_a_million(benchmark: BenchmarkFixture, few: Filled, whole: Filled) -> None:
    _bench_acceptance(benchmark, few, whole, "one accepted report among 1,000,000")

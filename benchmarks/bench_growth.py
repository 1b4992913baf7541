"""Pages over five million reports in PostgreSQL beside the same pages over fifty thousand.

Each registry has a server of its own, asked in turns over HTTP: the list of the laboratory that reports most, the
curator's queue, the page of the country with the most events, and those of a class, a year and all years. Every answer
is made anew: pages of persons are kept for nobody, and public ones are asked for under an address that nobody asked for
before. Country and laboratory
have their share of each registry, and the queue is a hundred times as long in the large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import count
from secrets import token_urlsafe

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.filling import FIRST_LABORATORY, fill
from benchmarks.interleaved import Contender, take_turns
from benchmarks.server import fetch, load_shipped, running_server
from nps_registry.accounts.tokens import digest_of
from nps_registry.store import accounts as stored
from nps_registry.store.engine import Engine, make_engine, reading, writing
from nps_registry.store.tables import Membership, Person, SignInSession
from nps_registry.vocabulary.report import RegistryMode, Role
from tests.postgresql import Cluster, running_cluster

FEW, MANY = 50_000, 5_000_000
WITHIN = 2.0
ROUNDS = 50
_SIZED = {"shared_buffers": "1GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}


@dataclass(frozen=True)
class Grown:
    """A registry with so many reports, its server, and two people who have signed in there.

    Attributes:
        country: the one with the most events.
        secrets: of the sessions, by role.
    """

    reports: int
    connection: HTTPConnection
    country: str
    secrets: dict[Role, str]

    @property
    def addresses(self) -> dict[str, str]:
        """Where public pages are that count much."""
        year = datetime.now(UTC).year - 1
        return {
            "a country": f"/countries/{self.country}",
            "a class": "/classes/synthetic_cathinone",
            "a year": f"/years/{year}",
            "all years": "/timeline",
        }

    def ask_as(self, role: Role, path: str) -> bytes:
        """The page at *path* as a person in *role* gets it."""
        return fetch(self.connection, path, {"Cookie": f"nps-session={self.secrets[role]}"})


@pytest.fixture(scope="module")
def registries() -> Iterator[tuple[Grown, Grown]]:
    """A registry with few reports and one with many."""
    with running_cluster(_SIZED) as cluster, ExitStack() as servers:
        cluster.create("registry")
        load_shipped(cluster.url("registry"), RegistryMode.REAL)
        yield _grow(cluster, servers, FEW), _grow(cluster, servers, MANY)


def _grow(cluster: Cluster, servers: ExitStack, reports: int) -> Grown:
    name = f"reports_{reports}"
    cluster.create(name, template="registry")
    engine = make_engine(cluster.url(name))
    fill(engine, reports)
    with reading(engine) as session:
        laboratory = stored.find_organisation(session, FIRST_LABORATORY)
        assert laboratory is not None
    secrets = {role: _sign_in(engine, laboratory.id, role) for role in (Role.LABORATORY, Role.CURATOR)}
    engine.dispose()
    return Grown(reports, servers.enter_context(running_server(cluster.url(name))), laboratory.country, secrets)


def _sign_in(engine: Engine, organisation_id: str, role: Role) -> str:
    """Have a person in *role* signed in; answers the session's secret."""
    secret, now = token_urlsafe(32), datetime.now(UTC)
    with writing(engine) as session:
        person = Person(email=f"{role.value}@example.org", totp_secret="sealed")
        session.add(person)
        session.flush()
        membership = Membership(person_id=person.id, organisation_id=organisation_id, role=role)
        session.add(membership)
        session.flush()
        session.add(SignInSession(
            digest=digest_of(secret), person_id=person.id, membership_id=membership.id, second_factor_at=now,
            expires_at=now + timedelta(days=1),
        ))  # fmt: skip
    return secret


def _bench(
    benchmark: BenchmarkFixture,
    registries: tuple[Grown, Grown],
    page: str,
    ask: Callable[[Grown], object],
    *,
    bounded: bool = True,
) -> None:
    few, many = registries
    names = [f"{grown.reports:,} reports" for grown in registries]
    contenders = [
        Contender(names[0], partial(ask, few), peer=True),
        Contender(names[1], partial(ask, many), bounds=((names[0], WITHIN),) if bounded else ()),
    ]
    take_turns(benchmark, page, contenders, ROUNDS, warmup_rounds=5)


@pytest.mark.full
def bench_list_of_a_laboratory(benchmark: BenchmarkFixture, registries: tuple[Grown, Grown]) -> None:
    ask = partial(Grown.ask_as, role=Role.LABORATORY, path="/lab/reports")
    _bench(benchmark, registries, "list of a laboratory, PostgreSQL", ask)


@pytest.mark.full
def bench_list_of_what_was_returned(benchmark: BenchmarkFixture, registries: tuple[Grown, Grown]) -> None:
    ask = partial(Grown.ask_as, role=Role.LABORATORY, path="/lab/reports?state=returned")
    _bench(benchmark, registries, "list of what a laboratory got back, PostgreSQL", ask)


@pytest.mark.full
def bench_queue_of_the_curator(benchmark: BenchmarkFixture, registries: tuple[Grown, Grown]) -> None:
    ask = partial(Grown.ask_as, role=Role.CURATOR, path="/curate")
    _bench(benchmark, registries, "queue of the curator, PostgreSQL", ask)


@pytest.mark.full
@pytest.mark.parametrize("page", ["a country", "a class", "a year", "all years"])
def bench_public_page(benchmark: BenchmarkFixture, registries: tuple[Grown, Grown], page: str) -> None:
    numbers = count()

    def ask(grown: Grown) -> bytes:
        return fetch(grown.connection, f"{grown.addresses[page]}?again={next(numbers)}")

    _bench(benchmark, registries, f"page of {page}, PostgreSQL", ask, bounded=page == "a country")

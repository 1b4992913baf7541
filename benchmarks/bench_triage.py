"""The triage of a draft through HTTP, as the form asks for it, beside an empty route of the same server.

The floor is ``/healthz``: a plain function behind the same layers. The triage has all that a form's request has: a
session to look up, the form's token to check, the fields of a report with one detection, and a page's part as the
answer. Two hundred structures take turns: half are of the catalogue, half are made from them by a chain longer by four
carbons, so that known and new take turns. Drawings of what differs come by requests of their own.

A form asks with every pause in typing, mostly about the structure it asked about before, and the server keeps the last
structures that it read. So two things are measured: the triage while a report is written (each structure asked about
once before), and the first request about a structure, for which enough others are asked in between to forget it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from urllib.parse import urlencode

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.interleaved import Contender, take_turns
from benchmarks.server import fetch, fill_registry, running_server
from nps_registry.accounts.people import create_organisation, create_person
from nps_registry.accounts.tokens import digest_of
from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.chemistry.structure import parse
from nps_registry.errors import UnreadableStructure
from nps_registry.http.cookies import form_token
from nps_registry.intake.recent import MOST
from nps_registry.store.accounts import memberships_of
from nps_registry.store.engine import make_engine, writing
from nps_registry.store.tables import SignInSession
from nps_registry.vocabulary.report import Role

QUERIES = 100
ROUNDS = 600
KEPT_OF_EACH = 2
"""Answers that the server keeps of one structure: as it was read, and where its groups stand."""

FLOOR = "/healthz"
AT_MOST = 8.0


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory, structures: Sequence[str]) -> Iterator[tuple[HTTPConnection, str]]:
    """A server over the catalogue, and the secret of a session of a laboratory's person."""
    url = fill_registry(tmp_path_factory.mktemp("triage") / "registry.sqlite")
    engine = make_engine(url)
    with writing(engine) as session:
        laboratory = create_organisation(session, "Laboratory", "DE", accept_on_arrival=False)
        person = create_person(session, "ann@example.org", "orange tangle violin ladder", laboratory, Role.LABORATORY)
        person.totp_secret = "set up"
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        ((membership, _laboratory),) = memberships_of(session, person.id)
        row = SignInSession(
            digest=digest_of(secret),
            person_id=person.id,
            membership_id=membership.id,
            second_factor_at=now,
            expires_at=now + timedelta(days=1),
        )
        session.add(row)
    engine.dispose()
    with running_server(url) as connection:
        yield connection, secret


@pytest.fixture(scope="session")
def structures() -> Sequence[str]:
    """SMILES spread over the catalogue, each followed by one that no registry has."""
    records = [record for record in read_catalogue(find_substances()).substances if record.structure]
    chosen = [record.structure.smiles for record in records[:: len(records) // QUERIES][:QUERIES] if record.structure]
    return [each for smiles in chosen for each in (smiles, _lengthened(smiles))]


def _lengthened(smiles: str) -> str:
    """*smiles* with four more carbons at its beginning where that makes a structure, else as it is."""
    longer = f"CCCC{smiles}" if smiles.startswith("C") else smiles
    try:
        parse(longer)
    except UnreadableStructure:
        return smiles
    return longer


def _fields(structure: str, secret: str) -> bytes:
    detection = "items.1.detections.2"
    fields = {
        "form_token": form_token(secret), "revision": "3", "event.type": "seizure", "event.country": "DE",
        "event.collected_on": "2026-10-02", "items.1": "here", "items.1.form": "powder", "items.1.net_mass_g": "12.4",
        detection: "here", f"{detection}.structure": structure, f"{detection}.techniques": "GC-MS",
        f"{detection}.result": "positive", "sharing": "country",
    }  # fmt: skip
    return urlencode(fields).encode()


def _ask(connection: HTTPConnection, body: bytes, secret: str) -> bytes:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"nps-session={secret}"}
    connection.request("POST", "/lab/triage", body, headers)
    answer = connection.getresponse()
    told = answer.read()
    assert answer.status == 200, f"{answer.status}: {told[:300]!r}"
    return told


def bench_triage(benchmark: BenchmarkFixture, secret: tuple[HTTPConnection, str], structures: Sequence[str]) -> None:
    _bench(benchmark, "triage of a draft over HTTP", secret, structures[: MOST // KEPT_OF_EACH - 10])


def bench_first_triage_of_a_structure(
    benchmark: BenchmarkFixture, secret: tuple[HTTPConnection, str], structures: Sequence[str]
) -> None:
    assert len(structures) > MOST // KEPT_OF_EACH
    _bench(benchmark, "first triage of a structure over HTTP", secret, structures)


def _bench(
    benchmark: BenchmarkFixture, group: str, secret: tuple[HTTPConnection, str], structures: Sequence[str]
) -> None:
    connection, of_session = secret
    bodies = [_fields(structure, of_session) for structure in structures]
    told = [_ask(connection, body, of_session) for body in bodies]
    assert all(b"finding" in each for each in told)
    assert sum(b"Not in the registry" in each for each in told) > len(told) // 4
    in_turn = cycle(bodies)
    floor = Contender("floor", partial(fetch, connection, FLOOR), peer=True)
    triage = Contender("triage", lambda: _ask(connection, next(in_turn), of_session), bounds=((floor.name, AT_MOST),))
    take_turns(benchmark, group, [floor, triage], ROUNDS, warmup_rounds=20)

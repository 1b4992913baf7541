"""The Python client against a registry that is really served, and the worked example word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from nps_registry.client import (
    Conflict,
    InvalidRequest,
    NoAnswer,
    NotFound,
    NotPermitted,
    Registry,
    TooBusy,
)
from tests.databases import SqliteDatabases
from tests.listening import listening
from tests.spec.served import MMC3, MMC3_S, Served, a_report, served

EXAMPLE = Path(__file__).parents[2] / "examples" / "analogues.md"
BLOCKS = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated()) as given:
        yield given


@pytest.fixture(scope="module")
def address(registry: Served) -> Iterator[str]:
    with listening(registry.client.app) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Registry]:
    with Registry(address) as made:
        yield made


def test_the_worked_example_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = BLOCKS.findall(EXAMPLE.read_text(encoding="utf-8"))
    assert len(blocks) >= 8
    known: dict[str, object] = {}
    for block in blocks:
        code = block.replace("http://127.0.0.1:8000", address)
        exec(compile(code, str(EXAMPLE), "exec"), known)
    said = capsys.readouterr().out
    for told in ("hydrochloride", "Mephedrone", "1 nearly_name 3-MMC", "3 error", "threshold - ", "score,accession"):
        assert told in said, told


def test_every_search_answers_in_its_own_type(client: Registry) -> None:
    assert client.named("3 mmc").hits[0].name == "3-MMC"
    assert client.identify(MMC3).exact[0].name == "3-MMC"
    assert client.similar(MMC3, threshold=0.99).hits[0].score == 1.0
    parts = client.containing("c1ccccc1C(=O)C", exact_total=True)
    assert parts.total_is_exact
    assert parts.hits[0].atoms
    assert "3-MMC" in [hit.name for hit in client.contained_in("CCCN(C)C(C)C(=O)c1cccc(CC)c1").hits]
    assert client.weighing(mz=178.1226).hits[0].error_ppm < 5
    assert client.explaining([178.1226, (179.126, 119.0), [192.1383, 5.0]]).explained >= 1
    assert client.similar(MMC3, metric="tversky", tversky_a=0.9, tversky_b=0.1).query["tversky_a"] == 0.9
    assert client.weighing(formula="C11H15NO", isotopes=[1_234_567, 9e5]).query["isotopes"] == [1_234_567, 9e5]
    assert [line.match for line in client.look_up(["3-MMC", "CC(C"]).lines] == ["name", "error"]
    accession = client.named("mephedrone").hits[0].accession
    assert client.explain(MMC3, accession).drawings["asked"].startswith("<svg")


def test_substances_are_read_one_by_one_and_page_by_page(client: Registry) -> None:
    cards = list(client.substances(limit=5))
    assert len(cards) > 10
    assert len({card.accession for card in cards}) == len(cards)
    substance = client.substance(client.named("3-mmc").hits[0].accession)
    assert substance.structure is not None
    assert substance.structure.formula == "C11H15NO"


def test_files_are_bytes(client: Registry) -> None:
    assert client.download("similarity", "parquet", structure=MMC3).startswith(b"PAR1")
    assert client.export("substances.csv").startswith(b"accession,")


def test_a_report_is_submitted_once_by_its_key(address: str, registry: Served) -> None:
    with Registry(address, token=registry.tokens["de"]) as laboratory:
        first = laboratory.report(a_report(), idempotency_key="once")
        assert first.detections[0].match == "exact"
        assert laboratory.report(a_report(), idempotency_key="once").id == first.id
        with pytest.raises(Conflict):
            laboratory.report(a_report(MMC3_S), idempotency_key="once")


def test_a_refusal_is_an_exception_with_the_registrys_sentence(client: Registry, address: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        client.similar("CC(C")
    assert "position" in str(refused.value)
    assert refused.value.errors[0].field == "structure"
    with pytest.raises(NotFound):
        client.substance("NPS-999999")
    with pytest.raises(NotPermitted):
        client.report(a_report())
    with Registry(address, token="nps_unknown") as stranger, pytest.raises(NotPermitted):
        stranger.named("mmc")


class Unsteady(httpx.BaseTransport):
    """Answers with these statuses, one after the other, before it answers well."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.statuses:
            status = self.statuses.pop(0)
            if status == 0:
                raise httpx.ConnectError("refused", request=request)
            return httpx.Response(status, headers={"Retry-After": "0"}, json={"status": status, "detail": "Wait."})
        return httpx.Response(200, json={"query": {}, "total": 0, "hits": []})


@pytest.mark.parametrize("statuses", [(429,), (503, 429), (0, 503)])
def test_a_busy_registry_is_asked_again(statuses: tuple[int, ...]) -> None:
    transport = Unsteady(*statuses)
    with Registry("http://registry.test", transport=transport) as client:
        assert client.named("x").total == 0
    assert transport.asked == len(statuses) + 1


def test_patience_ends() -> None:
    with (
        Registry("http://registry.test", transport=Unsteady(429, 429, 429), attempts=2) as client,
        pytest.raises(TooBusy, match="Wait"),
    ):
        client.named("x")
    with (
        Registry("http://registry.test", transport=Unsteady(0, 0), attempts=1) as client,
        pytest.raises(NoAnswer, match="reached"),
    ):
        client.named("x")


def test_a_report_without_a_key_is_sent_once() -> None:
    transport = Unsteady(503, 503)
    with Registry("http://registry.test", transport=transport) as client, pytest.raises(TooBusy):
        client.report({})
    assert transport.asked == 1


def test_what_is_no_registry_is_told_so() -> None:
    class Other(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, text="<html>")

    with Registry("http://other.test", transport=Other()) as client, pytest.raises(NoAnswer, match="registry"):
        client.named("x")


def test_what_the_registry_would_overlook_or_misread_is_refused_before_it_is_sent() -> None:
    transport = Unsteady()
    with Registry("http://registry.test", transport=transport) as client:
        with pytest.raises(TypeError, match=r"no such filter: chemical_klass; there are chemical_class"):
            client.similar(MMC3, chemical_klass="synthetic_cathinone")  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="no such filter: ppm"):
            list(client.substances(ppm=5))  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="a list of texts"):
            client.look_up("3-MMC")
    assert transport.asked == 0


def test_an_address_that_no_second_attempt_mends_is_told_at_once() -> None:
    with Registry("registry.test", attempts=1_000) as client, pytest.raises(NoAnswer, match="http://"):
        client.named("x")


def test_the_address_of_the_interface_is_taken_for_that_of_the_registry(address: str) -> None:
    with Registry(f"{address}/api/v1/") as client:
        assert client.named("3 mmc").total

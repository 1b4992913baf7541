"""However much there is to show, a page asks the database a bounded number of questions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from tests.databases import SqliteDatabases
from tests.spec.served import MMC3, MMC3_S, UNKNOWN, Served, a_report, served
from tests.threads import is_beside

MOST_QUERIES = 12
SIX = ",".join(f"NPS-{number:06d}" for number in (1, 2, 3, 5, 6, 7))


@pytest.fixture(scope="module")
def registry(sqlite_databases: SqliteDatabases) -> Iterator[Served]:
    with served(sqlite_databases.migrated()) as given:
        for laboratory, country in (("de", "DE"), ("jp", "JP")):
            for structure in (MMC3, UNKNOWN, MMC3_S):
                given.report(laboratory, a_report(structure, country=country))
        yield given


@pytest.fixture
def queries(registry: Served) -> Iterator[list[str]]:
    """The statements sent since the test began, but for those of the thread that follows changes."""
    sent: list[str] = []
    engine = registry.client.app.state.services.engine  # type: ignore[attr-defined]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not is_beside() and not statement.startswith("BEGIN") and "registry.change" not in statement:
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", ["", "de"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/substances", "/substances?q=mmc", "/substances/NPS-000001", "/substances/NPS-000005", "/timeline",
        "/substances/NPS-000008", "/substances/NPS-000010", "/search?q=mmc", "/search?q=C11H15NO", "/countries/DE",
        "/search?pattern=c1ccccc1", "/search?mz=178.1226", f"/search?structure={MMC3}",
        f"/search?kind=similarity&structure={MMC3}&country=DE&chemical_class=synthetic_cathinone&view=table",
        f"/compare?ids={SIX}",
        "/classes/synthetic_cathinone", "/effects/stimulant", "/years/2026", "/signals", "/changes", "/advisories",
        "/bulletins", "/data", "/about", "/about/design", "/search/peaks", "/search/batch", "/subscribe",
        "/api/v1/substances/NPS-000001", "/api/v1/statistics/classes",
    ],
)  # fmt: skip
def test_a_page_asks_at_most_twelve_questions(registry: Served, queries: list[str], path: str, who: str) -> None:
    answer = registry.client.get(path, headers=registry.as_(who) if who else {}, follow_redirects=False)
    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)


def test_the_list_of_own_reports_asks_no_question_per_report(registry: Served, queries: list[str]) -> None:
    told = registry.client.get("/api/v1/reports", headers=registry.as_("de")).json()
    assert told["total"] == 3
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)

"""How events spread: the same figures on both databases, of new psychoactive substances only, whoever hides what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nps_registry.store import sitemap, spread
from nps_registry.store.engine import Engine, reading
from nps_registry.store.spread import PlaceFigure, Subject, YearFigure
from nps_registry.vocabulary.substance import EffectGroup
from tests.spec.served import MMC3, Served, a_report, served

CAFFEINE = "Cn1c(=O)c2c(ncn2C)n(C)c1=O"


@pytest.fixture
def registry(engine: Engine) -> Iterator[Served]:
    with served(str(engine.url.render_as_string(hide_password=False))) as given:
        for country, year in (("DE", 2024), ("DE", 2026), ("JP", 2026)):
            body = a_report(MMC3, country=country)
            body["event"]["collected_on"] = f"{year}-02-03"
            assert given.report("de", body).status_code == 201
        assert given.report("de", a_report(MMC3, country="FR", sharing="network")).status_code == 201
        yield given


def test_events_spread_over_years_by_effect_group(registry: Served) -> None:
    with reading(registry.engine) as session:
        assert spread.per_year(session, Subject()) == [
            YearFigure(2024, "stimulant", 1),
            YearFigure(2026, "stimulant", 2),
        ]
        assert spread.per_year(session, Subject(effect=EffectGroup.SYNTHETIC_OPIOID)) == []
        assert spread.per_year(session, Subject(country="JP")) == [YearFigure(2026, "stimulant", 1)]


def test_events_spread_over_countries_and_a_report_for_the_network_is_not_among_them(registry: Served) -> None:
    everything = [PlaceFigure("DE", 2, 1), PlaceFigure("JP", 1, 1)]
    with reading(registry.engine) as session:
        assert spread.per_country(session, Subject()) == everything
        assert spread.per_country(session, Subject(effect=EffectGroup.STIMULANT)) == everything
        assert spread.per_country(session, Subject(chemical_class="synthetic_cathinone")) == everything
        assert spread.per_country(session, Subject(chemical_class="nitazene")) == []
        assert spread.per_country(session, Subject(year=2024)) == [PlaceFigure("DE", 1, 1)]


def test_a_substance_is_first_seen_in_one_year_only(registry: Served) -> None:
    with reading(registry.engine) as session:
        assert spread.years_with_events(session) == [2024, 2026]
        assert [row.events for row in spread.first_seen_in(session, 2024)] == [1]
        assert spread.first_seen_in(session, 2026) == []


def test_the_sitemap_names_every_public_page_and_each_of_them_answers(registry: Served) -> None:
    with reading(registry.engine) as session:
        paths = sitemap.public_paths(session)
    assert len(paths) == len(set(paths))
    assert {"/", "/signals", "/changes", "/effects/stimulant", "/countries/JP", "/years/2024"} <= set(paths)
    assert "/substances/NPS-000001" in paths
    assert "/countries/FR" not in paths
    assert [path for path in paths if registry.client.get(path).status_code != 200] == []

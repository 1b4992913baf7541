"""The simulation and the measuring of the back-test, in a small world."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.backtest import Sample, assess, compare_days, compare_sensitivity, draw_series
from benchmarks.backtest_report import Beside, Report, write_section, write_shipped
from benchmarks.exact_report import Exact
from benchmarks.firsts_found import check_firsts
from benchmarks.harm_cases import draw_cases, list_harms
from benchmarks.harms_found import check_harms
from benchmarks.serving import serve
from benchmarks.simulation import Simulation, World, simulate
from nps_registry.signals import quality
from nps_registry.vocabulary.signal import SignalKind

SMALL = World(countries=12, substances=20)
WEEKS = range(380, 400)
DRAWS = 50


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(5, SMALL)


@pytest.fixture(scope="module")
def sample(simulation: Simulation) -> Sample:
    return Sample(simulation, draw_series(simulation, 5, 30), range(216, 416))


def test_a_seed_makes_the_same_world_again_and_another_seed_another(simulation: Simulation) -> None:
    again, other = simulate(5, SMALL), simulate(6, SMALL)
    assert np.array_equal(again.counts, simulation.counts)
    assert again.outbreaks == simulation.outbreaks
    assert not np.array_equal(other.totals, simulation.totals)


def test_a_country_s_reports_are_those_of_its_series_and_more(simulation: Simulation) -> None:
    assert (simulation.effort >= 0).all()
    assert (simulation.counts.sum(axis=1) > 0).all()
    assert simulation.totals.sum() == (simulation.events.known_week < SMALL.weeks).sum()


def test_nothing_is_known_before_it_happens(simulation: Simulation) -> None:
    assert (simulation.events.known_week >= simulation.events.week).all()


def test_an_outbreak_s_events_are_in_its_series_and_its_window(simulation: Simulation) -> None:
    assert simulation.outbreaks
    for each in simulation.outbreaks:
        assert each.begun_week <= each.known_week <= each.over_week <= each.faded_week
        assert simulation.counts[each.series, each.known_week] > 0


def test_who_calls_everything_finds_everything_at_once_and_is_wrong_the_rest_of_the_time(sample: Sample) -> None:
    always = np.ones(sample.usual.shape, dtype=bool)
    told = assess(sample, always, DRAWS)
    assert told.sensitivity.value == 1
    assert told.days.value == np.median([7 * (each.known_week + 1 - each.begun_week) for each in sample.outbreaks])
    assert told.false_alarms.value == pytest.approx(52 * sample.per_country_year)
    assert told.right.value < 0.5


def test_who_calls_nothing_finds_nothing_and_is_never_wrong(sample: Sample) -> None:
    told = assess(sample, np.zeros(sample.usual.shape, dtype=bool), DRAWS)
    assert (told.sensitivity.value, told.false_alarms.value) == (0, 0)
    assert np.isnan(told.days.value)
    assert np.isnan(told.right.value)


def test_thresholds_are_moved_to_as_many_false_alarms(sample: Sample) -> None:
    chance = np.random.default_rng(1)
    scores, theirs = chance.random(sample.usual.shape), chance.random(sample.usual.shape) > 0.9
    matched = sample.match(scores, theirs)
    assert (matched & sample.usual).sum() == (theirs & sample.usual).sum()


def test_one_method_beside_itself_gains_nothing(sample: Sample) -> None:
    alarms = np.random.default_rng(2).random(sample.usual.shape) > 0.8
    assert compare_sensitivity(sample, alarms, alarms, DRAWS).value == 0
    later = compare_days(sample, alarms, alarms, DRAWS)
    assert (later.low, later.value, later.high) == (0, 0, 0)


def test_the_registry_tells_of_outbreaks_more_often_than_of_what_is_usual(simulation: Simulation) -> None:
    weeks = range(300, 350)
    alarms, scores = serve(simulation, weeks)
    every = Sample(simulation, np.arange(len(simulation.counts)), weeks)
    assert scores[every.within].mean() > 3 * scores[every.usual].mean()
    assert alarms[every.within].mean() > 3 * alarms[every.usual].mean()
    assert (scores[alarms] > 0).all()


def test_firsts_of_the_simulation_are_found_exactly(simulation: Simulation) -> None:
    found = check_firsts(simulation.events, SMALL)
    assert len(found) == 3
    for there, exact, wrong in found.values():
        assert there == exact > 0
        assert wrong == 0


def test_harms_of_the_simulation_are_found_exactly_and_what_is_none_is_not_told_of(simulation: Simulation) -> None:
    cases = draw_cases(simulation.events, SMALL, 5)
    assert cases == draw_cases(simulation.events, SMALL, 5)
    (found,) = check_harms(cases, SMALL).values()
    assert found.there == found.found > 20
    assert found.wrong == 0
    others = [case for case in cases if not case.is_public_harm]
    assert len(others) > 20
    assert check_harms(others, SMALL) == {SignalKind.HARM: Exact(0, 0, 0)}


def test_a_fatal_case_counts_once_and_not_as_a_severe_one_too(simulation: Simulation) -> None:
    cases = draw_cases(simulation.events, SMALL, 5)
    fatal, severe = (sum(each) for each in zip(*list_harms(cases).values(), strict=True))
    assert fatal > 0 < severe
    assert fatal + severe == sum(case.is_public_harm for case in cases)


def test_what_is_shipped_is_read_again_as_it_was_measured(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = np.ones(sample.usual.shape, dtype=bool)
    told = assess(sample, always, DRAWS)
    gain, later = compare_sensitivity(sample, always, always, DRAWS), compare_days(sample, always, always, DRAWS)
    about = {"seed": 5, "countries": 12, "substances": 20, "years": 8, "watched": 40, "series": 30, "weeks": 200}
    peer = Beside("EARS C9", told, told, gain, later, "ears_c1")
    report = Report(about | {"outbreaks": len(sample.outbreaks)}, "versions", told, [peer])
    directory = tmp_path_factory.mktemp("shipped")
    write_shipped(report, directory / quality.FILE)
    monkeypatch.setattr(quality, "files", lambda _package: directory)
    read = quality.read_backtest()
    assert read is not None
    assert [each.key for each in read.methods] == ["ours", "ears_c1"]
    assert read.methods[1].ours == (1.0, 1.0, 1.0)
    assert (read.seed, read.series) == (5, 30)
    section = write_section(report)
    assert section.count("| EARS C9 | 1.000 (1.000 to 1.000) |") == 2

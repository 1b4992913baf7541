"""What ``python -m benchmarks`` is asked, before it measures for ten minutes."""

from __future__ import annotations

import pytest

import benchmarks.__main__ as command


@pytest.fixture(autouse=True)
def measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_arguments: list[str]) -> int:
        raise AssertionError("it began to measure")

    monkeypatch.setattr(pytest, "main", refuse)


def test_help_tells_the_usage_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    assert "--full" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--fulll", "--ful", "-x"])
def test_an_option_that_there_is_not_is_refused_with_a_sentence_that_names_it(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main([option, "benchmarks/bench_start.py"])
    assert ended.value.code == 2
    assert f"unrecognized arguments: {option}" in capsys.readouterr().err

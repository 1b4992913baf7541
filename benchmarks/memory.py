"""How much memory a command and all the processes that it starts take, at the most."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY_S = 0.5
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took.

    Attributes:
        code: its exit code.
        seconds: from start to end.
        peak_bytes: the most memory at once, its own and that of every process below it; pages that several of them
            share count once.
    """

    code: int
    seconds: float
    peak_bytes: int


def watch(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run *command* to its end. Linux only: it reads ``/proc``."""
    begun, peak_bytes = time.monotonic(), 0
    with subprocess.Popen(command, env=dict(environment), start_new_session=True) as process:
        while process.poll() is None:
            peak_bytes = max(peak_bytes, sum(map(_proportional_bytes, _session(process.pid))))
            time.sleep(LOOK_EVERY_S)
    return Run(process.returncode, time.monotonic() - begun, peak_bytes)


def _session(leader: int) -> Iterator[Path]:
    """The processes of the session that *leader* leads."""
    for path in _PROCESSES.glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(") ")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == leader:
            yield path


def _proportional_bytes(process: Path) -> int:
    """Memory of *process*, each shared page divided by those that share it (``Pss``)."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))

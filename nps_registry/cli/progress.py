"""Progress on stderr: a bar with rate and remaining time on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nps_registry.localisation import gettext as _


@contextmanager
def counting(label: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A bar called *label* of *total* steps; the function it gives is told how many further steps are done.

    A total that is known only later can be given to that function too.
    """
    if not sys.stderr.isatty():
        yield lambda _steps, _total=total: None
        return
    from rich.console import Console  # only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps, total=total: progress.update(task, advance=steps, total=total)


@contextmanager
def reading_file(label: str, size_bytes: int) -> Iterator[Callable[[int, int], None]]:
    """A bar over a file of *size_bytes*, with structures per second and the time that is left.

    The function it gives is told how many bytes have been read, and how many further structures are done.
    """
    if not sys.stderr.isatty():
        yield lambda _read_bytes, _records: None
        return
    from rich.console import Console  # only a terminal needs it
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(label, total=size_bytes or None, rate="")
        begun, done = time.monotonic(), 0

        def report(read_bytes: int, records: int) -> None:
            nonlocal done
            done += records
            rate = _("%(count)d structures, %(rate)d per second") % {
                "count": done,
                "rate": done / max(time.monotonic() - begun, 1e-9),
            }
            progress.update(task, completed=read_bytes, rate=rate)

        yield report

"""Progress on stderr: a bar with rate and remaining time on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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

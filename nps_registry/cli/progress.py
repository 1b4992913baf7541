"""Progress on stderr: a bar with rate and remaining time on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def counting(label: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A bar called *label* of *total* steps; the function it gives is told how many further steps are done.

    A total that is known only later can be given to that function too.
    """
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps, total=total: progress.update(task, advance=steps, total=total)

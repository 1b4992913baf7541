"""One screen from the library's file to the file of hits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from nps_registry import __version__
from nps_registry.localisation import gettext as _
from nps_registry.search.screen.crew import Crew
from nps_registry.search.screen.journal import Journal, identify_file
from nps_registry.search.screen.output import write_faults, write_hits
from nps_registry.search.screen.records import Library, Part
from nps_registry.search.screen.targets import Fault, LibraryTarget, RegistryTarget, Report, Target
from nps_registry.search.screen.work import Comparison, Screened, screen_texts

_FAULTS, _SIZE = b"faults", b"records"


@dataclass(frozen=True, slots=True)
class Screen:
    """What is screened and how.

    Attributes:
        library: the structures.
        target: what each is compared with.
        comparison: how.
        output: the file of hits.
        kernel: directory of the compiled kernel, if there is one.
        restart: whether what an interrupted screen has left is thrown away.
    """

    library: Library
    target: RegistryTarget | LibraryTarget
    comparison: Comparison
    output: Path
    kernel: Path | None = None
    restart: bool = False

    def plan(self) -> dict[str, Any]:
        """What must be the same when a screen is taken up again."""
        comparison = asdict(self.comparison) | {"metric": self.comparison.metric.value}
        identity = identify_file(self.library.path)
        return {"version": __version__, "library": identity, "against": self.target.identify(), "how": comparison}


@dataclass(slots=True)
class Outcome:
    """What came of a screen.

    Attributes:
        records: structures of the library, readable or not.
        hits: pairs found.
        resumed: records that an earlier run had done.
        faults: what could not be compared.
        faults_file: where that is told; nothing where all could be.
        ended_early: why the library could not be read to its end; empty where it was.
    """

    records: int = 0
    hits: int = 0
    resumed: int = 0
    faults: list[Fault] = field(default_factory=list)
    faults_file: Path | None = None
    ended_early: str = ""


Progress = Callable[[str, int], AbstractContextManager[Report]]
"""A bar with a label over a file of so many bytes."""


def run_screen(screen: Screen, crew: Crew, progress: Progress) -> Outcome:
    """Compare every structure of the library, and write the hits.

    Args:
        screen: what and how.
        crew: who does it.
        progress: makes the bar of each file that is read.

    Raises:
        Conflict: an unfinished screen of another kind is in the way.
        InvalidInput: the library has no structures where they are looked for.
        OSError: something cannot be read or written.
    """
    journal = Journal.beside(screen.output, screen.plan(), restart=screen.restart)
    with progress(_("Laying out"), screen.target.size_bytes) as report:
        target = screen.target.lay_out(journal, screen.comparison, crew, report)
    outcome = Outcome(faults=list(target.faults))
    shared = crew.share(target.file)
    kernel = str(screen.kernel or "")
    with progress(_("Screening"), screen.library.size_bytes) as report:
        parts = _unfinished(screen.library, journal, outcome, report)
        for part, screened in crew.map(screen_texts, parts, shared, screen.comparison, kernel):
            journal.keep(part.number, _tabulate(part, screened, target, screen.library))
            report(screen.library.read_bytes, len(part.records))
    outcome.ended_early = screen.library.ended_early
    _finish(screen, journal, target, outcome)
    return outcome


def _unfinished(library: Library, journal: Journal, outcome: Outcome, report: Report) -> Iterator[Part]:
    for part in library.parts():
        if part.number in journal.finished:
            outcome.resumed += len(part.records)
            report(library.read_bytes, len(part.records))
        else:
            yield part


def _tabulate(part: Part, screened: Screened | None, target: Target, library: Library) -> pa.Table:
    """The hits of a part; its faults and its size travel with the table."""
    if screened is None:
        reason = _("the process that compared this part of the library ended each time")
        empty = np.empty(0, np.int64)
        screened = Screened(empty, empty, np.empty(0), tuple((place, reason) for place in range(len(part.records))))
    records = [part.records[place] for place in screened.places.tolist()]
    columns: dict[str, Any] = {
        "row": pa.array([record.row for record in records], pa.int64()),
        "name": pa.array([record.name for record in records], pa.string()),
        "structure": pa.array(["" if library.form == "sdf" else record.text for record in records], pa.string()),
    }
    hits = target.names.take(pa.array(screened.targets))
    columns |= {name: hits[name].cast(pa.string()) for name in ("hit", "hit_name", "hit_structure")}
    columns["score"] = pa.array(screened.scores, pa.float64())
    table = pa.table(columns)
    faults = [(part.records[place].row, reason) for place, reason in screened.faults]
    return table.replace_schema_metadata({_FAULTS: json.dumps(faults).encode(), _SIZE: str(len(part.records)).encode()})


def _finish(screen: Screen, journal: Journal, target: Target, outcome: Outcome) -> None:
    """Put the parts together, write what is told about them, and remove the journal."""
    path = str(screen.library.path)
    for table in journal.tables():
        outcome.records += int(table.schema.metadata[_SIZE])
        outcome.faults += [(path, row, reason) for row, reason in json.loads(table.schema.metadata[_FAULTS])]
    if outcome.ended_early:
        outcome.faults.append((path, 0, outcome.ended_early))
    none = _tabulate(Part(-1, ()), None, target, screen.library)
    tables = (table.replace_schema_metadata(None) for table in chain([none], journal.tables()))
    about = describe(screen, outcome)
    outcome.hits = write_hits(screen.output, tables, about)
    if outcome.faults:
        outcome.faults_file = write_faults(screen.output, outcome.faults)
    journal.remove()


def describe(screen: Screen, outcome: Outcome) -> dict[str, Any]:
    """What a file of hits says about itself."""
    how = screen.comparison
    against = "registry" if isinstance(screen.target, RegistryTarget) else str(screen.target.library.path)
    about: dict[str, Any] = {
        "query": {
            "library": str(screen.library.path),
            "against": against,
            "threshold": how.threshold,
            "top": how.top or None,
            "metric": how.metric.value,
            "tversky": asdict(how.weights) if how.metric.value == "tversky" else None,
            "standardise": how.standardised,
        },
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "recipe": how.recipe.id,
        "records": outcome.records,
        "not_compared": len(outcome.faults),
        "ended_early": outcome.ended_early or None,
    }
    if isinstance(screen.target, RegistryTarget):
        about["registry_change"] = screen.target.snapshot.change
    return about

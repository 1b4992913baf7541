"""``nps-registry screen``: a whole library against the registry or against another library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.chemistry.fingerprints import RECIPES
from nps_registry.cli.opened import open_registry
from nps_registry.cli.progress import reading_file
from nps_registry.errors import InvalidInput, NotReady, UnreadableLibrary
from nps_registry.localisation import gettext as _
from nps_registry.search.compiled import compile_apart
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.questions import DEFAULT_THRESHOLD, SimilarityQuestion
from nps_registry.search.scores import Weights
from nps_registry.search.screen.crew import cluster_crew, local_crew
from nps_registry.search.screen.output import require_form
from nps_registry.search.screen.records import Library
from nps_registry.search.screen.run import Outcome, Screen, run_screen
from nps_registry.search.screen.targets import LibraryTarget, RegistryTarget
from nps_registry.search.screen.work import Comparison
from nps_registry.settings import read_settings
from nps_registry.store.engine import reading
from nps_registry.store.viewer import COMMAND
from nps_registry.vocabulary.search import Fingerprint, Metric

app = typer.Typer()
REGISTRY = "registry"
MOST_TOP = 1_000


@app.command()
def screen(
    library: Annotated[Path, typer.Argument(help=_("SMILES, SD or CSV file (.smi, .sdf, .csv, .tsv), also .gz."))],
    output: Annotated[Path, typer.Option("--output", "-o", help=_("File of hits: .parquet, .csv or .jsonl."))],
    against: Annotated[str, typer.Option(help=_("registry, or the file of another library."))] = REGISTRY,
    threshold: Annotated[float | None, typer.Option(help=_("Least score, 0 to 1."))] = None,
    top: Annotated[int, typer.Option(help=_("Only so many nearest neighbours of each structure."))] = 0,
    fingerprint: Fingerprint = Fingerprint.MORGAN,
    metric: Metric = Metric.TANIMOTO,
    tversky_a: Annotated[float, typer.Option(help=_("Weight of what only the library's structure has."))] = 0.5,
    tversky_b: Annotated[float, typer.Option(help=_("Weight of what only the other one has."))] = 0.5,
    standardise: Annotated[
        bool, typer.Option("--standardise", help=_("Compare parents; otherwise the largest fragment as drawn."))
    ] = False,
    processes: Annotated[int, typer.Option(min=0, help=_("Processes; all cores if not given."))] = 0,
    scheduler: Annotated[
        str | None, typer.Option(help=_("Address of a Dask scheduler, to work on its cluster."))
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help=_("Throw away what an interrupted run has done."))] = False,
) -> None:
    """Compare every structure of a library; streamed, on every core, and taken up again after an interruption."""
    require_form(output)
    how = _comparison(
        SimilarityQuestion(
            structure="C",
            threshold=threshold if threshold is not None else 0.0 if top else DEFAULT_THRESHOLD,
            fingerprint=fingerprint,
            metric=metric,
            tversky_a=tversky_a,
            tversky_b=tversky_b,
        ),
        top,
        standardise,
    )
    kernel = read_settings().index_directory / "kernel"
    asked = Screen(Library.at(library), _target(against), how, output, kernel if scheduler is None else None, restart)
    crew = cluster_crew(scheduler) if scheduler else local_crew(processes or _cores())
    try:
        with crew as workers:
            if scheduler is None:
                compile_apart(kernel)
            outcome = run_screen(asked, workers, reading_file)
    except KeyboardInterrupt:
        raise NotReady(_("Interrupted; the same command goes on where this one stood.")) from None
    _tell(outcome, output)


def _comparison(question: SimilarityQuestion, top: int, standardise: bool) -> Comparison:
    """The question's comparison.

    Raises:
        InvalidInput: so many hits would be everything with everything.
    """
    if not 0 <= top <= MOST_TOP:
        sentence = _("%(given)d nearest neighbours cannot be asked for; ask for 1 to %(most)d.")
        raise InvalidInput(sentence % {"given": top, "most": MOST_TOP})
    if not top and question.threshold <= 0:
        raise InvalidInput(_("Every pair reaches a threshold of 0; give a higher one, or --top."))
    return Comparison(
        recipe=RECIPES[question.fingerprint.value],
        metric=question.metric,
        weights=Weights(question.tversky_a, question.tversky_b),
        threshold=question.threshold,
        top=top,
        standardised=standardise,
    )


def _target(against: str) -> RegistryTarget | LibraryTarget:
    if against != REGISTRY:
        return LibraryTarget(Library.at(Path(against)))
    opened = open_registry()
    index = SubstanceIndex.of(opened.engine, opened.settings.index_directory)
    with reading(opened.engine) as session:
        return RegistryTarget(index.snapshot, index.visible_beyond_public(session, COMMAND))


def _cores() -> int:
    """How many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(outcome: Outcome, output: Path) -> None:
    counts = {"hits": outcome.hits, "records": outcome.records, "output": output}
    typer.echo(_("%(hits)d hits of %(records)d structures are in %(output)s.") % counts, err=True)
    if outcome.resumed:
        typer.echo(_("%(count)d structures had been done before.") % {"count": outcome.resumed}, err=True)
    if outcome.faults_file:
        told = {"count": len(outcome.faults), "file": outcome.faults_file}
        typer.echo(_("%(count)d could not be compared; %(file)s says which and why.") % told, err=True)
    if outcome.ended_early:
        sentence = _("The library was not read to its end: %(reason)s. What stands before that is in %(output)s.")
        raise UnreadableLibrary(sentence % {"reason": outcome.ended_early, "output": output})

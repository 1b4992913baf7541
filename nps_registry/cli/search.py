"""``nps-registry search``: the questions of the page and the API, asked from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.cli.opened import Opened, open_registry
from nps_registry.cli.output import Format, write_rows
from nps_registry.cli.progress import counting
from nps_registry.localisation import gettext as _
from nps_registry.search.cards import card_of
from nps_registry.search.identity import find_identical
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_LIMIT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
)
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot
from nps_registry.search.substructure import SubstructureWorkers
from nps_registry.store.engine import reading, writing
from nps_registry.store.index_rows import FingerprintRow, read_index_rows, replace_fingerprints
from nps_registry.store.viewer import COMMAND
from nps_registry.vocabulary.search import Fingerprint, Metric
from nps_registry.vocabulary.substance import Stereo

app = typer.Typer(help="Find substances.", no_args_is_help=True)

_Structure = Annotated[str, typer.Argument(help="SMILES, InChI, or - for a molfile on standard input.")]
_Limit = Annotated[int, typer.Option(help="Most hits, 1 to 500.")]
_Format = Annotated[Format | None, typer.Option("--format", help="A table on a terminal, JSON elsewhere.")]


@app.command()
def name(text: str, limit: _Limit = DEFAULT_LIMIT, form: _Format = None) -> None:
    """Substances that carry a name, or one that is typed nearly so."""
    snapshot, visible = _open(open_registry())
    answer = find_by_name(snapshot, NameQuestion(text, limit), visible)
    _write(((hit.entry, {"matched": hit.matched, "score": hit.score}) for hit in answer.hits), form)
    _tell_total(len(answer.hits), answer.total)


@app.command()
def identity(structure: _Structure, stereo: Stereo | None = None, form: _Format = None) -> None:
    """The substance that a structure is, its stereo variants, its skeleton and its tautomers."""
    snapshot, visible = _open(open_registry())
    answer = find_identical(snapshot, IdentityQuestion(_read(structure), stereo), visible)
    skeleton = [entry for entry in answer.same_skeleton if entry not in answer.stereo_variants]
    lists = (
        ("exact", answer.exact),
        ("stereo_variant", answer.stereo_variants),
        ("same_skeleton", skeleton),
        ("tautomer", answer.tautomers),
    )
    _write(((entry, {"match": match}) for match, entries in lists for entry in entries), form)


@app.command()
def similarity(
    structure: _Structure,
    threshold: Annotated[float, typer.Option(help="Least score, 0 to 1.")] = DEFAULT_THRESHOLD,
    limit: _Limit = DEFAULT_LIMIT,
    fingerprint_kind: Annotated[Fingerprint, typer.Option("--fingerprint")] = Fingerprint.MORGAN,
    metric: Metric = Metric.TANIMOTO,
    form: _Format = None,
) -> None:
    """Substances that resemble a structure, by falling score."""
    question = SimilarityQuestion(_read(structure), threshold, limit, fingerprint_kind, metric)
    snapshot, visible = _open(open_registry())
    answer = find_similar(snapshot, question, visible)
    _tell_notes(note.message for note in answer.notes)
    _write(((hit.entry, {"score": round(hit.score, 4)}) for hit in answer.hits), form)
    _tell_total(len(answer.hits), answer.total)


@app.command()
def substructure(
    pattern: Annotated[str, typer.Argument(help="SMARTS, or - for a molfile on standard input.")],
    limit: _Limit = DEFAULT_LIMIT,
    form: _Format = None,
) -> None:
    """Substances that contain a pattern, with the matched atoms."""
    question = SubstructureQuestion(_read(pattern), limit)
    opened = open_registry()
    snapshot, visible = _open(opened)
    workers = SubstructureWorkers(opened.settings.substructure_limit_s)
    try:
        answer = workers.find(snapshot, question, visible)
    finally:
        workers.stop()
    _write(((hit.entry, {"atoms": " ".join(map(str, hit.atoms))}) for hit in answer.hits), form)
    _tell_notes([answer.sentence] if answer.stopped else [])
    _tell_total(len(answer.hits), answer.total)


@app.command()
def mass(
    mass_da: Annotated[float | None, typer.Option(help="Monoisotopic neutral mass, Da.")] = None,
    mz: Annotated[float | None, typer.Option(help="Mass-to-charge ratio of the adduct.")] = None,
    formula: Annotated[str | None, typer.Option(help="Molecular formula.")] = None,
    adduct: Annotated[str, typer.Option(help="The ion that --mz was measured of.")] = DEFAULT_ADDUCT,
    ppm: Annotated[float, typer.Option(help="Half width of the window, parts per million.")] = DEFAULT_PPM,
    limit: _Limit = DEFAULT_LIMIT,
    form: _Format = None,
) -> None:
    """Substances of a mass, of an ion's m/z, or of a formula; give exactly one of the three."""
    question = MassQuestion(mass_da, mz, formula, adduct, ppm, limit)
    snapshot, visible = _open(open_registry())
    answer = find_by_mass(snapshot, question, visible)
    rows = (
        (
            hit.entry,
            {
                "formula": hit.entry.row.formula,
                "mass_da": hit.entry.row.mass_da and round(hit.entry.row.mass_da, 4),
                "adduct": hit.adduct,
                "mz": hit.mz and round(hit.mz, 4),
                "error_ppm": round(hit.error_ppm, 4),
            },
        )
        for hit in answer.hits
    )
    _write(rows, form)
    _tell_total(len(answer.hits), answer.total)


@app.command()
def rebuild() -> None:
    """Make every fingerprint anew, after an upgrade of RDKit has changed how they are made."""
    opened = open_registry()
    with reading(opened.engine) as session:
        structures = [(row.id, row.smiles) for row in read_index_rows(session, -1) if row.smiles]
    fresh: list[FingerprintRow] = []
    with counting(_("fingerprints"), len(structures)) as advance:
        for substance, smiles in structures:
            mol = restore(smiles)
            fresh.append(FingerprintRow(substance, fingerprint(mol, MORGAN), pattern_fingerprint(mol)))
            advance(1)
    with writing(opened.engine) as session:
        replace_fingerprints(session, MORGAN.id, fresh)
    typer.echo(
        _("%(count)d fingerprints are made by %(recipe)s.") % {"count": len(fresh), "recipe": MORGAN.id}, err=True
    )


def _open(opened: Opened) -> tuple[Snapshot, frozenset[int]]:
    """The snapshot, and what the person at this machine sees beyond the public: everything."""
    index = SubstanceIndex.of(opened.engine, opened.settings.index_directory)
    with reading(opened.engine) as session:
        return index.snapshot, index.visible_beyond_public(session, COMMAND) or NOBODY


def _read(argument: str) -> str:
    return sys.stdin.read() if argument == "-" else argument


def _write(hits: Iterable[tuple[Entry, Mapping[str, object]]], form: Format | None) -> None:
    """Whole cards for programs; for people the columns that fit a terminal."""
    for_people = form is Format.TABLE or (form is None and sys.stdout.isatty())
    rows = [
        _line(entry, members) if for_people else {**asdict(card_of(entry.row)), **members} for entry, members in hits
    ]
    write_rows(rows, form)


def _line(entry: Entry, members: Mapping[str, object]) -> dict[str, object]:
    return {"accession": entry.accession, "name": entry.name, **members, "class": entry.row.chemical_class}


def _tell_notes(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)


def _tell_total(shown: int, total: int) -> None:
    if total > shown:
        typer.echo(
            _("%(shown)d of %(total)d are shown; --limit shows more.") % {"shown": shown, "total": total}, err=True
        )

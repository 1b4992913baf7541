"""``nps-registry search``: the questions of the page and the API, asked from the command line."""

from __future__ import annotations

import sys
from typing import Annotated, TypeVar

import typer

from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.stored import restore
from nps_registry.cli import search_lists
from nps_registry.cli.opened import Opened, open_registry
from nps_registry.cli.progress import counting
from nps_registry.cli.search_output import Form, Output, Said, say, tell, tell_total
from nps_registry.cli.search_scope import look_through, restricted
from nps_registry.localisation import gettext as _
from nps_registry.search.explanation import explain
from nps_registry.search.identity import find_identical
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_LIMIT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    ExplanationQuestion,
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
    SuperstructureQuestion,
)
from nps_registry.search.rendering import (
    mass_members,
    render_identity,
    render_mass,
    render_name,
    render_similarity,
    render_substructure,
)
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import Snapshot
from nps_registry.search.substructure import SubstructureWorkers
from nps_registry.store.engine import reading, writing
from nps_registry.store.index_rows import FingerprintRow, read_index_rows, replace_fingerprints
from nps_registry.vocabulary.search import Fingerprint, Metric, PatternForm
from nps_registry.vocabulary.substance import Stereo

app = typer.Typer(help="Find substances.", no_args_is_help=True)
app.command()(search_lists.batch)
app.command()(search_lists.peaks)

Question = TypeVar("Question", NameQuestion, MassQuestion)
_Structure = Annotated[str, typer.Argument(help="SMILES, InChI, or - for a molfile on standard input.")]
_Limit = Annotated[int, typer.Option(help="Most hits, 1 to 500.")]
_Exact = Annotated[bool, typer.Option("--exact-total", help="Count all that match, not only those shown.")]


@app.command()
@restricted
def name(
    text: str,
    limit: _Limit = DEFAULT_LIMIT,
    among: Restriction = EVERYTHING,
    output: Output = None,
    form: Form = None,
) -> None:
    """Substances that carry a name, or one that is typed nearly so."""
    said = Said(form, output)
    opened = open_registry()
    answer = find_by_name(*_asked(opened, NameQuestion(text, limit, among)))
    rows = ((hit.entry, {"matched": hit.matched, "score": hit.score}) for hit in answer.hits)
    say(opened, answer, render_name(answer), rows, said)
    if answer.meanings > 1:
        tell(_("The name is ambiguous: %(count)d substances carry it.") % {"count": answer.meanings})
    tell_total(
        len(answer.hits),
        answer.total,
        _("Nothing was found. Check the spelling, or search by structure or CAS number."),
    )


@app.command()
def identity(structure: _Structure, stereo: Stereo | None = None, output: Output = None, form: Form = None) -> None:
    """The substance that a structure is, its stereo variants, skeleton, tautomers and positional isomers."""
    said = Said(form, output)
    opened = open_registry()
    snapshot, visible, _among = look_through(opened)
    answer = find_identical(snapshot, IdentityQuestion(_read(structure), stereo), visible)
    skeleton = [entry for entry in answer.same_skeleton if entry not in answer.stereo_variants]
    lists = (
        ("exact", answer.exact),
        ("stereo_variant", answer.stereo_variants),
        ("same_skeleton", skeleton),
        ("tautomer", answer.tautomers),
        ("positional_isomer", answer.positional_isomers),
    )
    rows = ((entry, {"match": match}) for match, entries in lists for entry in entries)
    say(opened, answer, render_identity(answer), rows, said)
    tell(*(note.message for note in answer.reading.notes))
    found = sum(len(entries) for _match, entries in lists)
    tell_total(found, found)


@app.command()
@restricted
def similarity(
    structure: _Structure,
    threshold: Annotated[float, typer.Option(help="Least score, 0 to 1.")] = DEFAULT_THRESHOLD,
    limit: _Limit = DEFAULT_LIMIT,
    fingerprint_kind: Annotated[Fingerprint, typer.Option("--fingerprint")] = Fingerprint.MORGAN,
    metric: Metric = Metric.TANIMOTO,
    tversky_a: Annotated[float, typer.Option(help="Tversky's weight of what only the structure asked has.")] = 0.5,
    tversky_b: Annotated[float, typer.Option(help="Tversky's weight of what only the substance has.")] = 0.5,
    among: Restriction = EVERYTHING,
    output: Output = None,
    form: Form = None,
) -> None:
    """Substances that resemble a structure, by falling score."""
    said = Said(form, output)
    text = _read(structure)
    question = SimilarityQuestion(text, threshold, limit, fingerprint_kind, metric, tversky_a, tversky_b, among)
    opened = open_registry()
    snapshot, visible, left = look_through(opened, among)
    answer = find_similar(snapshot, question, visible, among=left)
    tell(*(note.message for note in answer.notes))
    rows = ((hit.entry, {"score": round(hit.score, 4)}) for hit in answer.hits)
    say(opened, answer, render_similarity(answer), rows, said)
    nothing = _("Nothing was found that resembles it so much; a lower least similarity finds what is less alike.")
    tell_total(len(answer.hits), answer.total, nothing)


@app.command()
@restricted
def substructure(
    pattern: Annotated[str, typer.Argument(help="SMARTS, or - for a molfile on standard input.")],
    limit: _Limit = DEFAULT_LIMIT,
    exact_total: _Exact = False,
    read_as: Annotated[PatternForm, typer.Option(help="How one line is read.")] = PatternForm.SMARTS,
    among: Restriction = EVERYTHING,
    output: Output = None,
    form: Form = None,
) -> None:
    """Substances that contain a pattern, with the matched atoms."""
    said = Said(form, output)
    _match(SubstructureQuestion(_read(pattern), limit, exact_total, read_as, among), said)


@app.command()
@restricted
def superstructure(
    structure: _Structure,
    limit: _Limit = DEFAULT_LIMIT,
    exact_total: _Exact = False,
    among: Restriction = EVERYTHING,
    output: Output = None,
    form: Form = None,
) -> None:
    """Substances that a structure contains, with its atoms under each."""
    said = Said(form, output)
    _match(SuperstructureQuestion(_read(structure), limit, exact_total, among), said)


def _match(question: SubstructureQuestion | SuperstructureQuestion, said: Said) -> None:
    opened = open_registry()
    snapshot, visible, among = look_through(opened, question.among)
    workers = SubstructureWorkers(opened.settings.substructure_limit_s)
    try:
        answer = workers.find(snapshot, question, visible, among)
    finally:
        workers.stop()
    rows = ((hit.entry, {"atoms": " ".join(map(str, hit.atoms))}) for hit in answer.hits)
    say(opened, answer, render_substructure(answer), rows, said)
    tell(*answer.notes, answer.sentence)
    if not answer.total_is_exact and not answer.stopped:
        tell(
            _("There may be more than these %(shown)d: --limit shows more, --exact-total counts them.")
            % {"shown": len(answer.hits)}
        )
    if not answer.stopped:
        tell_total(len(answer.hits), answer.total)


@app.command()
@restricted
def mass(
    mass_da: Annotated[float | None, typer.Option(help="Monoisotopic neutral mass, Da.")] = None,
    mz: Annotated[float | None, typer.Option(help="Mass-to-charge ratio of the adduct.")] = None,
    formula: Annotated[
        str | None,
        typer.Option(help="Molecular formula; ? is none or one of an element, * any number, (2-4) two to four."),
    ] = None,
    adduct: Annotated[str, typer.Option(help="The ion that --mz was measured of.")] = DEFAULT_ADDUCT,
    ppm: Annotated[float, typer.Option(help="Half width of the window, parts per million.")] = DEFAULT_PPM,
    isotope: Annotated[
        list[float] | None, typer.Option(help="Measured height of M, then M+1 and so on; to be repeated.")
    ] = None,
    limit: _Limit = DEFAULT_LIMIT,
    among: Restriction = EVERYTHING,
    output: Output = None,
    form: Form = None,
) -> None:
    """Substances of a mass, of an ion's m/z, or of a formula; give exactly one of the three."""
    said = Said(form, output)
    question = MassQuestion(mass_da, mz, formula, adduct, ppm, limit, tuple(isotope or ()), among)
    opened = open_registry()
    answer = find_by_mass(*_asked(opened, question))
    say(opened, answer, render_mass(answer), ((hit.entry, mass_members(hit)) for hit in answer.hits), said)
    tell_total(len(answer.hits), answer.total)


@app.command("explain")
def explain_hit(
    structure: _Structure,
    accession: Annotated[str, typer.Argument(help="Of the substance, NPS-000001.")],
    fingerprint_kind: Annotated[Fingerprint, typer.Option("--fingerprint")] = Fingerprint.MORGAN,
    form: Form = None,
) -> None:
    """Why a substance resembles a structure: what they share, what differs, the bits of the score."""
    question = ExplanationQuestion(_read(structure), accession, fingerprint_kind)
    opened = open_registry()
    snapshot, visible, _among = look_through(opened)
    answer = explain(snapshot, question, opened.settings.comparison_limit_s, visible)
    members = {
        "score": round(answer.bits.tanimoto, 4),
        "bits_common": answer.bits.common,
        "bits_asked": answer.bits.asked,
        "bits_found": answer.bits.found,
        "atoms_common": len(answer.found_atoms),
        "differs": answer.difference.sentence,
    }
    say(opened, answer, b"", [(answer.entry, members)], Said(form, None))


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


def _asked(opened: Opened, question: Question) -> tuple[Snapshot, Question, frozenset[int], frozenset[int] | None]:
    """The arguments that answer *question* for the person at this machine."""
    snapshot, visible, among = look_through(opened, question.among)
    return snapshot, question, visible, among


def _read(argument: str) -> str:
    return sys.stdin.read() if argument == "-" else argument

"""``nps-registry catalogue``: check the files, load them, and tell what they hold and what a change does.

The commands import what they run: ``serve`` and the others start without the lint and the report.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nps_registry.assets import find_substances
from nps_registry.catalogue.exporting import ExportForm
from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.records import Catalogue
from nps_registry.cli.compile import compile_substances
from nps_registry.cli.output import Format, write_rows
from nps_registry.cli.progress import counting
from nps_registry.errors import CatalogueFault, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.vocabulary.substance import Stereo

if TYPE_CHECKING:
    from nps_registry.catalogue.lint import Finding

app = typer.Typer(help="The catalogue's files: check, load, compare, export.", no_args_is_help=True)
app.command("compile")(compile_substances)

Directory = Annotated[
    Path | None,
    typer.Option("--directory", help="Folder of the catalogue; the one of this installation where it is not given."),
]
RowFormat = Annotated[Format | None, typer.Option("--format", help="How results are written.")]


@app.command()
def lint(
    directory: Directory = None,
    form: RowFormat = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules with their explanations instead.")] = False,
    only: Annotated[list[str] | None, typer.Option("--rule", help="Apply this rule only; may be repeated.")] = None,
) -> None:
    """Check every file against the format and every rule; exit code 1 where there is an error."""
    from nps_registry.catalogue.lint import RULES, Severity

    if rules:
        write_rows(
            [
                {"rule": each.name, "severity": each.severity.value, "explanation": _(each.explanation)}
                for each in RULES
            ],
            form,
        )
        return
    catalogue = read_catalogue(_folder(directory))
    findings = _find(catalogue, only)
    write_rows([_row(finding) for finding in findings], form)
    counts = Counter(finding.severity for finding in findings)
    told = {
        "entries": len(catalogue.substances),
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "notes": counts[Severity.NOTE],
    }
    sentence = _("{entries} entries: {errors} errors, {warnings} warnings, {notes} notes.")
    typer.echo(sentence.format(**told), err=True)
    if counts[Severity.ERROR]:
        raise typer.Exit(CatalogueFault.exit_code)


@app.command()
def load(directory: Directory = None, form: RowFormat = None) -> None:
    """Bring the database up to the files: same files, same rows; what the files lack is withdrawn, never deleted.

    A registry that was never filled is created, as a real one.
    """
    from nps_registry.intake.seed import load_files
    from nps_registry.settings import read_settings
    from nps_registry.store import schema as tables
    from nps_registry.store.engine import make_engine, writing
    from nps_registry.store.registry import create_registry, has_registry
    from nps_registry.vocabulary.report import RegistryMode

    engine = make_engine(read_settings().database_url)
    tables.require_current(engine)
    with writing(engine) as session, counting(_("Loading"), None) as advance:
        if not has_registry(session):
            create_registry(session, RegistryMode.REAL)
        told_before = 0

        def progress(so_far: int, total: int) -> None:
            nonlocal told_before
            advance(so_far - told_before, total)
            told_before = so_far

        result = load_files(session, _folder(directory), progress)
    told = {
        "added": len(result.added),
        "changed": len(result.changed),
        "withdrawn": len(result.withdrawn),
        "unchanged": result.unchanged,
    }
    write_rows([told], form)
    for accession in result.redirected:
        typer.echo(_("{accession} redirects to the catalogue's entry now.").format(accession=accession), err=True)
    if result.unknown_in_controls:
        unknown = ", ".join(result.unknown_in_controls)
        typer.echo(_("Control lists name entries that are not here: {unknown}").format(unknown=unknown), err=True)


@app.command()
def export(
    directory: Directory = None,
    form: Annotated[ExportForm, typer.Option("--format", help="Table, list or structures.")] = ExportForm.CSV,
    output: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
    instance: Annotated[
        bool, typer.Option("--instance", help="Instead: write what this instance lists itself, to propose upstream.")
    ] = False,
    source: Annotated[str, typer.Option(help="With --instance: id in sources.toml of this registry.")] = "",
) -> None:
    """Write the whole catalogue as CSV, JSON or SDF; with --instance, the files of what this instance lists itself.

    Those go below --output, which is a folder then. Once the catalogue has them, the instance's own entries lead there.
    """
    from nps_registry.catalogue.exporting import export as export_catalogue

    if instance:
        _export_instance(_folder(directory), output, source)
        return
    pieces = export_catalogue(read_catalogue(_folder(directory)), form)
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
    typer.echo(_("Written: {path}").format(path=output), err=True)


def _export_instance(folder: Path, output: Path | None, source: str) -> None:
    """Write one file for each substance that curators of this instance listed and the catalogue lacks."""
    from nps_registry.catalogue.proposing import Listed, propose_listed
    from nps_registry.catalogue.writing import substance_path, write_substance
    from nps_registry.cli.opened import open_registry
    from nps_registry.store.curation import list_of_instance
    from nps_registry.store.engine import reading

    if output is None or not source:
        raise InvalidInput(_("--instance needs --output, a folder, and --source, an id in sources.toml."))
    with reading(open_registry().engine) as session:
        found = list_of_instance(session)
    listed = [
        Listed(row.accession, row.name, row.smiles, row.stereo, row.nature, row.chemical_class, tuple(names))
        for row, names in found
        if row.smiles and row.stereo
    ]
    records, known = propose_listed(read_catalogue(folder), listed, source)
    for record in records:
        path = output / substance_path(record)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write_substance(record), encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    for each in known:
        typer.echo(
            _("{accession}, {name}: the catalogue has it; the next load leads there.").format(
                accession=each.accession, name=each.name
            ),
            err=True,
        )
    typer.echo(
        _("Judge classes, add sources and claims, then run: nps-registry catalogue lint")
        if records
        else _("Nothing to propose."),
        err=True,
    )


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A folder, or a git revision of the catalogue.")],
    new: Annotated[
        Path | None, typer.Argument(help="A folder; the catalogue of this installation if left out.")
    ] = None,
    form: RowFormat = None,
) -> None:
    """Say in sentences what changes from OLD to NEW."""
    from nps_registry.catalogue.differences import compare, open_version

    folder = _folder(new)
    with open_version(old, folder) as before:
        changes = compare(before, read_catalogue(folder))
    rows = [{"subject": each.subject, "name": each.name, "change": each.sentence} for each in changes]
    write_rows(rows, form)
    told = ngettext("{count} change.", "{count} changes.", len(changes))
    typer.echo(told.format(count=len(changes)), err=True)


@app.command()
def report(
    directory: Directory = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the page and its plots; `report` below the catalogue otherwise.")
    ] = None,
    check: Annotated[bool, typer.Option(help="Run the lint too and count its findings.")] = True,
) -> None:
    """Write the page on coverage, grades, gaps and conflicts."""
    from nps_registry.catalogue.reporting import write_report

    folder = _folder(directory)
    catalogue = read_catalogue(folder)
    findings = Counter(finding.rule for finding in _find(catalogue, None)) if check else None
    for path in write_report(catalogue, output or folder / "report", findings=findings):
        typer.echo(_("Written: {path}").format(path=path), err=True)


@app.command()
def schema(
    sort: Annotated[
        str, typer.Argument(help="Sort of file: substance, class, control-list, sources, retired.")
    ] = "substance",
    write: Annotated[bool, typer.Option("--write", help="Write every schema below the catalogue instead.")] = False,
    directory: Directory = None,
) -> None:
    """Print the JSON Schema of one sort of file."""
    from nps_registry.catalogue.schema import describe_format, spell, write_schemas

    if write:
        for path in write_schemas(_folder(directory)):
            typer.echo(_("Written: {path}").format(path=path), err=True)
        return
    schemas = describe_format()
    if sort not in schemas:
        raise InvalidInput(
            _("There is no sort of file called {sort}: choose one of {sorts}.").format(
                sort=sort, sorts=", ".join(schemas)
            )
        )
    sys.stdout.write(spell(schemas[sort]))


@app.command()
def propose(
    structure: Annotated[str, typer.Argument(help="SMILES or InChI of the substance.")],
    name: Annotated[str, typer.Option(help="The name that the field uses.")],
    source: Annotated[str, typer.Option(help="Id in sources.toml of who gives this structure for this name.")],
    place: Annotated[str | None, typer.Option(help="Where in the source: page, table, entry.")] = None,
    stereo: Annotated[Stereo | None, typer.Option(help="What the source says of stereochemistry in words.")] = None,
    directory: Directory = None,
) -> None:
    """Write the first draft of a new entry: the structure's data filled in, the rest for you to judge."""
    from nps_registry.catalogue.proposing import propose as propose_substance
    from nps_registry.catalogue.writing import substance_path, write_substance

    folder = _folder(directory)
    record = propose_substance(read_catalogue(folder), structure, name, source, stereo=stereo, place=place)
    path = folder / substance_path(record)
    path.parent.mkdir(exist_ok=True)
    path.write_text(write_substance(record), encoding="utf-8")
    sys.stdout.write(f"{path}\n")
    typer.echo(
        _("Judge nature, occurrence and class, add names and claims, then run: nps-registry catalogue lint"), err=True
    )


def _folder(directory: Path | None) -> Path:
    return directory or find_substances()


def _find(catalogue: Catalogue, only: list[str] | None) -> list[Finding]:
    """The findings of all rules or of those named, with progress on stderr."""
    from nps_registry.catalogue.lint import RULES
    from nps_registry.catalogue.lint import lint as lint_catalogue

    chosen = [rule for rule in RULES if not only or rule.name in only]
    if unknown := set(only or ()) - {rule.name for rule in RULES}:
        raise InvalidInput(
            _("There is no rule called {names}; `nps-registry catalogue lint --rules` lists them.").format(
                names=", ".join(sorted(unknown))
            )
        )
    with counting(_("Checking"), len(chosen)) as advance:
        return lint_catalogue(catalogue, chosen, on_rule=lambda _rule: advance(1))


def _row(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "file": finding.path,
        "field": finding.field,
        "accession": finding.accession,
        "message": finding.message,
    }

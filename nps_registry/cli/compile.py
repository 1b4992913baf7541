"""``nps-registry catalogue compile``: the substances' files from one's own copies of the public tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nps_registry.cli.output import Format, write_rows
from nps_registry.localisation import gettext as _


def compile_substances(
    evidence: Annotated[Path, typer.Option(help="CSV of claims: one row per source, structure and names.")],
    merged: Annotated[Path, typer.Option(help="CSV of cross-references: one row per skeleton.")],
    output: Annotated[
        Path, typer.Option(help="Folder of the catalogue: its curated files are read, its substances written.")
    ],
    form: Annotated[Format | None, typer.Option("--format", help="How results are written.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compile and count, and write nothing.")] = False,
) -> None:
    """Compile the substances from tables and curated files; accessions stay with their substances.

    Stdout says how many rows were left out for which reason.
    """
    from nps_registry.catalogue.compiling.compiler import compile_catalogue, write_records

    compiled = compile_catalogue(evidence, merged, output)
    write_rows([{"reason": reason, "rows": count} for reason, count in compiled.reasons.most_common()], form)
    for key in compiled.unused:
        typer.echo(_("A curated file speaks of {key}, and no substance has it.").format(key=key), err=True)
    if compiled.withdrawn:
        gone = ", ".join(compiled.withdrawn)
        typer.echo(_("No longer given by any source: {accessions}").format(accessions=gone), err=True)
    if dry_run:
        typer.echo(_("{count} substances; nothing written.").format(count=len(compiled.records)), err=True)
        return
    changed, removed = write_records(compiled.records, output)
    told = {"count": len(compiled.records), "changed": changed, "removed": removed}
    typer.echo(_("{count} substances: {changed} files written, {removed} removed.").format(**told), err=True)

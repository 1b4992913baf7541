"""Answers of ``nps-registry search``: rows on stdout, or a file that says where it comes from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.cli.opened import Opened
from nps_registry.cli.output import Format, write_rows
from nps_registry.errors import InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.cards import card_of
from nps_registry.search.result_files import make_about, write_file
from nps_registry.search.result_table import tabulate
from nps_registry.search.snapshot import Entry
from nps_registry.store.engine import reading
from nps_registry.store.exports import find_molblocks
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.search import FileForm

Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="A file instead: .csv, .xlsx, .sdf, .json or .parquet.")
]
Form = Annotated[Format | None, typer.Option("--format", help="A table on a terminal, JSON elsewhere.")]
Rows = Iterable[tuple[Entry | None, Mapping[str, object]]]
_ON_A_LINE = 60


@dataclass(frozen=True, slots=True)
class Said:
    """How an answer is to be given.

    Attributes:
        form: of what goes to stdout; by default a table on a terminal, JSON elsewhere.
        file: where it goes instead of stdout.
    """

    form: Format | None
    file: Path | None

    def __post_init__(self) -> None:
        if self.file is not None:
            _form_of(self.file)  # before the question is answered, not after


def say(opened: Opened, answer: object, content: bytes, rows: Rows, said: Said) -> None:
    """Write *answer*: *rows* to stdout, or the file asked for, for which *content* is the answer as JSON."""
    if said.file is not None:
        _write_file(opened, answer, content, said.file)
        return
    for_people = said.form is Format.TABLE or (said.form is None and sys.stdout.isatty())
    make = _line if for_people else _whole
    write_rows([make(entry, members) for entry, members in rows], said.form)


def _write_file(opened: Opened, answer: object, content: bytes, file: Path) -> None:
    form, table = _form_of(file), tabulate(answer)
    about = make_about(
        table, answer, opened.settings.public_url, demonstration=opened.mode is RegistryMode.DEMONSTRATION
    )
    molblocks: dict[int, str] = {}
    if form is FileForm.SDF:
        with reading(opened.engine) as session:
            molblocks = find_molblocks(session, [entry.row.id for entry in table.entries if entry])
    file.write_bytes(write_file(table, about, form, molblocks=molblocks, answer=content))
    told = {"count": len(table.rows), "file": file}
    typer.echo(_("%(count)d rows are in %(file)s.") % told, err=True)


def _form_of(file: Path) -> FileForm:
    ending = file.suffix.removeprefix(".").lower()
    if ending not in set(FileForm):
        known = ", ".join(f".{form.value}" for form in FileForm)
        raise InvalidInput(_("“%(file)s” must end in one of %(known)s.") % {"file": file.name, "known": known})
    return FileForm(ending)


def _whole(entry: Entry | None, members: Mapping[str, object]) -> dict[str, object]:
    """A whole card, for programs."""
    card = asdict(card_of(entry.row)) if entry else dict.fromkeys(_CARD)
    return {**card, **members}


_CARD = ("accession", "name", "smiles", "inchikey", "chemical_class", "status", "url")


def _line(entry: Entry | None, members: Mapping[str, object]) -> dict[str, object]:
    """The columns that fit a terminal, for people."""
    shown = {name: _shorten(value) for name, value in members.items()}
    if entry is None:
        return {"accession": "", "name": "", **shown, "class": ""}
    return {"accession": entry.accession, "name": entry.name, **shown, "class": entry.row.chemical_class}


def _shorten(value: object) -> object:
    if not isinstance(value, str):
        return value
    single = " ".join(value.split())
    return single if len(single) <= _ON_A_LINE else f"{single[:_ON_A_LINE]}…"


def tell(*sentences: str) -> None:
    """Write what is not empty of *sentences* to stderr."""
    for sentence in sentences:
        if sentence:
            typer.echo(sentence, err=True)


def tell_total(shown: int, total: int, nothing: str = "") -> None:
    """Say that there are more, where there are, or that there is nothing, in the words of *nothing* if given."""
    if not total:
        tell(nothing or _("Nothing was found."))
    if total > shown:
        tell(_("%(shown)d of %(total)d are shown; --limit shows more.") % {"shown": shown, "total": total})

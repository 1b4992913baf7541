"""``nps-registry search batch`` and ``peaks``: a whole list looked up at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nps_registry.cli.opened import open_registry
from nps_registry.cli.search_output import Form, Output, Said, say, tell
from nps_registry.cli.search_scope import look_through
from nps_registry.localisation import gettext as _
from nps_registry.search.batch import identify_batch
from nps_registry.search.features import find_by_features
from nps_registry.search.lists import decode_list, guess_form, read_features, read_rows
from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    BatchQuestion,
    FeatureQuestion,
)
from nps_registry.search.rendering import feature_members, line_members, render_batch, render_features

_File = Annotated[Path, typer.Argument(help="The list, or - for standard input.")]


def batch(
    file: _File,
    threshold: Annotated[
        float, typer.Option(help="Least similarity of the nearest one, where a structure is not listed.")
    ] = DEFAULT_THRESHOLD,
    output: Output = None,
    form: Form = None,
) -> None:
    """What each structure or name of a list is: lines, CSV with a header, SMILES, SDF; errors in their places."""
    said = Said(form, output)
    text = _read(file)
    question = BatchQuestion(read_rows(text, guess_form(text, file.name)), threshold)
    opened = open_registry()
    snapshot, visible, _among = look_through(opened)
    answer = identify_batch(snapshot, question, visible)
    say(opened, answer, render_batch(answer), ((line.entry, line_members(line)) for line in answer.lines), said)
    told = {"found": answer.found, "rows": len(question.rows), "errors": answer.errors}
    tell(_("%(found)d of %(rows)d rows found, %(errors)d cannot be read.") % told)


def peaks(
    file: _File,
    adduct: Annotated[
        list[str] | None, typer.Option(help="An ion that a substance may show as; may be repeated.")
    ] = None,
    ppm: Annotated[float, typer.Option(help="Half width of the window, parts per million.")] = DEFAULT_PPM,
    output: Output = None,
    form: Form = None,
) -> None:
    """Which substances explain which peaks of a list: one m/z a line, or CSV with the columns mz and intensity."""
    said = Said(form, output)
    question = FeatureQuestion(read_features(_read(file)), tuple(adduct or [DEFAULT_ADDUCT]), ppm)
    opened = open_registry()
    snapshot, visible, _among = look_through(opened)
    answer = find_by_features(snapshot, question, visible)
    say(opened, answer, render_features(answer), ((hit.entry, feature_members(hit)) for hit in answer.hits), said)
    told = {"explained": answer.explained, "peaks": len(question.features)}
    tell(_("%(explained)d of %(peaks)d peaks explained.") % told)


def _read(file: Path) -> str:
    return decode_list(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())

"""The columns of a table: what each of them says, chosen once for all tables of its layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from nps_registry.errors import InvalidInput, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, text_of
from nps_registry.intake import batch_desk as desk
from nps_registry.intake.flat_columns import COLUMNS, FlatColumn, column_called, mapping_from, read_cell
from nps_registry.intake.mapping import Cell, Findings, Mapping, mapping_of
from nps_registry.localisation import gettext as _
from nps_registry.pages.batches.access import HOME, BatchId, Laboratory, leave_for, sender_of
from nps_registry.pages.rendering import render
from nps_registry.store import batch_desk as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Batch
from nps_registry.vocabulary.report import Sharing

router = APIRouter()
_SAMPLES = 200
_MOST_MAPPING_BYTES = 200_000
_CONSTANTS = ("event_type", "country", "setting", "form")
_TESTED = {
    "positive": ("true", "yes", "positive", "pos", "+", "detected", "1"),
    "negative": ("false", "no", "negative", "neg", "-", "not detected", "0"),
    "uncertain": ("inconclusive", "uncertain", "invalid", "faint"),
}
_RESULT_OF = {word: result for result, words in _TESTED.items() for word in words}


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column of the table: its first different texts, and what it was or may be chosen to say."""

    heading: str
    samples: list[str]
    means: str
    techniques: str = ""
    chemical_class: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """The form in which every column is given a meaning.

    Attributes:
        choices: one for each column of the table.
        fields: the flat columns, to choose from.
        constants: what holds for every row where no column says it.
        classes: keys of the chemical classes, for columns of tests.
    """

    batch: Batch
    choices: list[ColumnChoice]
    fields: tuple[FlatColumn, ...]
    constants: list[tuple[FlatColumn, str]]
    sharing: str
    sharings: type[Sharing]
    nothing_found: str
    name: str
    classes: list[str]
    wrong: str


@router.get(f"{HOME}/{{batch_id}}/columns")
def columns(
    request: Request, services: ServicesOfRequest, person: Laboratory, session: Reading, batch_id: BatchId
) -> Response:
    """What each column may say, guessed from its heading or taken from the last choice."""
    batch = stored.find_batch(session, batch_id, person.organisation_id)
    kept = Mapping.model_validate_json(batch.mapping) if batch.mapping else None
    choices = _guess(session, batch, kept)
    classes = sorted(services.rules.keys)
    sharing = kept.sharing if kept else Sharing.COUNTRY.value
    nothing = "\n".join(kept.nothing_found) if kept else ""
    page = ColumnsPage(
        batch, choices, COLUMNS, _constants(kept), sharing, Sharing, nothing, batch.file_name, classes, ""
    )
    return render(request, "batches/columns", page)


def _samples(session: Session, batch: Batch) -> dict[str, list[str]]:
    rows = stored.first_rows(session, batch.id, _SAMPLES)
    return {
        heading: list(dict.fromkeys(text for row in rows if (text := row.cells.get(heading, "").strip())))
        for heading in batch.headings
    }


def _guess(session: Session, batch: Batch, kept: Mapping | None) -> list[ColumnChoice]:
    chosen = _meanings(kept) if kept else {}
    choices: list[ColumnChoice] = []
    for heading, samples in _samples(session, batch).items():
        column = column_called(heading)
        guess = ColumnChoice(heading, samples[:3], column.heading if column and kept is None else "")
        if kept is None and column is None and samples and all(re.fullmatch(r"\[.*\]", text) for text in samples):
            guess = ColumnChoice(heading, samples[:3], "names:python_list")
        choices.append(chosen.get(heading, guess))
    # A heading and its alias would both be taken for one field; the first keeps it.
    taken: set[str] = set()
    for position, choice in enumerate(choices):
        if kept is None and choice.means in taken:
            choices[position] = ColumnChoice(choice.heading, choice.samples, "")
        taken |= {choice.means} - {""}
    return choices


def _meanings(kept: Mapping) -> dict[str, ColumnChoice]:
    """What was chosen before, by heading."""
    found: dict[str, ColumnChoice] = {}
    flat = {(column.part, column.field): column.heading for column in COLUMNS}
    values = [("report", "own_reference", kept.own_reference), ("item", "item", kept.item_number)]
    for part, fields in (("report", kept.report), ("event", kept.event), ("item", kept.item)):
        values += [(part, name, value) for name, value in fields.items()]
    for findings in kept.findings:
        values += [("detection", name, value) for name, value in findings.fields.items()]
        if findings.column:
            means = "test" if findings.results else f"names:{findings.split}"
            techniques = "; ".join(findings.detection.get("techniques", []))
            key = str(findings.detection.get("chemical_class", ""))
            found[findings.column] = ColumnChoice(findings.column, [], means, techniques, key)
    for part, name, value in values:
        if isinstance(value, Cell):
            words = "\n".join(f"{word} = {meant}" for word, meant in value.words.items() if word and word != meant)
            found[value.column] = ColumnChoice(value.column, [], flat[part, name], words=words)
    return found


def _constants(kept: Mapping | None) -> list[tuple[FlatColumn, str]]:
    found: list[tuple[FlatColumn, str]] = []
    for column in COLUMNS:
        if column.heading in _CONSTANTS:
            values = {} if kept is None else kept.event if column.part == "event" else kept.item
            value = values.get(column.field, "")
            found.append((column, value if isinstance(value, str) else ""))
    return found


@router.post(f"{HOME}/{{batch_id}}/columns")
def choose(
    request: Request, services: ServicesOfRequest, person: Laboratory, batch_id: BatchId, form: CheckedForm
) -> Response:
    """Remember the choice, and have the rows looked at."""
    with reading(services.engine) as session:
        batch = stored.find_batch(session, batch_id, person.organisation_id)
        samples = _samples(session, batch)
    try:
        mapping = _mapping_of(form, batch, samples)
        with writing(services.engine) as session:
            batch = stored.find_batch(session, batch_id, person.organisation_id, lock=True)
            desk.choose_columns(session, sender_of(session, person), batch, mapping, text_of(form, "name", most=120))
    except Refusal as refusal:
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return render(
            request, "batches/columns", _again(form, batch, samples, services, refusal), status=refusal.status
        )
    return leave_for(batch.id)


def _again(
    form: FormData, batch: Batch, samples: dict[str, list[str]], services: ServicesOfRequest, refusal: Refusal
) -> ColumnsPage:
    """The form as it was filled in, with what was wrong."""
    choices = [
        ColumnChoice(
            heading,
            samples[heading][:3],
            *(text_of(form, f"{name}-{index}") for name in ("means", "techniques", "class", "words")),
        )
        for index, heading in enumerate(batch.headings)
    ]
    constants = [(column, text_of(form, f"all-{column.heading}")) for column in COLUMNS if column.heading in _CONSTANTS]
    sharing, nothing, name = (text_of(form, field) for field in ("sharing", "nothing", "name"))
    classes = sorted(services.rules.keys)
    return ColumnsPage(batch, choices, COLUMNS, constants, sharing, Sharing, nothing, name, classes, refusal.detail)


def _mapping_of(form: FormData, batch: Batch, samples: dict[str, list[str]]) -> Mapping:
    """The mapping that was chosen, or the one in a file that was sent instead.

    Raises:
        InvalidInput: a choice that nothing can be made of.
    """
    file = form.get("mapping_file")
    if isinstance(file, UploadFile) and file.filename:
        try:
            return mapping_of(file.file.read(_MOST_MAPPING_BYTES).decode("utf-8-sig"), file.filename[:80])
        except UnicodeDecodeError:
            raise InvalidInput(_("The mapping is not UTF-8 text.")) from None
    by_heading = {column.heading: column for column in COLUMNS}
    chosen: list[tuple[str, FlatColumn]] = []
    more: list[Findings] = []
    words: dict[str, dict[str, str]] = {}
    ignored: list[str] = []
    for index, heading in enumerate(batch.headings):
        means = text_of(form, f"means-{index}")
        if means in by_heading:
            chosen.append((heading, by_heading[means]))
            words[heading] = _words(text_of(form, f"words-{index}"), by_heading[means], samples[heading])
        elif means == "test" or means.startswith("names:"):
            more.append(_findings(form, index, heading, means, samples[heading]))
        else:
            ignored.append(heading)
    constants = [(column, text_of(form, f"all-{column.heading}")) for column in COLUMNS if column.heading in _CONSTANTS]
    mapping = mapping_from(
        chosen,
        constants=constants,
        more=more,
        ignored=ignored,
        sharing=text_of(form, "sharing") or Sharing.COUNTRY.value,
        nothing_found=["", *(line.strip() for line in text_of(form, "nothing").splitlines() if line.strip())],
    )
    return _with_words(mapping, words)


def _words(text: str, column: FlatColumn, samples: list[str]) -> dict[str, str]:
    """The lines ``their word = our word``; words that are ours already stand for themselves."""
    given: dict[str, str] = {}
    for line in text.splitlines():
        word, equals, meant = line.partition("=")
        if equals and word.strip():
            given[word.strip()] = meant.strip()
    if not given:
        return {}
    ours = {sample: str(read_cell(column, sample)) for sample in samples if sample not in given}
    return {"": "", **ours, **given}


def _with_words(mapping: Mapping, words: dict[str, dict[str, str]]) -> Mapping:
    def worded(values: dict[str, object]) -> dict[str, object]:
        return {
            name: value.model_copy(update={"words": words[value.column]})
            if isinstance(value, Cell) and words.get(value.column)
            else value
            for name, value in values.items()
        }

    changes = {part: worded(getattr(mapping, part)) for part in ("report", "event", "item")}
    return mapping.model_copy(update=changes)


def _findings(form: FormData, index: int, heading: str, means: str, samples: list[str]) -> Findings:
    techniques = [part.strip() for part in re.split(r"[;|]", text_of(form, f"techniques-{index}")) if part.strip()]
    detection: dict[str, object] = {"techniques": techniques} if techniques else {}
    if means.startswith("names:"):
        split = means.removeprefix("names:")
        if split not in {"one", "separated", "json", "python_list"}:
            raise InvalidInput(_("Choose what the column “%(heading)s” says.") % {"heading": heading})
        return Findings.model_validate({"column": heading, "split": split, "detection": detection})
    key = text_of(form, f"class-{index}")
    if not key:
        raise InvalidInput(_("Choose the class that the test of “%(heading)s” shows.") % {"heading": heading})
    results = {said: result for word, result in _RESULT_OF.items() for said in (word, word.capitalize(), word.upper())}
    if not any(text in results for text in samples):
        raise InvalidInput(_("“%(heading)s” holds no yes and no that can be read.") % {"heading": heading})
    detection["chemical_class"] = key
    return Findings.model_validate({"column": heading, "results": results, "detection": detection})

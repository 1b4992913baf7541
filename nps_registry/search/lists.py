"""Lists as people have them: pasted lines, SMILES files, tables with a header, SDF, peak lists; rows out of them.

Reading never refuses a row for what it says, only a list for its form: what is wrong with one row is told in its
place by whoever answers it. Rows carry the numbers that a person sees beside them in an editor or a spreadsheet:
blank ones and the header count; of an SD file, records are counted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import count

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.questions import MOST_BATCH_ROWS, MOST_FEATURES, BatchRow, Feature
from nps_registry.vocabulary.search import ListForm

_TEXT_COLUMNS = ("structure", "smiles", "molfile", "inchi", "inchikey", "cas", "name", "substance", "compound")
"""Headers under which a table has what is looked up; the first of them that a row has filled is taken."""
_LABEL_COLUMNS = ("id", "label", "reference", "own_reference", "sample", "code", "number", "no")
_MZ_COLUMNS = ("mz", "m/z", "mass_to_charge", "precursor_mz", "row m/z", "mzmed")
_INTENSITY_COLUMNS = ("intensity", "height", "area", "abundance", "into", "maxo")
_ENDINGS = {
    ".smi": ListForm.SMILES,
    ".smiles": ListForm.SMILES,
    ".csv": ListForm.TABLE,
    ".tsv": ListForm.TABLE,
    ".sdf": ListForm.SDF,
    ".sd": ListForm.SDF,
    ".mol": ListForm.SDF,
}
_SDF_END = re.compile(r"^\$\$\$\$[^\S\n]*(?:\n|\Z)", re.MULTILINE)
_MOLFILE_MARK = re.compile(r"^M  END", re.MULTILINE)
_LONGEST_CELL = 1_000_000


def decode_list(content: bytes) -> str:
    """*content* as text: UTF-8, or UTF-16 with its mark.

    Raises:
        InvalidInput: neither; the sentence names the byte.
    """
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise _refused(
            _("The list is not UTF-8: byte %(place)d cannot be read.") % {"place": fault.start + 1}
        ) from None
    if "\x00" in text:
        raise _refused(_("The list holds a null byte; send plain text."))
    return text


def guess_form(text: str, file_name: str = "") -> ListForm:
    """The form of a list, by the name of its file or else by what it holds."""
    for ending, form in _ENDINGS.items():
        if file_name.lower().endswith(ending):
            return form
    if _SDF_END.search(text) or _MOLFILE_MARK.search(text):
        return ListForm.SDF
    first = text.lstrip().partition("\n")[0]
    header = {cell.strip().casefold() for cell in re.split(r"[,;\t]", first)}
    known = {*_TEXT_COLUMNS, *_MZ_COLUMNS}
    return ListForm.TABLE if header & known else ListForm.LINES


def read_rows(text: str, form: ListForm) -> tuple[BatchRow, ...]:
    """The rows of a list of structures and names.

    Raises:
        InvalidInput: a table without a column of structures or names, or nothing at all, or too many rows.
    """
    readers = {
        ListForm.LINES: _read_lines,
        ListForm.SMILES: _read_smiles_file,
        ListForm.TABLE: _read_table,
        ListForm.SDF: _read_sdf,
    }
    return _bounded(readers[form](text), MOST_BATCH_ROWS)


def _bounded(rows: Iterator[BatchRow], most: int) -> tuple[BatchRow, ...]:
    kept: list[BatchRow] = []
    for row in rows:
        kept.append(row)
        if len(kept) > most:
            raise _refused(_("The list has more than %(most)d rows; send it in parts.") % {"most": most})
    if not kept:
        raise _refused(_("The list is empty; give one structure or name a line."))
    return tuple(kept)


def _read_lines(text: str) -> Iterator[BatchRow]:
    """One structure or name a line; behind a tab the asker's own word for it."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            given, _tab, label = line.partition("\t")
            yield BatchRow(given.strip(), label.strip(), number)


def _read_smiles_file(text: str) -> Iterator[BatchRow]:
    """A SMILES and its name a line, parted by blanks; a header line is known by its words."""
    for number, line in enumerate(text.splitlines(), 1):
        given, _blank, label = line.strip().partition("\t" if "\t" in line else " ")
        if given and not (number == 1 and given.casefold() in _TEXT_COLUMNS):
            yield BatchRow(given.strip(), label.strip(), number)


def _read_table(text: str) -> Iterator[BatchRow]:
    header, rows = _split_table(text)
    wanted = [header.index(name) for name in _TEXT_COLUMNS if name in header]
    labels = [header.index(name) for name in _LABEL_COLUMNS if name in header]
    if not wanted:
        sentence = _("The table has no column of structures or names; name one of its columns %(names)s.")
        raise _refused(sentence % {"names": ", ".join(_TEXT_COLUMNS)})
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            given = next((cells[place].strip() for place in wanted if place < len(cells) and cells[place].strip()), "")
            label = next((cells[place].strip() for place in labels if place < len(cells)), "")
            yield BatchRow(given, label, number)


def _split_table(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header in small letters and the rows, numbered, of a table parted by comma, semicolon or tab."""
    table = text.lstrip("\r\n")
    delimiter = max(",;\t", key=table.partition("\n")[0].count)
    csv.field_size_limit(_LONGEST_CELL)
    blank = text[: len(text) - len(table)].count("\n")
    rows = _number_rows(csv.reader(io.StringIO(table), delimiter=delimiter), blank + 1)
    _number, header = next(rows, (0, []))
    return [cell.strip().casefold() for cell in header], rows


def _number_rows(reader: Iterator[list[str]], first: int) -> Iterator[tuple[int, list[str]]]:
    for number in count(first):
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _unreadable_table(number, fault) from None


def _read_sdf(text: str) -> Iterator[BatchRow]:
    """One record each; its label is the title line."""
    for number, record in enumerate(_SDF_END.split(text), 1):
        if record.strip():
            end = _MOLFILE_MARK.search(record)
            molfile = record[: end.end()] + "\n" if end else record
            yield BatchRow(molfile, record.partition("\n")[0].strip()[:200], number)


def read_features(text: str) -> tuple[Feature, ...]:
    """The peaks of a list: a table with a column mz, or lines of an m/z and where known its intensity.

    Raises:
        InvalidInput: nothing, too many, or a number that cannot be read; the sentence names the line.
    """
    features: list[Feature] = []
    for number, cells in _feature_lines(text):
        if len(features) == MOST_FEATURES:
            raise _refused(_("The list has more than %(most)d peaks; send it in parts.") % {"most": MOST_FEATURES})
        mz, intensity, label = (*cells, "", "", "")[:3]
        features.append(
            Feature(_read_number(mz, number), _read_number(intensity, number) if intensity else None, label[:200])
        )
    if not features:
        raise _refused(_("The list is empty; give one m/z a line, and behind it its intensity where you have it."))
    return tuple(features)


def _feature_lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The number of each line, and its m/z, intensity and label as text."""
    header, rows = _split_table(text)
    mz = next((header.index(name) for name in _MZ_COLUMNS if name in header), None)
    if mz is None:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield number, [cell for cell in re.split(r"[\s;,]+", line.strip(), maxsplit=2) if cell]
        return
    height = next((header.index(name) for name in _INTENSITY_COLUMNS if name in header), None)
    label = next((header.index(name) for name in _LABEL_COLUMNS if name in header), None)
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            places = (mz, height, label)
            yield number, [cells[at].strip() if at is not None and at < len(cells) else "" for at in places]


def _read_number(text: str, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        sentence = _("Line %(line)d: “%(text)s” is not a number.")
        raise _refused(sentence % {"line": line, "text": text[:40]}) from None


def _unreadable_table(row: int, fault: csv.Error) -> InvalidInput:
    return _refused(_("Row %(row)d of the table cannot be read: %(reason)s.") % {"row": row, "reason": fault})


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError("list", sentence)])

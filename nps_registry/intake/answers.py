"""Names that the registry did not recognise, as a file that a curator answers and runs again.

One row per name: ``name, count, suggestion, answer``. An answer is an accession or a name of the registry, or
``class:KEY``, ``candidates:A|B``, ``uncertain:NAME``, ``negative:NAME``, ``unidentified``, or ``nothing`` (the words
say that nothing was found).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _

COLUMNS = ("name", "count", "suggestion", "answer")
UNIDENTIFIED = "unidentified"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A name that was not recognised, how often, and what it may have meant."""

    name: str
    count: int
    suggestion: str = ""
    answer: str = ""


def detection_of(answer: str) -> dict[str, Any] | None:
    """The detection fields that *answer* stands for; none for ``nothing``.

    Raises:
        InvalidInput: a prefix that is not known, or nothing behind it.
    """
    answer = answer.strip()
    prefix, colon, rest = answer.partition(":")
    if answer == NOTHING:
        return None
    if answer == UNIDENTIFIED:
        return {"unidentified": True}
    if not colon:
        return {"name": answer}
    parts = [part.strip() for part in rest.split("|") if part.strip()]
    if not parts:
        raise InvalidInput(_("The answer “%(answer)s” says nothing behind its colon.") % {"answer": answer})
    meanings: dict[str, dict[str, Any]] = {
        "class": {"chemical_class": parts[0]},
        "candidates": {"candidates": parts},
        "uncertain": {"name": parts[0], "result": "uncertain"},
        "negative": {"name": parts[0], "result": "negative"},
    }
    # Names hold colons too; only the words above are prefixes.
    return meanings.get(prefix, {"name": answer})


def read_answers(path: Path) -> dict[str, str]:
    """The answers in the CSV file at *path*, by name; names without an answer are left out.

    Raises:
        InvalidInput: the file cannot be read or lacks a column, or a name is answered twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(
            _("The answers %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error}
        ) from None
    answers: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        if row.get("name") is None or row.get("answer") is None:
            raise InvalidInput(
                _("%(path)s, line %(line)d: the columns name and answer are needed.") % {"path": path, "line": number}
            )
        name, answer = row["name"], row["answer"].strip()
        if not answer:
            continue
        if name in answers:
            message = _("line %(line)d answers “%(name)s” a second time") % {"line": number, "name": name}
            raise InvalidInput(f"{path}: {message}.", errors=[FieldError("name", message)])
        detection_of(answer)
        answers[name] = answer
    return answers


def write_unrecognised(path: Path, found: Iterable[Unrecognised], answered: Mapping[str, str]) -> int:
    """Write the names still without an answer, most frequent first, below those that have one; count the open ones."""
    open_names = sorted(found, key=lambda entry: (-entry.count, entry.name))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        writer.writerows((name, "", "", answer) for name, answer in answered.items())
        writer.writerows((entry.name, entry.count, entry.suggestion, "") for entry in open_names)
    return len(open_names)

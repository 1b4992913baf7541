"""Names that the registry did not recognise, as a file that a curator answers and runs again.

One row per name: ``name, count, suggestion, answer``. An answer is an accession, a CAS number or a name of
the registry, or ``class:KEY``, ``candidates:A|B``, ``unidentified``, or ``nothing`` (the words say that
nothing was found). ``uncertain:``, ``negative:`` and ``trace:`` before an answer say how it was found.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.intake.matching import look_up_names
from nps_registry.intake.salts import split_salt_words
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.vocabulary.finding import DetectionRole, Result

COLUMNS = ("name", "count", "suggestion", "answer")
UNIDENTIFIED = "unidentified"
NOTHING = "nothing"
_HOW: dict[str, dict[str, str]] = {
    "uncertain": {"result": Result.UNCERTAIN.value},
    "negative": {"result": Result.NEGATIVE.value},
    "trace": {"role": DetectionRole.TRACE.value},
}


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A name that was not recognised, how often, and what it may have meant."""

    name: str
    count: int
    suggestion: str = ""


def detection_of(answer: str) -> dict[str, Any] | None:
    """The detection fields that *answer* stands for; none for ``nothing``.

    Raises:
        InvalidInput: a prefix with nothing behind it.
    """
    answer = answer.strip()
    prefix, colon, rest = answer.partition(":")
    prefix, rest = prefix.strip(), rest.strip()
    if answer == NOTHING:
        return None
    if answer == UNIDENTIFIED:
        return {"unidentified": True}
    # Names hold colons too; only these words are prefixes.
    if not colon or prefix not in {"class", "candidates", *_HOW}:
        return {"name": answer}
    parts = [part.strip() for part in rest.split("|") if part.strip()]
    if not parts or (prefix in _HOW and rest == NOTHING):
        raise InvalidInput(_("The answer “%(answer)s” says nothing behind its colon.") % {"answer": answer})
    if prefix == "class":
        return {"chemical_class": parts[0]}
    if prefix == "candidates":
        return {"candidates": parts}
    return {**(detection_of(rest) or {}), **_HOW[prefix]}


def read_answers(path: Path) -> dict[str, str]:
    """The answers in the CSV file at *path*, by name; names without an answer are left out.

    Raises:
        InvalidInput: the file cannot be read or lacks a column, or a name is answered twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise InvalidInput(
            _("The answers %(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
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


def require_meanings(session: Session, answers: Mapping[str, str], class_keys: Collection[str]) -> None:
    """Refuse answers that the registry cannot make anything of, before the first row is read.

    Raises:
        InvalidInput: a name that is not in the registry or is one of several substances, a class that is none.
    """
    detections = {name: detection_of(answer) or {} for name, answer in answers.items()}
    texts = {name: _names_in(detection) for name, detection in detections.items()}
    known = look_up_names(session, {text for each in texts.values() for text in each})
    errors: list[FieldError] = []
    for name, detection in detections.items():
        key = detection.get("chemical_class", "")
        if key and key not in class_keys:
            errors.append(FieldError(name, _("“%(key)s” is not the key of a chemical class here") % {"key": key}))
        for text in texts[name]:
            meanings = known.meanings(text)
            if not meanings:
                errors.append(FieldError(name, _("“%(text)s” is not a name in the registry") % {"text": text}))
            elif len(meanings) > 1 and "name" in detection:
                which = ", ".join(f"{meaning.name} ({meaning.accession})" for meaning in meanings)
                message = _("“%(text)s” is a name of %(which)s: answer with one accession, or with candidates:A|B")
                errors.append(FieldError(name, message % {"text": text, "which": which}))
    if errors:
        told = {"name": errors[0].field, "message": errors[0].message, "count": len(errors)}
        if len(errors) == 1:
            detail = _("The answer to “%(name)s” cannot be used: %(message)s.") % told
        else:
            detail = _("%(count)d answers cannot be used; the first, to “%(name)s”: %(message)s.") % told
        raise InvalidInput(detail, errors=errors if len(errors) > 1 else [FieldError(errors[0].field, detail)])


def _names_in(detection: Mapping[str, Any]) -> list[str]:
    """The names that *detection* looks up, as the steps of intake look them up."""
    candidates: list[str] = detection.get("candidates", [])
    name: str = detection.get("name", "")
    return [*candidates, *([split_salt_words(name)[0] or name] if name else [])]


def write_unrecognised(path: Path, found: Iterable[Unrecognised], answered: Mapping[str, str]) -> int:
    """Write the names still without an answer, most frequent first, below those that have one; count the open ones.

    Raises:
        InvalidInput: the file cannot be written.
    """
    open_names = sorted(
        (entry for entry in found if entry.name not in answered), key=lambda entry: (-entry.count, entry.name)
    )
    try:
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(COLUMNS)
            writer.writerows((name, "", "", answer) for name, answer in answered.items())
            writer.writerows((entry.name, entry.count, entry.suggestion, "") for entry in open_names)
    except OSError as error:
        raise InvalidInput(
            _("%(path)s cannot be written: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    return len(open_names)

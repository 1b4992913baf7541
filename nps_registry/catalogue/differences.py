"""What a change of the catalogue does, in sentences that a reviewer reads beside the diff."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.grading import derive_status, grade_substance
from nps_registry.catalogue.records import Catalogue, ControlEntry, SubstanceRecord
from nps_registry.errors import NotFound
from nps_registry.localisation import gettext as _

GIT_LIMIT_S = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence about one thing.

    Attributes:
        subject: the accession, or the file of a list or of the sources.
        name: preferred name of the entry, or title of the list.
        sentence: what the change does.
    """

    subject: str
    name: str
    sentence: str


def compare(old: Catalogue, new: Catalogue) -> list[Change]:
    """Every change from *old* to *new*: entries in order of accessions, then classes, sources and controls."""
    return [*_compare_substances(old, new), *_compare_frame(old, new), *_compare_controls(old, new)]


@contextmanager
def open_version(version: str, beside: Path) -> Iterator[Catalogue]:
    """The catalogue in the folder *version*, or as git's revision *version* of the folder *beside*.

    Raises:
        NotFound: *version* is neither.
        CatalogueFault: its files break the format.
    """
    folder = Path(version)
    if folder.is_dir():
        yield read_catalogue(folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        archive = _archive(version, beside)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(scratch, filter="data")
        yield read_catalogue(Path(scratch))


def _archive(revision: str, folder: Path) -> bytes:
    """The files of *folder* at git's *revision*, packed; git takes the folder it runs in."""
    command = ["git", "archive", "--format=tar", "--end-of-options", revision]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=GIT_LIMIT_S, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise NotFound(
            _("git could not be asked for {version}: {error}.").format(version=revision, error=error)
        ) from error
    if done.returncode:
        raise NotFound(
            _("{version} is neither a folder nor a revision of the repository that holds {folder}.").format(
                version=revision, folder=folder
            )
        )
    return done.stdout


def _compare_substances(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for accession in sorted({*old.by_accession, *new.by_accession}):
        before, after = old.by_accession.get(accession), new.by_accession.get(accession)
        if before == after and before is not None and after is not None:
            sentences: Iterable[str] = _compare_standing(before, after, old, new)
        elif before is None and after is not None:
            sentences = [_describe_new(after, new)]
        elif after is None:
            sentences = [_("Its file is gone: loading this catalogue withdraws it.")]
        else:
            assert before is not None
            sentences = [*_compare_standing(before, after, old, new), *_compare_fields(before, after)]
        named = after or before
        yield from (Change(accession, named.name if named else "", sentence) for sentence in sentences)


def _describe_new(record: SubstanceRecord, catalogue: Catalogue) -> str:
    graded = grade_substance(record, catalogue.source_by_id)
    return _("New: {kind}, {nature}, {home}, {status}, evidence {evidence}.").format(
        kind=record.kind.label.lower(),
        nature=record.nature.label,
        home=record.folder,
        status=derive_status(record, graded).label,
        evidence=graded.evidence.value if graded else _("not graded"),
    )


def _compare_standing(before: SubstanceRecord, after: SubstanceRecord, old: Catalogue, new: Catalogue) -> Iterator[str]:
    """Changes of grade and status; a source's group may change them without a change of the file."""
    grades = grade_substance(before, old.source_by_id), grade_substance(after, new.source_by_id)
    letters = [graded.evidence.value if graded else None for graded in grades]
    if letters[0] != letters[1]:
        yield _("Evidence goes from {before} to {after}.").format(before=letters[0], after=letters[1])
    status = derive_status(before, grades[0]), derive_status(after, grades[1])
    if status[0] != status[1]:
        yield _("Status goes from “{before}” to “{after}”.").format(before=status[0].label, after=status[1].label)


def _compare_fields(before: SubstanceRecord, after: SubstanceRecord) -> Iterator[str]:
    plain = {
        _("The preferred name"): (before.name, after.name),
        _("The kind"): (before.kind.label, after.kind.label),
        _("The nature"): (before.nature.label, after.nature.label),
        _("The occurrence"): (before.occurrence.label, after.occurrence.label),
        _("The origin"): (before.origin and before.origin.label, after.origin and after.origin.label),
        _("The class"): (before.chemical_class, after.chemical_class),
        _("The subclass"): (before.subclass, after.subclass),
        _("The entry it is merged into"): (before.merged_into, after.merged_into),
    }
    for what, (one, other) in plain.items():
        if one != other:
            yield _("{what} changes from {before} to {after}.").format(what=what, before=one or "–", after=other or "–")
    yield from _compare_structures(before, after)
    yield from _compare_lists(before, after)
    for what, text in (("comment", _("The comment")), ("class_overruled", _("The reason for the class"))):
        if getattr(before, what) != getattr(after, what):
            yield _("{what} is now: {text}").format(what=text, text=getattr(after, what) or "–")


def _compare_structures(before: SubstanceRecord, after: SubstanceRecord) -> Iterator[str]:
    if before.structure == after.structure:
        return
    if before.structure is None or after.structure is None:
        yield _("It gains a structure.") if after.structure else _("It loses its structure.")
        return
    if before.structure.skeleton != after.structure.skeleton:
        yield _("The structure becomes another one: {before} was {old}, now {new}.").format(
            before=after.accession, old=before.structure.smiles, new=after.structure.smiles
        )
    elif (before.structure.inchi, before.structure.stereo) != (after.structure.inchi, after.structure.stereo):
        yield _("The stereochemistry changes from {old} ({one}) to {new} ({other}).").format(
            old=before.structure.stereo.label, one=before.structure.smiles,
            new=after.structure.stereo.label, other=after.structure.smiles,
        )  # fmt: skip
    else:
        yield _("The structure is the same, written anew.")


def _compare_lists(before: SubstanceRecord, after: SubstanceRecord) -> Iterator[str]:
    spelt: dict[str, Callable[[SubstanceRecord], Sequence[str]]] = {
        _("name"): lambda record: [f"{each.name} ({each.kind.label.lower()})" for each in record.names],
        _("identifier"): lambda record: [f"{each.scheme.label} {each.value}" for each in record.identifiers],
        _("claim"): lambda record: [" ".join(filter(None, (each.source, each.place))) for each in record.claims],
        _("relation"): lambda record: [f"{each.kind.label} {each.to}" for each in record.relations],
        _("member"): lambda record: [each.accession for each in record.members],
        _("effect group"): lambda record: [each.label for each in record.effect_groups],
        _("conflict"): lambda record: record.conflicts,
    }
    for what, spell in spelt.items():
        old, new = spell(before), spell(after)
        yield from (
            _("It gains the {what} {value}.").format(what=what, value=value) for value in new if value not in old
        )
        yield from (
            _("It loses the {what} {value}.").format(what=what, value=value) for value in old if value not in new
        )


def _compare_frame(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for what, one, other in (
        (_("class"), old.class_by_key, new.class_by_key),
        (_("source"), old.source_by_id, new.source_by_id),
    ):
        for key in sorted({*one, *other}):
            if key not in one:
                yield Change(key, "", _("New {what}.").format(what=what))
            elif key not in other:
                yield Change(key, "", _("The {what} is gone.").format(what=what))
            elif one[key] != other[key]:
                yield Change(key, "", _("The {what} changes.").format(what=what))


def _compare_controls(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    before, after = _entries(old), _entries(new)
    for key in sorted({*before, *after}):
        title, schedule, listed_as = key
        told = {"listed": listed_as, "schedule": schedule}
        if key not in before:
            yield Change(title, listed_as, _("{schedule} gains {listed}.").format(**told))
        elif key not in after:
            yield Change(title, listed_as, _("{schedule} loses {listed}.").format(**told))
        elif before[key] != after[key]:
            fields = [
                name
                for name in type(after[key]).model_fields
                if getattr(before[key], name) != getattr(after[key], name)
            ]
            sentence = _("{listed} in {schedule} changes: {fields}.").format(**told, fields=", ".join(fields))
            yield Change(title, listed_as, sentence)


def _entries(catalogue: Catalogue) -> dict[tuple[str, str, str], ControlEntry]:
    return {
        (control_list.header.title, entry.schedule, entry.listed_as): entry
        for control_list in catalogue.controls
        for entry in control_list.entries
    }

"""The catalogue's files into the registry's rows, as often as one likes: same files, same rows.

Only what differs is read and written. An entry that an earlier load brought and the files lack is
withdrawn, never deleted. Substances that this instance lists itself are not touched, with one exception:
where the catalogue now has the same identity as a provisional one, that redirects to the catalogue's entry
and the reports of it count for that.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from nps_registry.catalogue.class_rules import read_scaffolds
from nps_registry.catalogue.files import read_catalogue, read_changed
from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.chemistry.fingerprints import MORGAN
from nps_registry.collection import collection_paused
from nps_registry.errors import CatalogueFault
from nps_registry.intake import seed_links, seed_rows
from nps_registry.intake.derivation import VERSION
from nps_registry.intake.seed_structures import given_by
from nps_registry.intake.workshop import Order, Workshop, open_workshop, start_helpers
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, changes, public_years
from nps_registry.store import catalogue as stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.registry import note_catalogue
from nps_registry.vocabulary.substance import Status

ENTRIES_AT_ONCE = 500
BATCHES_AHEAD = 3
"""Batches whose structures are derived while an earlier one is written: enough for all processes, and bounded."""

Progress = Callable[[int, int], None]
"""Told how many entries are done so far, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did, in accessions.

    Attributes:
        unchanged: how many entries stood as the files have them.
        redirected: provisional accessions that the catalogue's entries took the place of.
        unknown_in_controls: accessions that control lists name and the catalogue lacks.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    unchanged: int = 0
    redirected: tuple[str, ...] = ()
    unknown_in_controls: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the registry stood as the files have it."""
        return not (self.added or self.changed or self.withdrawn or self.redirected)


@dataclass(frozen=True)
class _Task:
    """What one load has to do.

    Attributes:
        frame: sources, classes and controls; its substances are not looked at.
        records: entries that may differ, with the digest that says whether they do.
        gone: accessions that the files lack.
        known: every entry of an earlier load.
        workshop: where structures are derived.
        touched: ids of the substances written so far.
    """

    frame: Catalogue
    records: Sequence[tuple[SubstanceRecord, str]]
    gone: Sequence[str]
    known: Mapping[str, stored.Loaded]
    writes_frame: bool
    progress: Progress
    workshop: Workshop
    touched: set[int] = field(default_factory=set)

    @property
    def may_change_controls(self) -> bool:
        """Whether rows of controls can be others than an earlier load left: by the lists, or by entries they name."""
        return self.writes_frame or any(record.accession not in self.known for record, _digest in self.records)


@collection_paused()
def load_files(session: Session, directory: Path, progress: Progress | None = None) -> LoadResult:
    """Load the catalogue in *directory*; files as they were at the last load are not read.

    Raises:
        NotFound: there is no catalogue in *directory*.
        CatalogueFault: the files break the format, or contradict each other.
        NotReady: the registry was never created.
    """
    take_turn(session)
    known_files = stored.loaded_files(session)
    differs = read_changed(directory, known_files) if known_files else None
    if differs is None or _basis_of_files(differs.digests) != _basis_of_files(known_files):
        with _open_workshop(sum(1 for _file in directory.glob("*/NPS-*.toml"))) as workshop:
            begin = None if known_files else partial(_begin, workshop)
            return load_catalogue(session, read_catalogue(directory, begin), progress, workshop)
    known = stored.loaded_entries(session)
    basis = _digest_of_basis(differs.frame)
    records = [(record, _digest_of_entry(record, basis)) for record in differs.substances]
    with _open_workshop(len(records)) as workshop:
        told = progress or _silently
        task = _Task(differs.frame, records, differs.gone, known, differs.frame_changed, told, workshop)
        result = _load(session, task)
    standing = sum(entry.digest != "" for entry in known.values())
    _note(session, differs.digests)
    return replace(result, unchanged=standing - len(result.changed) - len(result.withdrawn))


@collection_paused()
def load_catalogue(
    session: Session, catalogue: Catalogue, progress: Progress | None = None, workshop: Workshop | None = None
) -> LoadResult:
    """Load a *catalogue* that was read; its structures are derived in *workshop*, or here where there is none.

    Raises:
        CatalogueFault: entries contradict each other.
        NotReady: the registry was never created.
    """
    take_turn(session)
    known, basis = stored.loaded_entries(session), _digest_of_basis(catalogue)
    records = [(record, _digest_of_entry(record, basis)) for record in catalogue.substances]
    differing = [(record, digest) for record, digest in records if _differs(record, digest, known)]
    there = {record.accession for record, _digest in records}
    gone = sorted(known.keys() - there)
    task = _Task(catalogue, differing, gone, known, True, progress or _silently, workshop or Workshop())
    result = _load(session, task)
    _note(session, catalogue.digests)
    return replace(result, unchanged=len(records) - len(differing))


@contextmanager
def _open_workshop(expected: int) -> Iterator[Workshop]:
    with start_helpers(expected) as helpers, open_workshop(helpers) as workshop:
        yield workshop


def _begin(workshop: Workshop, frame: Catalogue, record: SubstanceRecord) -> None:
    """Let *workshop* begin on an entry while the files behind it are read."""
    if not workshop.is_ready:
        workshop.learn(read_scaffolds(frame.classes))
    given = given_by(record, _scaffold_text(frame, record))
    if given is not None:
        workshop.begin(given)


def _note(session: Session, digests: Mapping[str, str]) -> None:
    """Keep which files are loaded now."""
    stored.note_files(session, digests)
    whole = hashlib.sha256("\n".join(f"{path} {digest}" for path, digest in sorted(digests.items())).encode())
    note_catalogue(session, whole.hexdigest(), MORGAN.id)


def _silently(_done: int, _total: int) -> None:
    """Tell nobody."""


def _differs(record: SubstanceRecord, digest: str, known: Mapping[str, stored.Loaded]) -> bool:
    entry = known.get(record.accession)
    return entry is None or entry.digest != digest


def _basis_of_files(digests: Mapping[str, str]) -> dict[str, str]:
    """The files that every entry's rows depend on: sources grade it, classes give its effects and its layout."""
    return {path: digest for path, digest in digests.items() if path.startswith("classes/") or path == "sources.toml"}


def _digest_of_basis(catalogue: Catalogue) -> str:
    whole = hashlib.sha256(VERSION.encode())
    for record in (*catalogue.sources, *catalogue.classes):
        whole.update(record.model_dump_json().encode())
    return whole.hexdigest()


def _digest_of_entry(record: SubstanceRecord, basis: str) -> str:
    return hashlib.sha256(f"{basis} {record.model_dump_json()}".encode()).hexdigest()


def _load(session: Session, task: _Task) -> LoadResult:
    if not (task.records or task.gone or task.writes_frame):
        return LoadResult()
    if task.writes_frame:
        sources = [seed_rows.source_row(source) for source in task.frame.sources]
        stored.replace_frame(session, sources, [seed_rows.class_row(each) for each in task.frame.classes])
    gone = [accession for accession in task.gone if task.known[accession].status is not Status.WITHDRAWN]
    stored.withdraw_entries(session, [task.known[accession].id for accession in gone])
    displaced = _make_room(session, task)
    ids = {accession: entry.id for accession, entry in task.known.items()}
    _write_all(session, task, ids)
    public_years.count_anew(session, task.touched)
    seed_links.write_merges(session, [record for record, _digest in task.records], ids)
    redirected = seed_links.redirect(session, displaced, ids)
    task.touched.update(task.known[accession].id for accession in gone)
    task.touched.update(seed_links.write_relations(session, [record for record, _digest in task.records], ids))
    if task.may_change_controls:
        task.touched.update(seed_links.write_controls(session, task.frame, ids))
    changes.touch(session, task.touched)
    result = LoadResult(
        added=tuple(record.accession for record, _digest in task.records if record.accession not in task.known),
        changed=tuple(record.accession for record, _digest in task.records if record.accession in task.known),
        withdrawn=tuple(gone),
        redirected=redirected,
        unknown_in_controls=tuple(seed_rows.unknown_accessions(task.frame.controls, ids)),
    )
    _tell(session, result)
    return result


def _make_room(session: Session, task: _Task) -> dict[str, tuple[int, str, str]]:
    """Free the identities that entries are about to take.

    Answers, by identity, the provisional substances that hold one: id, accession, and the accession of
    the catalogue's entry that takes its place.

    Raises:
        CatalogueFault: two entries of the catalogue claim one identity.
    """
    claims: dict[str, str] = {}
    for record, _digest in task.records:
        identity = seed_rows.identity_of(record)
        if identity is None or record.status is Status.MERGED:
            continue
        if identity in claims:
            raise _same_identity(claims[identity], record.accession)
        claims[identity] = record.accession
    written = [task.known[record.accession].id for record, _digest in task.records if record.accession in task.known]
    stored.release_identities(session, written)
    holders = stored.holders_of(session, claims)
    displaced: dict[str, tuple[int, str, str]] = {}
    for identity, (key, accession, from_catalogue) in holders.items():
        if from_catalogue:
            raise _same_identity(accession, claims[identity])
        displaced[identity] = (key, accession, claims[identity])
    stored.release_identities(session, [key for key, _accession, _target in displaced.values()])
    return displaced


def _same_identity(one: str, other: str) -> CatalogueFault:
    return CatalogueFault(
        _("%(one)s and %(other)s have the same structure and stereochemistry; merge one into the other.")
        % {"one": one, "other": other}
    )


def _write_all(session: Session, task: _Task, ids: dict[str, int]) -> None:
    """Write every entry, a batch at a time, and put their ids into *ids*.

    The structures of the batches behind are derived meanwhile.
    """
    done, ahead = 0, deque[_Batch]()
    starts = range(0, len(task.records), ENTRIES_AT_ONCE)
    waiting = (task.records[start : start + ENTRIES_AT_ONCE] for start in starts)
    if not task.workshop.is_ready:
        task.workshop.learn(read_scaffolds(task.frame.classes))
    while True:
        while len(ahead) < BATCHES_AHEAD and (entries := next(waiting, None)) is not None:
            ahead.append(_order(session, task, entries))
        if not ahead:
            return
        batch = ahead.popleft()
        _write(session, task, batch, ids)
        done += len(batch.entries)
        task.progress(done, len(task.records))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Entries whose structures are being derived; those in *kept* have a rendering that stays."""

    entries: Sequence[tuple[SubstanceRecord, str]]
    kept: frozenset[str]
    asked: Sequence[str]
    order: Order


def _order(session: Session, task: _Task, entries: Sequence[tuple[SubstanceRecord, str]]) -> _Batch:
    given = [given_by(record, _scaffold_text(task.frame, record)) for record, _digest in entries]
    there = {each.accession: each for each in given if each is not None}
    known = {task.known[accession].id: each.digest for accession, each in there.items() if accession in task.known}
    kept_ids = stored.renderings_kept(session, known)
    kept = frozenset(
        accession for accession in there if accession in task.known and task.known[accession].id in kept_ids
    )
    asked = [each for accession, each in there.items() if accession not in kept]
    return _Batch(entries, kept, [each.accession for each in asked], task.workshop.order(asked))


def _write(session: Session, task: _Task, batch: _Batch, ids: dict[str, int]) -> None:
    derived = dict(zip(batch.asked, batch.order.collect(), strict=True))
    rows = [
        seed_rows.rows_of(
            record,
            task.frame,
            digest,
            derived.get(record.accession),
            keeps_rendering=record.accession in batch.kept,
        )
        for record, digest in batch.entries
    ]
    known = {record.accession: ids[record.accession] for record, _digest in batch.entries if record.accession in ids}
    written = stored.write_entries(session, rows, known)
    ids.update({record.accession: key for (record, _digest), key in zip(batch.entries, written, strict=True)})
    task.touched.update(written)


def _scaffold_text(frame: Catalogue, record: SubstanceRecord) -> str:
    chemical_class = frame.class_by_key.get(record.chemical_class or "")
    return (chemical_class.scaffold if chemical_class else None) or ""


def _tell(session: Session, result: LoadResult) -> None:
    """Write the load down in the audit trail; one that changed nothing is no event."""
    if result.is_nothing:
        return
    after: dict[str, object] = {
        "added": len(result.added),
        "changed": len(result.changed),
        "withdrawn": list(result.withdrawn),
        "redirected": list(result.redirected),
    }
    audit.append(session, [AuditEntry("command", "catalogue.loaded", "catalogue", "", None, after)])

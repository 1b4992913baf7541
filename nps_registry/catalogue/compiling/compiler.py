"""The whole way from the tables and the curator's files to the substances' files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nps_registry.catalogue.compiling.accessions import (
    Identity,
    mint,
    read_accessions,
    read_controlled,
    retired_numbers,
    unwanted,
)
from nps_registry.catalogue.compiling.additions import claims_of_additions
from nps_registry.catalogue.compiling.ambiguity import mark_ambiguous
from nps_registry.catalogue.compiling.claims import Skipped, lower_case_words, make_claims
from nps_registry.catalogue.compiling.classification import read_classifier
from nps_registry.catalogue.compiling.curation import Curation, read_curation
from nps_registry.catalogue.compiling.evidence import MergedRow, read_evidence, read_merged
from nps_registry.catalogue.compiling.groups import make_group
from nps_registry.catalogue.compiling.identifiers import make_identifiers_unique
from nps_registry.catalogue.compiling.identities import Entry, group_claims
from nps_registry.catalogue.compiling.minor_forms import leave_out_minor_forms
from nps_registry.catalogue.compiling.relations import with_relations
from nps_registry.catalogue.compiling.structures import read_structure
from nps_registry.catalogue.compiling.substances import Decisions, make_substance
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.catalogue.writing import substance_path, write_substance


@dataclass(frozen=True)
class Compilation:
    """What came out, and what did not with the reason for each.

    Attributes:
        withdrawn: accessions that files have and this compilation does not give.
        unused: keys in the curated files that no entry has.
    """

    records: tuple[SubstanceRecord, ...]
    skipped: tuple[Skipped, ...]
    withdrawn: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def reasons(self) -> Counter[str]:
        """How many rows were left out for which reason."""
        return Counter(skipped.reason for skipped in self.skipped)


def compile_catalogue(evidence: Path, merged: Path, directory: Path) -> Compilation:
    """Compile the substances of the catalogue in *directory*, whose curated files and accessions are used.

    Raises:
        NotFound: a table is missing or lacks a column.
        CatalogueFault: a curated file breaks its format.
        UnreadableStructure: a curated structure cannot be read.
    """
    curation = read_curation(directory / "curation")
    rows = read_evidence(evidence)
    words = lower_case_words(rows) | set(curation.words.lower_case)
    claims, skipped = make_claims(rows, curation, read_structure, words)
    claims += claims_of_additions(curation, read_structure)
    entries = _leave_out(group_claims(claims), curation)
    records, unused, withdrawn = _make_records(entries, curation, read_merged(merged), directory)
    return Compilation(tuple(records), tuple(skipped), tuple(withdrawn), tuple(unused))


def _leave_out(entries: Iterable[Entry], curation: Curation) -> list[Entry]:
    unwanted_skeletons = {skeleton for exclusion in curation.substances for skeleton in exclusion.skeletons}
    return [
        entry
        for entry in entries
        if entry.structure.skeleton not in unwanted_skeletons and entry.structure.curation_key not in unwanted_skeletons
    ]


def _make_records(
    entries: Sequence[Entry], curation: Curation, merged: Mapping[str, MergedRow], directory: Path
) -> tuple[list[SubstanceRecord], list[str], list[str]]:
    known = read_accessions(directory)
    wanted: list[Identity] = [entry.structure.key for entry in entries]
    wanted += [(group.kind.value, group.name) for group in curation.groups]
    given = mint(wanted, known, retired_numbers(directory))
    decisions = Decisions.of(curation)
    classifier = read_classifier(directory)
    controlled = read_controlled(directory)
    records = [
        make_substance(entry, accession, decisions, merged, classifier, is_controlled=accession in controlled)
        for entry in entries
        for accession in (given[entry.structure.key],)
    ]
    records += [make_group(group, given[group.kind.value, group.name], records) for group in curation.groups]
    records = make_identifiers_unique(leave_out_minor_forms(records))
    records = mark_ambiguous(with_relations(records, curation.relations))
    return sorted(records, key=lambda record: record.accession), decisions.unused(), unwanted(known, given)


def write_records(records: Iterable[SubstanceRecord], directory: Path) -> tuple[int, int]:
    """Write each record's file below *directory*; files of the same accession elsewhere are removed.

    Returns:
        How many files were written anew or changed, and how many were removed.
    """
    paths = {substance_path(record): write_substance(record) for record in records}
    changed = 0
    for relative, text in paths.items():
        path = directory / relative
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        changed += 1
    stale = [path for path in directory.glob("*/NPS-*.toml") if path.relative_to(directory).as_posix() not in paths]
    for path in stale:
        path.unlink()
    return changed, len(stale)

"""The catalogue's report: how far it reaches, how well it is supported, where it is thin, what it doubts.

A Markdown page with two plots, made from the files alone: the same files give the same page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nps_registry.catalogue.bars import draw_bars
from nps_registry.catalogue.grading import derive_status, grade_substance
from nps_registry.catalogue.records import Catalogue, SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.substance import Evidence, IdentifierScheme, Kind, NameKind, Nature, Status, Stereo

PAGE = "README.md"


@dataclass(frozen=True)
class Standing:
    """One entry with what is derived for it."""

    record: SubstanceRecord
    evidence: Evidence | None
    status: Status


@dataclass(frozen=True)
class Figures:
    """The catalogue with the standing of every entry, for all sections of the report."""

    catalogue: Catalogue

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """Every entry, withdrawn and merged ones too."""
        return [self._stand(record) for record in self.catalogue.substances]

    @cached_property
    def living(self) -> Sequence[Standing]:
        """Entries that are listed or unconfirmed."""
        return [each for each in self.standings if each.status in (Status.LISTED, Status.UNCONFIRMED)]

    @cached_property
    def nps(self) -> Sequence[Standing]:
        """Living entries that count as new psychoactive substances."""
        return [each for each in self.living if each.record.nature is Nature.NPS]

    def _stand(self, record: SubstanceRecord) -> Standing:
        graded = grade_substance(record, self.catalogue.source_by_id)
        return Standing(record, graded.evidence if graded else None, derive_status(record, graded))


def write_report(catalogue: Catalogue, folder: Path, *, findings: Mapping[str, int] | None = None) -> list[Path]:
    """Write the page and its plots into *folder*; gives the files' paths.

    Args:
        catalogue: as read from its files.
        folder: made where it is missing.
        findings: counts of the lint's findings by rule; without them the page does not speak of the lint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {PAGE: compose(catalogue, findings=findings), **draw_plots(catalogue)}
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in files]


def draw_plots(catalogue: Catalogue) -> dict[str, str]:
    """The plots as SVG, by file name."""
    figures = Figures(catalogue)
    statuses = (Status.LISTED, Status.UNCONFIRMED)
    labels = [status.label.split(":")[0] for status in statuses]
    by_class = {label: [each[status] for status in statuses] for label, each in _count_classes(figures).items()}
    by_nature = {
        nature.label: [sum(1 for each in figures.living if (each.record.nature, each.status) == (nature, status))
                       for status in statuses]
        for nature in Nature
    }  # fmt: skip
    return {
        "classes.svg": draw_bars(_("New psychoactive substances by class and status"), by_class, labels),
        "natures.svg": draw_bars(_("Entries by nature and status"), by_nature, labels),
    }


def compose(catalogue: Catalogue, *, findings: Mapping[str, int] | None = None) -> str:
    """The page as Markdown."""
    figures = Figures(catalogue)
    sections = [_reach(figures), _classes(figures), _evidence(figures), _controls(catalogue), _gaps(figures)]
    if findings is not None:
        sections.append(_lint(findings))
    sections += [_overruled(figures), _conflicts(figures)]
    return "\n".join(
        ["# What the catalogue holds", "", "Made by `nps-registry catalogue report`; do not edit.", "", *sections]
    )


def _reach(figures: Figures) -> str:
    statuses = Counter(each.status for each in figures.standings)
    listed = sum(1 for each in figures.nps if each.status is Status.LISTED)
    kinds = Counter(each.record.kind for each in figures.living)
    rows = [
        ["Entries", len(figures.standings)],
        ["Listed", statuses[Status.LISTED]],
        ["Listed new psychoactive substances", listed],
        ["Unconfirmed", statuses[Status.UNCONFIRMED]],
        ["Merged or withdrawn", statuses[Status.MERGED] + statuses[Status.WITHDRAWN]],
        *([f"Kind: {kind.label.lower()}", kinds[kind]] for kind in Kind if kinds[kind]),
    ]
    return _section("Reach", _table(["", "Count"], rows), "![Entries by nature and status](natures.svg)")


def _classes(figures: Figures) -> str:
    living = Counter(_label_class(figures, each.record) for each in figures.living)
    rows = [
        [label, count[Status.LISTED], count[Status.UNCONFIRMED], living[label]]
        for label, count in _count_classes(figures).items()
    ]
    table = _table(["Class", "NPS listed", "NPS unconfirmed", "Entries of every nature"], rows)
    return _section("Classes", "![New psychoactive substances by class](classes.svg)", table)


def _evidence(figures: Figures) -> str:
    chemicals = [each for each in figures.living if each.evidence]
    grades = Counter(each.evidence for each in chemicals)
    of_nps = Counter(each.evidence for each in figures.nps if each.evidence)
    rows = [[f"**{grade.value}** {grade.label}", grades[grade], of_nps[grade]] for grade in Evidence]
    claims = Counter(claim.source for each in figures.living for claim in each.record.claims)
    sources = [
        [source.title, source.edition, claims[source.id]] for source in figures.catalogue.sources if claims[source.id]
    ]
    return _section(
        "Evidence",
        _table(["Grade", "Chemicals", "of these NPS"], rows),
        _table(["Source", "Edition", "Claims"], sources),
    )


def _controls(catalogue: Catalogue) -> str:
    rows = []
    for found in catalogue.controls:
        present = [entry for entry in found.entries if entry.accessions]
        verified = sum(1 for entry in present if found.is_verified(entry))
        rows.append(
            [found.header.jurisdiction.value, found.header.title, len(found.entries), len(present), verified,
             found.header.checked_to.isoformat()]
        )  # fmt: skip
    headings = ["Jurisdiction", "List", "Entries", "with substances here", "of these verified", "Checked to"]
    return _section("Control lists", _table(headings, rows))


def _gaps(figures: Figures) -> str:
    nps = [each.record for each in figures.nps if each.record.kind is Kind.CHEMICAL]
    missing = {
        "NPS of no class (`other`)": [record for record in nps if record.chemical_class == "other"],
        "NPS without a CAS number": [record for record in nps if not _has(record, IdentifierScheme.CAS)],
        "NPS whose only name was generated": [record for record in nps if _is_generated(record)],
        "NPS with one evidence source only": [each.record for each in figures.nps if each.evidence is Evidence.C],
        "NPS whose stereochemistry no source states": [
            record for record in nps if record.structure and record.structure.stereo is Stereo.UNDEFINED
        ],
    }
    total = len(nps) or 1
    rows = [[what, len(found), f"{100 * len(found) / total:.1f} %"] for what, found in missing.items()]
    return _section("Gaps", _table(["Gap", "Count", "of NPS chemicals"], rows))


def _lint(findings: Mapping[str, int]) -> str:
    rows = [[f"`{rule}`", count] for rule, count in sorted(findings.items(), key=lambda pair: (-pair[1], pair[0]))]
    return _section("Lint", _table(["Rule", "Findings"], rows) if rows else "No findings.")


def _overruled(figures: Figures) -> str:
    found = [each.record for each in figures.living if each.record.class_overruled]
    lines = [f"- {_name(record)}: `{record.chemical_class}`. {record.class_overruled}" for record in found]
    drawn = sum(each.record.structure is not None for each in figures.living)
    share = 1 - len(found) / max(1, drawn)
    summary = f"Of {drawn:,} entries with a structure, {share:.1%} have the class that the rules give."
    listed = "\n".join(lines) or "None."
    return _section(f"Classes decided against the rule ({len(found)})", f"{summary}\n\n{listed}")


def _conflicts(figures: Figures) -> str:
    found = [each.record for each in figures.living if each.record.conflicts]
    lines = [f"- {_name(record)}: {sentence}" for record in found for sentence in record.conflicts]
    return _section(f"Where sources disagree ({len(found)} entries)", "\n".join(lines) or "Nowhere.")


def _count_classes(figures: Figures) -> dict[str, Counter[Status]]:
    """Statuses of the NPS of each class, by the class's label, the largest class first."""
    counts: dict[str, Counter[Status]] = {}
    for each in figures.nps:
        counts.setdefault(_label_class(figures, each.record), Counter())[each.status] += 1
    return dict(sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])))


def _label_class(figures: Figures, record: SubstanceRecord) -> str:
    """What the class of *record* is called; where it has none, its kind."""
    found = figures.catalogue.class_by_key.get(record.chemical_class or "")
    return found.label if found else record.kind.label


def _has(record: SubstanceRecord, scheme: IdentifierScheme) -> bool:
    return any(identifier.scheme is scheme for identifier in record.identifiers)


def _is_generated(record: SubstanceRecord) -> bool:
    return all(name.kind is NameKind.GENERATED or set(name.sources) == {"generated-names"} for name in record.names)


def _name(record: SubstanceRecord) -> str:
    return f"{record.name} ([{record.accession}](../{record.folder}/{record.accession}.toml))"


def _section(title: str, *parts: str) -> str:
    return "\n\n".join([f"## {title}", *parts]) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = list(rows)
    counted = {at for row in cells[:1] for at, cell in enumerate(row) if isinstance(cell, int)}
    rule = "|".join("---:" if at in counted else "---" for at in range(len(headings)))
    lines = [f"| {' | '.join(headings)} |", f"|{rule}|"]
    lines += [f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in row)} |" for row in cells]
    return "\n".join(lines)

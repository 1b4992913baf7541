"""``python -m nps_registry.catalogue.compiling.controls draft|resolve``: the two steps of the method.

``draft`` reads the texts of the laws and the evidence table and writes the national lists; ``resolve`` gives every
list the accessions of the catalogue. Both tell what is in doubt, one line each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from nps_registry.catalogue.compiling.controls.anchors import AnchorFinder
from nps_registry.catalogue.compiling.controls.decisions import MISREAD, decide
from nps_registry.catalogue.compiling.controls.drafts import draft_national_lists
from nps_registry.catalogue.compiling.controls.resolve import SubstanceIndex, resolve
from nps_registry.catalogue.compiling.evidence import read_evidence
from nps_registry.catalogue.compiling.structures import read_structure
from nps_registry.catalogue.files import CONTROLS, parse_toml, read_substance
from nps_registry.catalogue.records import ControlList
from nps_registry.catalogue.writing import write_record


def draft(texts: Path, evidence: Path, substances: Path) -> None:
    """Write the national lists from the files in *texts* and the table *evidence*."""
    finder = AnchorFinder(read_evidence(evidence), lru_cache(None)(read_structure), MISREAD, decide())
    folder = substances / CONTROLS
    folder.mkdir(exist_ok=True)
    for one in draft_national_lists(texts, finder):
        (folder / f"{one.list_id}.toml").write_text(write_record(one.content), encoding="utf-8")
        drawn = sum(bool(entry.structures) for entry in one.content.entries)
        _say(f"{one.list_id}: {len(one.content.entries)} entries, {drawn} with a structure")
        for doubt in one.doubts:
            _say(f"  {doubt.listed_as}: {doubt.why}")


def resolve_all(substances: Path) -> None:
    """Give the entries of every list below *substances* the accessions that they mean."""
    index = SubstanceIndex(read_substance(path) for path in sorted(substances.glob("*/NPS-*.toml")))
    for path in sorted((substances / CONTROLS).glob("*.toml")):
        content = ControlList.model_validate(parse_toml(path.read_text(encoding="utf-8"), path.name))
        resolution = resolve(content, index)
        path.write_text(write_record(resolution.content), encoding="utf-8")
        found = sum(bool(entry.accessions) for entry in resolution.content.entries)
        _say(f"{path.stem}: {found} of {len(content.entries)} entries have a substance")
        for one in (*resolution.refused, *resolution.unresolved):
            _say(f"  {one.listed_as}: {one.why}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step from the command line."""
    parser = argparse.ArgumentParser(prog="controls", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    drafting = steps.add_parser("draft", help="write the national lists from the texts of the laws")
    drafting.add_argument("texts", type=Path, help="the folder with the texts")
    drafting.add_argument("evidence", type=Path, help="the evidence table, a CSV file")
    resolving = steps.add_parser("resolve", help="give every list the accessions of the catalogue")
    for step in (drafting, resolving):
        step.add_argument("--substances", type=Path, default=Path("substances"), help="the catalogue's folder")
    chosen = parser.parse_args(arguments)
    if chosen.step == "draft":
        draft(chosen.texts, chosen.evidence, chosen.substances)
    else:
        resolve_all(chosen.substances)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()

"""What a search at the command line looks through: everything, or what its options leave."""

from __future__ import annotations

from typing import Annotated

import typer

from nps_registry.cli.opened import Opened
from nps_registry.search.among import find_among
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.search.snapshot import NOBODY, Snapshot
from nps_registry.store.engine import reading
from nps_registry.store.viewer import COMMAND
from nps_registry.vocabulary.substance import EffectGroup

Class = Annotated[str | None, typer.Option("--class", help="Only of this chemical class.")]
Effect = Annotated[EffectGroup | None, typer.Option(help="Only of this effect group.")]
Country = Annotated[str | None, typer.Option(help="Only reported in this country (DE, XK).")]
Control = Annotated[str | None, typer.Option(help="Only on a list of this jurisdiction (UN, DE).")]
From = Annotated[int | None, typer.Option("--first-reported-from", help="Only first reported in this year or later.")]
Until = Annotated[
    int | None, typer.Option("--first-reported-until", help="Only first reported in this year or earlier.")
]


def look_through(
    opened: Opened, among: Restriction = EVERYTHING
) -> tuple[Snapshot, frozenset[int], frozenset[int] | None]:
    """The snapshot, what the person at this machine sees beyond the public (everything), and what *among* leaves."""
    index = SubstanceIndex.of(opened.engine, opened.settings.index_directory)
    with reading(opened.engine) as session:
        visible = index.visible_beyond_public(session, COMMAND) or NOBODY
        return index.snapshot, visible, find_among(session, among, COMMAND)

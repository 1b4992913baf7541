"""What a search at the command line looks through: everything, or what its options leave."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from nps_registry.cli.opened import Opened
from nps_registry.search.among import find_among
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.restriction import EVERYTHING, Restriction
from nps_registry.search.snapshot import NOBODY, Snapshot
from nps_registry.store.engine import reading
from nps_registry.store.viewer import COMMAND
from nps_registry.vocabulary.substance import EffectGroup

_OPTIONS: dict[str, Any] = {
    "chemical_class": Annotated[str | None, typer.Option("--class", help="Only of this chemical class.")],
    "effect": Annotated[EffectGroup | None, typer.Option(help="Only of this effect group.")],
    "country": Annotated[str | None, typer.Option(help="Only reported in this country (DE, XK).")],
    "control": Annotated[str | None, typer.Option(help="Only on a list of this jurisdiction (UN, DE).")],
    "first_reported_from": Annotated[int | None, typer.Option(help="Only first reported in this year or later.")],
    "first_reported_until": Annotated[int | None, typer.Option(help="Only first reported in this year or earlier.")],
}
"""The options of a restriction, by its attributes."""


def restricted(command: Callable[..., None]) -> Callable[..., None]:
    """*command* with the options of a restriction in the place of its parameter ``among``."""
    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.name == "among":
            parameters += [
                parameter.replace(name=name, default=None, annotation=kind) for name, kind in _OPTIONS.items()
            ]
        else:
            parameters.append(parameter)

    @wraps(command)
    def run(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in _OPTIONS}
        command(**given, among=Restriction(**chosen))

    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def look_through(
    opened: Opened, among: Restriction = EVERYTHING
) -> tuple[Snapshot, frozenset[int], frozenset[int] | None]:
    """The snapshot, what the person at this machine sees beyond the public (everything), and what *among* leaves."""
    index = SubstanceIndex.of(opened.engine, opened.settings.index_directory)
    with reading(opened.engine) as session:
        visible = index.visible_beyond_public(session, COMMAND) or NOBODY
        return index.snapshot, visible, find_among(session, among, COMMAND)

"""The registry opened for one command: settings, database, and what receiving reports needs."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.assets import find_substances
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.intake.understanding import Desk
from nps_registry.search.index import SubstanceIndex
from nps_registry.settings import Settings, read_settings
from nps_registry.store import schema
from nps_registry.store.engine import Engine, make_engine, reading
from nps_registry.store.registry import find_registry
from nps_registry.vocabulary.report import RegistryMode


@dataclass(frozen=True, slots=True)
class Opened:
    """Settings and the database of a registry that exists."""

    settings: Settings
    engine: Engine
    mode: RegistryMode


def open_registry() -> Opened:
    """Open the registry that the settings name.

    Raises:
        NotReady: there is none, or its tables are of another version; with the command that mends it.
    """
    settings = read_settings()
    engine = make_engine(settings.database_url)
    schema.require_current(engine)
    with reading(engine) as session:
        mode = find_registry(session).mode
    return Opened(settings, engine, mode)


def open_desk(opened: Opened) -> Desk:
    """What receiving reports needs: the index over what is stored, and the class rules."""
    rules = ClassRules.build(read_classes(find_substances()))
    return Desk(SubstanceIndex.of(opened.engine), rules, opened.mode is RegistryMode.DEMONSTRATION)

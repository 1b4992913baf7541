"""The registry opened for one command: its settings and its database."""

from __future__ import annotations

from dataclasses import dataclass

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

"""A small registry, served in this process: the way a laboratory and a visitor meet it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from nps_registry.accounts.people import create_organisation
from nps_registry.accounts.tokens import create_token
from nps_registry.app import create_app
from nps_registry.catalogue.files import read_catalogue
from nps_registry.intake.seed import load_catalogue
from nps_registry.settings import Settings
from nps_registry.store.engine import Engine, make_engine, writing
from nps_registry.store.registry import create_registry
from nps_registry.vocabulary.report import RegistryMode, Role, Scope

CASES = Path(__file__).resolve().parent.parent / "cases" / "catalogue"
MMC3, MMC3_FLAT_INCHIKEY = "CNC(C)C(=O)c1cccc(C)c1", "QDNXSIYWHYGMCD-UHFFFAOYSA-N"
MMC3_S = "CN[C@@H](C)C(=O)c1cccc(C)c1"
UNKNOWN = "CCCCNC(CCC)C(=O)c1cc(F)cc(Cl)c1"


@dataclass
class Served:
    """A client and the tokens of the laboratories that the registry knows."""

    client: TestClient
    url: str
    loaded: tuple[datetime, datetime]
    """Begin and end of the loading of its catalogue."""
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The served application's own connections."""
        engine: Engine = self.client.app.state.services.engine  # type: ignore[attr-defined]  # it is a FastAPI
        return engine

    def report(self, laboratory: str, body: dict[str, Any], **headers: str) -> Any:
        """Post *body* as *laboratory*."""
        return self.client.post("/api/v1/reports", json=body, headers=self.as_(laboratory) | headers)

    def as_(self, laboratory: str) -> dict[str, str]:
        """The headers of *laboratory*."""
        return {"Authorization": f"Bearer {self.tokens[laboratory]}"}


def a_report(
    structure: str | None = MMC3, *, country: str = "DE", sharing: str = "public", **detection: Any
) -> dict[str, Any]:
    """The smallest report that says something."""
    found = ({"structure": structure} if structure else {}) | detection
    return {
        "event": {"type": "seizure", "collected_on": "2026-02-03", "country": country},
        "sharing": sharing,
        "items": [{"form": "powder", "detections": [found]}],
    }


@contextmanager
def served(url: str, mode: RegistryMode = RegistryMode.REAL, **settings: Any) -> Iterator[Served]:
    """Serve the small catalogue from the migrated database at *url*.

    The laboratories ``de`` (accepted on arrival), ``de-reviewed``, ``at`` and ``jp`` have tokens by these names,
    and so have a ``curator``, a ``colleague`` of hers, an ``administrator``, a ``focal-de`` and a ``scientist``.
    *settings* are those of the server.
    """
    engine = make_engine(url)
    begun = datetime.now(UTC)
    with writing(engine) as session:
        create_registry(session, mode)
        load_catalogue(session, read_catalogue(CASES))
    loaded = datetime.now(UTC)
    players = {
        "de": ("DE", Role.LABORATORY, True),
        "de-reviewed": ("DE", Role.LABORATORY, False),
        "at": ("AT", Role.LABORATORY, True),
        "jp": ("JP", Role.LABORATORY, True),
        "curator": ("CH", Role.CURATOR, False),
        "colleague": ("CH", Role.CURATOR, False),
        "administrator": ("CH", Role.ADMINISTRATOR, False),
        "focal-de": ("DE", Role.FOCAL_POINT, False),
        "scientist": ("FR", Role.SCIENTIST, False),
    }
    tokens: dict[str, str] = {}
    with writing(engine) as session:
        for name, (country, role, trusted) in players.items():
            holder = create_organisation(session, f"Organisation {name}", country, accept_on_arrival=trusted)
            tokens[name], _row = create_token(session, holder, role=role, scopes=list(Scope))
    engine.dispose()
    with TestClient(create_app(Settings(database_url=url, **settings)), raise_server_exceptions=False) as client:
        yield Served(client, url, (begun, loaded), tokens)

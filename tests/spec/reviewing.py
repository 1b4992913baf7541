"""People who review, for tests: viewers of the organisations that a served registry knows."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.intake.understanding import Desk, Sender
from nps_registry.store import accounts
from nps_registry.store.engine import reading
from nps_registry.store.tables import Organisation
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role
from tests.spec.served import Served

PLAYERS: dict[str, tuple[str, Role]] = {
    "laboratory": ("de-reviewed", Role.LABORATORY),
    "trusted": ("de", Role.LABORATORY),
    "abroad": ("jp", Role.LABORATORY),
    "focal": ("focal-de", Role.FOCAL_POINT),
    "curator": ("curator", Role.CURATOR),
    "colleague": ("colleague", Role.CURATOR),
    "administrator": ("administrator", Role.ADMINISTRATOR),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part in a review, by name, and the desk that receives reports."""

    viewers: dict[str, Viewer]
    organisations: dict[str, Organisation]
    desk: Desk

    @classmethod
    def of(cls, registry: Served) -> Cast:
        """The players of *registry*."""
        services = registry.client.app.state.services  # type: ignore[attr-defined]  # it is a FastAPI
        with reading(registry.engine) as session:
            organisations = {
                player: accounts.find_organisation(session, f"Organisation {name}")
                for player, (name, _role) in PLAYERS.items()
            }
        there = {player: row for player, row in organisations.items() if row is not None}
        viewers = {
            player: Viewer(PLAYERS[player][1], row.id, row.country, actor=f"person:{player}")
            for player, row in there.items()
        }
        return cls(viewers, there, Desk(services.index, services.rules, services.demonstration))

    def sender(self, player: str) -> Sender:
        """*player* as a sender of reports."""
        return Sender(self.organisations[player], self.viewers[player])

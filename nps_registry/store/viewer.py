"""Who is asking: every query of reports and of what is derived from them takes a viewer."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.vocabulary.report import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller, as far as seeing goes.

    Attributes:
        role: what the caller is here as.
        organisation_id: the caller's organisation; none for a visitor.
        country: ISO 3166-1 alpha-2 of that organisation; none for a visitor.
        actor: what the audit trail calls the caller (``token:…``, ``person:…``, ``command``).
    """

    role: Role
    organisation_id: str | None = None
    country: str | None = None
    actor: str = "visitor"


VISITOR = Viewer(Role.VISITOR)
COMMAND = Viewer(Role.ADMINISTRATOR, actor="command")

"""Who may use the laboratory's pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from nps_registry.http.signed_in import SignedIn, require_role
from nps_registry.intake.understanding import Sender
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation
from nps_registry.vocabulary.report import Role

REPORTERS = (Role.LABORATORY, Role.FOCAL_POINT)
Reporter = Annotated[SignedIn, Depends(require_role(*REPORTERS))]
"""The signed-in person, who may report for an organisation."""


def sender_of(session: Session, person: SignedIn) -> Sender:
    """The person as a sender of reports."""
    return Sender(session.get_one(Organisation, person.organisation_id), person.viewer)

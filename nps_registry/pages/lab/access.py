"""Who may use the laboratory's pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from nps_registry.http.signed_in import SignedIn, require_role, signed_in_within
from nps_registry.intake.understanding import Sender
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation
from nps_registry.vocabulary.report import Role

REPORTERS = (Role.LABORATORY, Role.FOCAL_POINT)
_require = require_role(*REPORTERS)
Reporter = Annotated[SignedIn, Depends(_require)]
"""The signed-in person, who may report for an organisation."""


def reporter_of(request: Request, session: Session) -> SignedIn:
    """The same, for a route that does everything in its own thread and in one transaction.

    Raises:
        NotSignedIn: nobody is signed in.
        NotPermitted: the person may not report.
    """
    return _require(signed_in_within(request, session))


def sender_of(session: Session, person: SignedIn) -> Sender:
    """The person as a sender of reports."""
    return Sender(session.get_one(Organisation, person.organisation_id), person.viewer)

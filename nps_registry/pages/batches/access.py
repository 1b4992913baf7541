"""Who may use the batch desk, and what its pages share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path
from starlette.responses import RedirectResponse

from nps_registry.http.signed_in import SignedIn, require_role
from nps_registry.intake.understanding import Sender
from nps_registry.store.engine import Session
from nps_registry.store.tables import Organisation
from nps_registry.vocabulary.report import Role

Laboratory = Annotated[SignedIn, Depends(require_role(Role.LABORATORY, Role.FOCAL_POINT))]
"""The signed-in person, who may report for an organisation."""

BatchId = Annotated[str, Path(max_length=36)]
HOME = "/lab/batches"


def sender_of(session: Session, person: SignedIn) -> Sender:
    """The person as a sender of reports."""
    return Sender(session.get_one(Organisation, person.organisation_id), person.viewer)


def leave_for(batch_id: str, rest: str = "") -> RedirectResponse:
    """Send the browser to the page of a batch with a GET."""
    return RedirectResponse(
        f"{HOME}/{batch_id}{rest}", HTTPStatus.SEE_OTHER, headers={"Cache-Control": "private, no-store"}
    )

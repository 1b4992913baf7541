"""What detections count for, when that moves from one substance to another."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from nps_registry.store.counts import mark_due
from nps_registry.store.engine import Session
from nps_registry.store.tables import CandidateSubstance, Detection

_QUIETLY = {"synchronize_session": False}


def move(session: Session, moves: Mapping[int, int]) -> None:
    """Let the detections and candidates of each substance in *moves* be those of the one it moves to.

    What the laboratory wrote stays, and which entry a detection came by, so that whoever knew that entry is still led
    on; the public aggregates move with the next :func:`nps_registry.store.counts.follow`.
    """
    session.flush()
    mark_due(session, moves)
    for old, new in moves.items():
        came_by = func.coalesce(col(Detection.arrived_as_id), old)
        detections = update(Detection).where(col(Detection.substance_id) == old)
        detections = detections.values(substance_id=new, arrived_as_id=came_by)
        session.execute(detections, execution_options=_QUIETLY)
        both = select(col(CandidateSubstance.detection_id)).where(col(CandidateSubstance.substance_id) == new)
        of_old = col(CandidateSubstance.substance_id) == old
        session.execute(
            delete(CandidateSubstance).where(of_old, col(CandidateSubstance.detection_id).in_(both)),
            execution_options=_QUIETLY,
        )
        session.execute(update(CandidateSubstance).where(of_old).values(substance_id=new), execution_options=_QUIETLY)
    session.expire_all()

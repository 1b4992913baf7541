"""The registry's change counter: how workers, indexes and cached pages learn that something is new.

A substance carries the number of its last change; whoever has followed up to number N asks for what
came later. Reading the counter is one row of one table.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update
from sqlmodel import col

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store.batches import in_batches
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import Registry, Substance


def touch(session: Session, substance_ids: Collection[int] = ()) -> int:
    """Count one change, put its number on *substance_ids*, and answer it.

    Transactions that touch wait for each other, so a number is visible only with all below it.

    Raises:
        NotReady: the registry was never created.
    """
    take_turn(session)
    counted = update(Registry).values(change=col(Registry.change) + 1).returning(col(Registry.change))
    number = session.execute(counted).scalar_one_or_none()
    if number is None:
        raise NotReady(_("The registry is empty; run: nps-registry catalogue load"))
    for ids in in_batches(substance_ids):
        session.execute(
            update(Substance).where(col(Substance.id).in_(ids)).values(changed=number),
            execution_options={"synchronize_session": False},
        )
    return number


def last_change(session: Session) -> int:
    """The number of the last change; 0 where the registry was never created."""
    return session.scalar(select(col(Registry.change))) or 0


def changed_since(session: Session, number: int) -> list[int]:
    """Ids of the substances that changed after *number*, in the order of their ids."""
    statement = select(col(Substance.id)).where(col(Substance.changed) > number).order_by(col(Substance.id))
    return [substance_id for substance_id in session.scalars(statement) if substance_id is not None]

"""Run by Alembic for each command, over the connection that ``store.schema`` hands to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from nps_registry.store.tables import Table

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def render_plain_type(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write the column types of the registry as what they are in the database, so that migrations stand alone."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=render_plain_type,
    compare_type=True,
    transactional_ddl=True,  # the caller's transaction holds the whole upgrade, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()

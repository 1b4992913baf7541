"""Increases judged by the week, with what lies beside each series

Revision: 0018
Follows: 0017
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_IN_TIME = ("within_0", "within_1", "within_2")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    _forget_ledger()
    with op.batch_alter_table("watched_event") as table:
        table.drop_column("lag_months")
        table.add_column(_number("week"))
        table.add_column(sa.Column("late", sa.Boolean(), nullable=False))
    with op.batch_alter_table("watched_count") as table:
        for name in _IN_TIME:
            table.drop_column(name)
    for name in ("series_family", "series_judgement"):
        op.drop_table(name)
    place, layer = sa.String(length=3), sa.String(length=8)
    op.create_table(
        "watched_week",
        _key("substance_id", sa.Integer()), _key("place", place), _key("week", sa.Integer()), _key("layer", layer),
        _number("known"), _number("late"),
        sa.PrimaryKeyConstraint("substance_id", "place", "week", "layer", name="pk_watched_week"),
    )  # fmt: skip
    op.create_table(
        "watched_total",
        _key("place", place), _key("week", sa.Integer()), _key("layer", layer), _number("known"), _number("series"),
        sa.PrimaryKeyConstraint("place", "week", "layer", name="pk_watched_total"),
    )  # fmt: skip
    op.create_table(
        "surroundings_due",
        _key("week", sa.Integer()), _number("times"), _number("settled"),
        sa.PrimaryKeyConstraint("week", name="pk_surroundings_due"),
    )  # fmt: skip
    _make_judgements((_key("week", sa.Integer()),))


def downgrade() -> None:
    _forget_ledger()
    for name in ("series_judgement", "surroundings_due", "watched_total", "watched_week"):
        op.drop_table(name)
    with op.batch_alter_table("watched_count") as table:
        for name in _IN_TIME:
            table.add_column(_number(name))
    with op.batch_alter_table("watched_event") as table:
        table.drop_column("late")
        table.drop_column("week")
        table.add_column(_number("lag_months"))
    when = (_key("year", sa.Integer()), _key("month", sa.Integer()))
    op.create_table(
        "series_family",
        _key("layer", sa.String(length=8)), *when, _number("series"),
        sa.PrimaryKeyConstraint("layer", "year", "month", name="pk_series_family"),
    )  # fmt: skip
    _make_judgements((_key("year", sa.Integer()), _key("month", sa.Integer())))


def _make_judgements(when: tuple[sa.Column[Any], ...]) -> None:
    op.create_table(
        "series_judgement",
        *when,
        _key("audience", sa.String(length=8)),
        _key("substance_id", sa.Integer()),
        _key("place", sa.String(length=3)),
        sa.Column("p_value", sa.Float(), nullable=False),
        _number("observed"),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("upper", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            *(column.name for column in when), "audience", "substance_id", "place", name="pk_series_judgement"
        ),
    )
    op.create_index("ix_series_judgement_substance_id", "series_judgement", ["substance_id"])


def _forget_ledger() -> None:
    """Empty what is the sum of the reports: all of them are followed anew with the next change of any."""
    for name in ("watched_event", "watched_count", "watched_place"):
        op.execute(f"DELETE FROM {name}")
    op.execute("UPDATE report SET count_due = TRUE WHERE state = 'accepted'")

"""Signals of every kind: what the rules are asked of, audiences, what curators made of them

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_ledger()
    _add_series()
    with op.batch_alter_table("signal") as table:
        table.add_column(sa.Column("place", sa.String(length=3), nullable=False, server_default="001"))
        table.add_column(sa.Column("audience", sa.String(length=8), nullable=False, server_default="public"))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE signal SET place = country WHERE kind = 'first_in_country'")
    op.execute("UPDATE signal SET place = region WHERE kind = 'first_in_region'")
    with op.batch_alter_table("signal") as table:
        for name in ("place", "audience", "revision"):
            table.alter_column(name, server_default=None)
        table.create_index("ix_signal_substance_id_place", ["substance_id", "place"])
        table.create_index("ix_signal_year_quarter", ["year", "quarter"])
        table.create_index("ix_signal_kind_year_quarter", ["kind", "year", "quarter"])
        table.create_index("ix_signal_raised_at", ["raised_at"])
    op.create_table(
        "signal_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name="fk_signal_step_signal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signal_step"),
    )
    op.create_index("ix_signal_step_signal_id", "signal_step", ["signal_id"])
    op.create_index("ix_signal_step_made_at", "signal_step", ["made_at"])
    # What was accepted already is watched from the next change of any report on.
    op.execute("UPDATE report SET count_due = TRUE WHERE state = 'accepted'")


def _add_ledger() -> None:
    op.create_table(
        "watched_event",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("substance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.String(length=8), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("lag_months", sa.Integer(), nullable=False),
        sa.Column("fatal", sa.Boolean(), nullable=False),
        sa.Column("severe", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_watched_event_event_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_watched_event_substance_id"),
        sa.PrimaryKeyConstraint("event_id", "substance_id", name="pk_watched_event"),
    )
    op.create_index("ix_watched_event_place", "watched_event", ["substance_id", "country", "year", "quarter"])
    figures = [sa.Column(name, sa.Integer(), nullable=False) for name in
               ("events", "within_0", "within_1", "within_2", "fatal", "severe")]  # fmt: skip
    op.create_table(
        "watched_count",
        sa.Column("substance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=3), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.String(length=8), nullable=False),
        *figures,
        sa.PrimaryKeyConstraint("substance_id", "place", "year", "quarter", "month", "layer", name="pk_watched_count"),
    )
    op.create_table(
        "watched_place",
        sa.Column("substance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("layer", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("substance_id", "country", "layer", name="pk_watched_place"),
    )


def _add_series() -> None:
    op.create_table(
        "series_family",
        sa.Column("layer", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("layer", "year", "month", name="pk_series_family"),
    )
    op.create_table(
        "series_judgement",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("substance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.String(length=3), nullable=False),
        sa.Column("p_value", sa.Float(), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("upper", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("year", "month", "audience", "substance_id", "place", name="pk_series_judgement"),
    )
    op.create_index("ix_series_judgement_substance_id", "series_judgement", ["substance_id"])


def downgrade() -> None:
    op.drop_table("signal_step")
    # What no earlier version knows how to show.
    op.execute("DELETE FROM signal_report")
    op.execute("DELETE FROM signal WHERE audience <> 'public' OR kind NOT LIKE 'first_%'")
    with op.batch_alter_table("signal") as table:
        for name in ("substance_id_place", "year_quarter", "kind_year_quarter", "raised_at"):
            table.drop_index(f"ix_signal_{name}")
        for name in ("revision", "audience", "place"):
            table.drop_column(name)
    for name in ("series_judgement", "series_family", "watched_place", "watched_count", "watched_event"):
        op.drop_table(name)

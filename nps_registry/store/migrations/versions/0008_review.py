"""The review: queue, proposals, steps with their act, redirects that only those know who knew, delays

Revision: 0008
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_entry",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_review_entry_report_id"),
        sa.PrimaryKeyConstraint("report_id", name="pk_review_entry"),
    )
    order = ["rank", "waiting_since", "report_id"]
    op.create_index("ix_review_entry_rank", "review_entry", order)
    op.create_index("ix_review_entry_country", "review_entry", ["country", *order])
    op.create_index("ix_review_entry_state", "review_entry", ["state", *order])
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.Column("substance_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_proposal_report_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_proposal_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_report_id", "proposal", ["report_id"])
    op.create_index("ix_proposal_substance_id", "proposal", ["substance_id"])
    op.create_table(
        "controlled_analogue",
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_controlled_analogue_substance_id"),
        sa.ForeignKeyConstraint(["other_id"], ["substance.id"], name="fk_controlled_analogue_other_id"),
        sa.PrimaryKeyConstraint("substance_id", name="pk_controlled_analogue"),
    )
    _add_delays()
    _add_columns()
    # What waits already enters the queue with the next change of any report.
    op.execute("UPDATE report SET count_due = TRUE WHERE state IN ('submitted', 'queried', 'released', 'accepted')")


def _add_delays() -> None:
    days = [sa.Column(f"{stage}_days", sa.Integer(), nullable=True) for stage in
            ("analysis", "submission", "acceptance", "publication")]  # fmt: skip
    op.create_table(
        "report_delay",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *days,
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_delay_report_id"),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_delay"),
    )
    op.create_table(
        "public_delay",
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stage", "year", "days", name="pk_public_delay"),
    )


def _add_columns() -> None:
    with op.batch_alter_table("report") as table:
        table.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("review_step") as table:
        table.add_column(sa.Column("act", sa.String(length=48), nullable=False, server_default="accept"))
        table.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("review_step") as table:
        table.alter_column("act", server_default=None)
        table.alter_column("revision", server_default=None)
    with op.batch_alter_table("attachment") as table:
        table.add_column(sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True))
    # Written out: the tool would copy SQLite's whole table for a column that refers to another.
    key = "CONSTRAINT fk_detection_arrived_as_id REFERENCES substance (id)"
    op.execute(f"ALTER TABLE detection ADD COLUMN arrived_as_id INTEGER {key}")
    op.create_index("ix_detection_arrived_as_id", "detection", ["arrived_as_id"])


def downgrade() -> None:
    op.drop_index("ix_detection_arrived_as_id", "detection")
    with op.batch_alter_table("detection") as table:
        table.drop_column("arrived_as_id")  # and with it what it refers to
    with op.batch_alter_table("attachment") as table:
        table.drop_column("redacted_at")
    with op.batch_alter_table("review_step") as table:
        table.drop_column("revision")
        table.drop_column("act")
    with op.batch_alter_table("report") as table:
        table.drop_column("published_at")
    for name in ("public_delay", "report_delay", "controlled_analogue", "proposal", "review_entry"):
        op.drop_table(name)

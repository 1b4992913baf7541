"""The audit trail, the outbox, signals and advisories

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "advisory",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("audience", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("substance_ids", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_advisory"),
    )
    op.create_table(
        "audit_event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_event"),
        sa.UniqueConstraint("digest", name="uq_audit_event_digest"),
    )
    op.create_index("ix_audit_event_subject_id", "audit_event", ["subject_id"])
    op.create_index("ix_audit_event_subject_kind", "audit_event", ["subject_kind"])
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(length=64), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_message"),
    )
    op.create_index("ix_outbox_message_available_at", "outbox_message", ["available_at"])
    op.create_index("ix_outbox_message_topic", "outbox_message", ["topic"])
    op.create_table(
        "advisory_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advisory_id", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_advisory_version_advisory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_advisory_version"),
        sa.UniqueConstraint("advisory_id", "revision", name="uq_advisory_version_advisory_id_revision"),
    )
    op.create_index("ix_advisory_version_advisory_id", "advisory_version", ["advisory_id"])
    op.create_table(
        "signal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("region", sa.String(length=3), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_signal_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signal"),
        sa.UniqueConstraint("key", name="uq_signal_key"),
    )
    op.create_index("ix_signal_kind", "signal", ["kind"])
    op.create_index("ix_signal_substance_id", "signal", ["substance_id"])
    op.create_table(
        "signal_report",
        sa.Column("signal_id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_signal_report_report_id"),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name="fk_signal_report_signal_id"),
        sa.PrimaryKeyConstraint("signal_id", "report_id", name="pk_signal_report"),
    )
    op.create_index("ix_signal_report_report_id", "signal_report", ["report_id"])


def downgrade() -> None:
    op.drop_table("signal_report")
    op.drop_table("signal")
    op.drop_table("advisory_version")
    op.drop_table("outbox_message")
    op.drop_table("audit_event")
    op.drop_table("advisory")

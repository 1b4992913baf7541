"""Batches with their rows, remembered mappings and answers; who attached what

Revision: 0007
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(length=64), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_batch_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_organisation_id_created_at", "batch", ["organisation_id", "created_at"])
    op.create_index("ix_batch_state", "batch", ["state"])
    op.create_table(
        "batch_row",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parcel", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=48), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_batch_row_batch_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_batch_row_report_id"),
        sa.PrimaryKeyConstraint("batch_id", "number", name="pk_batch_row"),
    )
    op.create_index("ix_batch_row_batch_id_verdict", "batch_row", ["batch_id", "verdict", "number"])
    op.create_index("ix_batch_row_batch_id_parcel", "batch_row", ["batch_id", "parcel"])
    op.create_index("ix_batch_row_report_id", "batch_row", ["report_id"])
    op.create_table(
        "table_mapping",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_table_mapping_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_table_mapping"),
        sa.UniqueConstraint("organisation_id", "name", name="uq_table_mapping_organisation_id_name"),
        sa.UniqueConstraint("organisation_id", "signature", name="uq_table_mapping_organisation_id_signature"),
    )
    op.create_table(
        "name_answer",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_name_answer_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "name", name="pk_name_answer"),
    )
    with op.batch_alter_table("attachment") as attachment:
        attachment.add_column(sa.Column("kind", sa.String(length=48), nullable=False, server_default="document"))
        attachment.add_column(sa.Column("added_by", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("attachment") as attachment:
        attachment.alter_column("kind", server_default=None)
        attachment.alter_column("added_by", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("attachment") as attachment:
        attachment.drop_column("added_by")
        attachment.drop_column("kind")
    for table in ("name_answer", "table_mapping", "batch_row", "batch"):
        op.drop_table(table)

"""Drafts: what each save changed, what a draft amends, what it became

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft") as batch:
        batch.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("report_id", sa.String(length=36), nullable=True))
        batch.add_column(sa.Column("report_revision", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sent_as_id", sa.String(length=36), nullable=True))
        batch.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key("fk_draft_report_id", "report", ["report_id"], ["id"])
        batch.create_foreign_key("fk_draft_sent_as_id", "report", ["sent_as_id"], ["id"])
        batch.create_index("ix_draft_report_id", ["report_id"])
        batch.create_index("ix_draft_sent_as_id", ["sent_as_id"])
    op.execute("UPDATE draft SET created_at = saved_at")
    with op.batch_alter_table("draft") as batch:
        batch.alter_column("created_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "draft_change",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_change_draft_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_draft_change_person_id"),
        sa.PrimaryKeyConstraint("draft_id", "revision", name="pk_draft_change"),
    )


def downgrade() -> None:
    op.drop_table("draft_change")
    with op.batch_alter_table("draft") as batch:
        batch.drop_index("ix_draft_sent_as_id")
        batch.drop_index("ix_draft_report_id")
        batch.drop_constraint("fk_draft_sent_as_id", type_="foreignkey")
        batch.drop_constraint("fk_draft_report_id", type_="foreignkey")
        for name in ("discarded_at", "sent_at", "sent_as_id", "report_revision", "report_id", "created_at"):
            batch.drop_column(name)

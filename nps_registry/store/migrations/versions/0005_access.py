"""Resets of passwords, limits shared by all workers, who made a token, the trail by actor

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("used_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_allowance"),
    )
    op.create_index("ix_allowance_used_until", "allowance", ["used_until"])
    op.create_table(
        "password_reset",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_password_reset_person_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_password_reset"),
    )
    op.create_index("ix_password_reset_person_id", "password_reset", ["person_id"])
    op.create_index("ix_audit_event_actor", "audit_event", ["actor"])
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("made_by", sa.String(length=36), nullable=True))
        table.create_foreign_key("fk_api_token_made_by", "person", ["made_by"], ["id"])
        table.create_index("ix_api_token_made_by", ["made_by"])


def downgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.drop_index("ix_api_token_made_by")
        table.drop_constraint("fk_api_token_made_by", type_="foreignkey")
        table.drop_column("made_by")
    op.drop_index("ix_audit_event_actor", "audit_event")
    op.drop_table("password_reset")
    op.drop_table("allowance")

"""Up to when ended holds were followed, and whether an upgrade left reports to be read again

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registry") as table:
        table.add_column(sa.Column("holds_followed_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reading_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("registry") as table:
        table.alter_column("reading_due", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("registry") as table:
        table.drop_column("reading_due")
        table.drop_column("holds_followed_until")

"""What became of each entry, day by day

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("substance", sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("substance", "history")

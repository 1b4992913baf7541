"""The address of a control list stands with its source alone

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("control_list", "url")


def downgrade() -> None:
    op.add_column("control_list", sa.Column("url", sa.String(), nullable=False, server_default=""))

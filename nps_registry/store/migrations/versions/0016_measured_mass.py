"""A measured m/z as a partial identification, and its masses for look-back

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBERS = ("mz", "ppm", "mass_low_da", "mass_high_da")
_INDEX = "ix_detection_open_mass"


def upgrade() -> None:
    for name in _NUMBERS:
        op.add_column("detection", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("detection", sa.Column("adduct", sa.String(16), nullable=False, server_default=""))
    where = sa.text("substance_id IS NULL AND mass_low_da IS NOT NULL")
    op.create_index(_INDEX, "detection", ["mass_low_da", "mass_high_da"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index(_INDEX, "detection")
    for name in (*_NUMBERS, "adduct"):
        op.drop_column("detection", name)

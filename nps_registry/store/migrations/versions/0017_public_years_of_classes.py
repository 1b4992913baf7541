"""Distinct public events per country and year of chemical classes as well

Revision: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COUNTED = (
    "INSERT INTO public_year SELECT f.country, f.year, {found}, count(DISTINCT f.event_id) FROM public_finding f "
    "JOIN substance s ON s.id = f.substance_id AND s.nature = 'nps' AND s.chemical_class IS NOT NULL {joined} "
    "WHERE NOT f.wastewater AND f.detections > 0 GROUP BY f.country, f.year, {found}"
)
_CLASS = "'class:' || s.chemical_class"
_KINDS = (
    (_CLASS, ""),
    (f"{_CLASS} || '/' || m.effect_group", "JOIN effect_group_membership m ON m.substance_id = s.id"),
)
_SHORT, _LONG = sa.String(length=48), sa.String(length=128)


def upgrade() -> None:
    with op.batch_alter_table("public_year") as table:
        table.alter_column("found", existing_type=_SHORT, type_=_LONG, existing_nullable=False)
    for found, joined in _KINDS:
        op.execute(_COUNTED.format(found=found, joined=joined))


def downgrade() -> None:
    op.execute("DELETE FROM public_year WHERE found LIKE 'class:%'")
    with op.batch_alter_table("public_year") as table:
        table.alter_column("found", existing_type=_LONG, type_=_SHORT, existing_nullable=False)

"""Distinct public events per country and year; a laboratory's reports by state, a country's counts by substance

Revision: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COUNTED = "SELECT f.country, f.year, {found}, count(DISTINCT f.event_id) FROM public_finding f {joined} WHERE {which}"
_WHICH = "NOT f.wastewater AND f.detections > 0"
_NEW = "JOIN substance s ON s.id = f.substance_id AND s.nature = 'nps'"
_GROUPED = "JOIN effect_group_membership m ON m.substance_id = s.id"
_KINDS = (("''", ""), ("'nps'", _NEW), ("m.effect_group", f"{_NEW} {_GROUPED}"))


def upgrade() -> None:
    op.create_table(
        "public_year",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("found", sa.String(length=48), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("country", "year", "found", name="pk_public_year"),
    )
    for found, joined in _KINDS:
        counted = _COUNTED.format(found=found, joined=joined, which=_WHICH)
        grouped = ", m.effect_group" if _GROUPED in joined else ""
        op.execute(f"INSERT INTO public_year {counted} GROUP BY f.country, f.year{grouped}")
    op.drop_index("ix_public_count_country", "public_count")
    op.create_index(
        "ix_public_count_country_substance_id_year_events",
        "public_count",
        ["country", "substance_id", "year", "events"],
    )
    op.create_index(
        "ix_report_organisation_id_state_submitted_at", "report", ["organisation_id", "state", "submitted_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_report_organisation_id_state_submitted_at", "report")
    op.drop_index("ix_public_count_country_substance_id_year_events", "public_count")
    op.create_index("ix_public_count_country", "public_count", ["country"])
    op.drop_table("public_year")

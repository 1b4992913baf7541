"""Advisories with drafts, recipients and signed versions; bulletins; the keys that both are signed with

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _advisory_versions(*more: sa.Column[Any]) -> None:
    op.create_table(
        "advisory_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advisory_id", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_advisory_version_advisory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_advisory_version"),
        sa.UniqueConstraint("advisory_id", "revision", name="uq_advisory_version_advisory_id_revision"),
    )
    op.create_index("ix_advisory_version_advisory_id", "advisory_version", ["advisory_id"])


def _advisories(severity_length: int, *more: sa.Column[Any] | sa.Constraint) -> None:
    op.create_table(
        "advisory",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("audience", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=severity_length), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("substance_ids", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name="pk_advisory"),
    )


def upgrade() -> None:
    # Nothing wrote to these two before, so they are made anew.
    op.drop_table("advisory_version")
    op.drop_table("advisory")
    _advisories(
        48,
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("signal_id", sa.String(length=36), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.String(length=80), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name="fk_advisory_signal_id"),
    )
    op.create_index("ix_advisory_modified_at", "advisory", ["modified_at", "id"])
    op.create_index("ix_advisory_signal_id", "advisory", ["signal_id"])
    _advisory_versions(
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
    )
    op.create_table(
        "advisory_substance",
        sa.Column("advisory_id", sa.String(length=24), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_advisory_substance_advisory_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_advisory_substance_substance_id"),
        sa.PrimaryKeyConstraint("advisory_id", "substance_id", name="pk_advisory_substance"),
    )
    op.create_index("ix_advisory_substance_substance_id", "advisory_substance", ["substance_id"])
    op.create_table(
        "advisory_country",
        sa.Column("advisory_id", sa.String(length=24), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_advisory_country_advisory_id"),
        sa.PrimaryKeyConstraint("advisory_id", "country", name="pk_advisory_country"),
    )
    op.create_index("ix_advisory_country_country", "advisory_country", ["country"])
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin"),
        sa.UniqueConstraint("period", "version", name="uq_bulletin_period_version"),
    )


def downgrade() -> None:
    for name in ("bulletin", "signing_key", "advisory_country", "advisory_substance", "advisory_version", "advisory"):
        op.drop_table(name)
    _advisories(16)
    _advisory_versions()

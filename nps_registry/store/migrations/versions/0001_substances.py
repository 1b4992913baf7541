"""Substances and what is known of each

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_file",
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_catalogue_file"),
    )
    op.create_table(
        "chemical_class",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subclasses", sa.JSON(), nullable=False),
        sa.Column("effect_groups", sa.JSON(), nullable=False),
        sa.Column("unodc_group", sa.String(), nullable=False),
        sa.Column("eu_group", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_chemical_class"),
    )
    op.create_table(
        "registry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=48), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("catalogue_digest", sa.String(length=64), nullable=False),
        sa.Column("catalogue_loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipe", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("group", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "control_list",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=2), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("checked_to", sa.String(length=10), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("generic_definitions", sa.JSON(), nullable=False),
        sa.Column("entry_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_control_list_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_control_list"),
    )
    op.create_table(
        "substance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "accession",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("nature", sa.String(length=48), nullable=False),
        sa.Column("occurrence", sa.String(length=48), nullable=False),
        sa.Column("status", sa.String(length=48), nullable=False),
        sa.Column("evidence", sa.String(length=48), nullable=True),
        sa.Column("origin", sa.String(length=48), nullable=True),
        sa.Column("smiles", sa.String(), nullable=True),
        sa.Column("inchi", sa.String(), nullable=True),
        sa.Column("identity", sa.String(length=64), nullable=True),
        sa.Column("inchikey", sa.String(length=27), nullable=True),
        sa.Column("skeleton", sa.String(length=14), nullable=True),
        sa.Column("tautomer_key", sa.String(length=160), nullable=True),
        sa.Column("stereo", sa.String(length=48), nullable=True),
        sa.Column("formula", sa.String(length=160), nullable=True),
        sa.Column("mass_da", sa.Float(), nullable=True),
        sa.Column("chemical_class", sa.String(length=64), nullable=True),
        sa.Column("subclass", sa.String(length=64), nullable=True),
        sa.Column("class_overruled", sa.String(), nullable=False),
        sa.Column("effect_groups", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("structure_sources", sa.JSON(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("from_catalogue", sa.Boolean(), nullable=False),
        sa.Column("entry_digest", sa.String(length=64), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chemical_class"], ["chemical_class.key"], name="fk_substance_chemical_class"),
        sa.ForeignKeyConstraint(["merged_into_id"], ["substance.id"], name="fk_substance_merged_into_id"),
        sa.PrimaryKeyConstraint("id", name="pk_substance"),
        sa.UniqueConstraint("accession", name="uq_substance_accession"),
    )
    op.create_index("ix_substance_changed", "substance", ["changed"])
    op.create_index("ix_substance_chemical_class", "substance", ["chemical_class"])
    op.create_index("ix_substance_formula", "substance", ["formula"])
    op.create_index("ix_substance_inchikey", "substance", ["inchikey"])
    op.create_index("ix_substance_mass_da", "substance", ["mass_da"])
    op.create_index("ix_substance_merged_into_id", "substance", ["merged_into_id"])
    op.create_index("ix_substance_name_key", "substance", ["name_key"])
    op.create_index("ix_substance_nature", "substance", ["nature"])
    op.create_index("ix_substance_skeleton", "substance", ["skeleton"])
    op.create_index("ix_substance_status", "substance", ["status"])
    op.create_index("ix_substance_tautomer_key", "substance", ["tautomer_key"])
    op.create_index(
        "uq_substance_identity",
        "substance",
        ["identity"],
        unique=True,
        sqlite_where=sa.text("merged_into_id IS NULL"),
        postgresql_where=sa.text("merged_into_id IS NULL"),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("inchikey", sa.String(length=27), nullable=False),
        sa.Column("agreement", sa.String(length=48), nullable=False),
        sa.Column("stereo", sa.String(length=48), nullable=True),
        sa.Column("basis", sa.String(length=48), nullable=True),
        sa.Column("source_class", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_claim_source_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_claim_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
    )
    op.create_index("ix_claim_substance_id", "claim", ["substance_id"])
    op.create_table(
        "control",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("listed_as", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("in_force_on", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.String(length=10), nullable=False),
        sa.Column("worded_since", sa.String(length=10), nullable=False),
        sa.Column("is_temporary", sa.Boolean(), nullable=False),
        sa.Column("expires_on", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("exclusions", sa.JSON(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("verified_by", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["control_list.id"], name="fk_control_list_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_control_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_control"),
    )
    op.create_index("ix_control_list_id", "control", ["list_id"])
    op.create_index("ix_control_substance_id", "control", ["substance_id"])
    op.create_table(
        "effect_group_membership",
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("effect_group", sa.String(length=48), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_effect_group_membership_substance_id"),
        sa.PrimaryKeyConstraint("substance_id", "effect_group", name="pk_effect_group_membership"),
    )
    op.create_index("ix_effect_group_membership_effect_group", "effect_group_membership", ["effect_group"])
    op.create_table(
        "rendering",
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("drawn_from", sa.String(length=64), nullable=False),
        sa.Column("svg", sa.String(), nullable=False),
        sa.Column("molblock", sa.String(), nullable=False),
        sa.Column("positional_key", sa.String(length=64), nullable=False),
        sa.Column("recipe", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("pattern_fingerprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_rendering_substance_id"),
        sa.PrimaryKeyConstraint("substance_id", name="pk_rendering"),
    )
    op.create_table(
        "substance_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=48), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_substance_identifier_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_substance_identifier"),
        sa.UniqueConstraint(
            "substance_id", "scheme", "value", name="uq_substance_identifier_substance_id_scheme_value"
        ),
    )
    op.create_index("ix_substance_identifier_substance_id", "substance_identifier", ["substance_id"])
    op.create_index("ix_substance_identifier_value", "substance_identifier", ["value"])
    op.create_table(
        "substance_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=True),
        sa.Column("to_year", sa.Integer(), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_substance_name_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_substance_name"),
        sa.UniqueConstraint("substance_id", "name", name="uq_substance_name_substance_id_name"),
    )
    op.create_index("ix_substance_name_folded", "substance_name", ["folded"])
    op.create_index("ix_substance_name_substance_id", "substance_name", ["substance_id"])
    op.create_table(
        "substance_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["substance.id"], name="fk_substance_relation_other_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_substance_relation_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_substance_relation"),
        sa.UniqueConstraint(
            "substance_id", "other_id", "kind", name="uq_substance_relation_substance_id_other_id_kind"
        ),
    )
    op.create_index("ix_substance_relation_other_id", "substance_relation", ["other_id"])
    op.create_index("ix_substance_relation_substance_id", "substance_relation", ["substance_id"])


def downgrade() -> None:
    op.drop_table("substance_relation")
    op.drop_table("substance_name")
    op.drop_table("substance_identifier")
    op.drop_table("rendering")
    op.drop_table("effect_group_membership")
    op.drop_table("control")
    op.drop_table("claim")
    op.drop_table("substance")
    op.drop_table("control_list")
    op.drop_table("source")
    op.drop_table("registry")
    op.drop_table("chemical_class")
    op.drop_table("catalogue_file")

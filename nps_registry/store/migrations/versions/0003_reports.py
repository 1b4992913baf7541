"""Reports: event, item, detection, and every revision

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("same_as_id", sa.String(length=36), nullable=True),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("subdivision", sa.String(length=80), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("setting", sa.String(length=48), nullable=False),
        sa.Column("collected_on", sa.String(length=10), nullable=True),
        sa.Column("analysed_on", sa.String(length=10), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("departure_country", sa.String(length=2), nullable=True),
        sa.Column("transit_countries", sa.JSON(), nullable=False),
        sa.Column("destination_country", sa.String(length=2), nullable=True),
        sa.Column("transport", sa.String(length=200), nullable=False),
        sa.Column("concealment", sa.String(length=500), nullable=False),
        sa.Column("case_reference", sa.String(length=120), nullable=False),
        sa.Column("case_type", sa.String(length=48), nullable=True),
        sa.Column("outcome", sa.String(length=48), nullable=True),
        sa.Column("age_band", sa.String(length=48), nullable=True),
        sa.Column("sex", sa.String(length=48), nullable=True),
        sa.ForeignKeyConstraint(["same_as_id"], ["event.id"], name="fk_event_same_as_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_country", "event", ["country"])
    op.create_index("ix_event_same_as_id", "event", ["same_as_id"])
    op.create_index("ix_event_year", "event", ["year"])
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_draft_organisation_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_draft_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_organisation_id", "draft", ["organisation_id"])
    op.create_table(
        "imported_file",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_imported_file_organisation_id"),
        sa.PrimaryKeyConstraint("digest", "organisation_id", name="pk_imported_file"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("own_reference", sa.String(length=120), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("file_row", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("sharing", sa.String(length=48), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("count_due", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_report_event_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_report_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint(
            "file_digest", "file_row", "organisation_id", name="uq_report_file_digest_file_row_organisation_id"
        ),
        sa.UniqueConstraint("organisation_id", "own_reference", name="uq_report_organisation_id_own_reference"),
        sa.UniqueConstraint("reference", name="uq_report_reference"),
    )
    op.create_index(
        "ix_report_count_due",
        "report",
        ["id"],
        unique=False,
        sqlite_where=sa.text("count_due = 1"),
        postgresql_where=sa.text("count_due"),
    )
    op.create_index("ix_report_event_id", "report", ["event_id"])
    op.create_index("ix_report_hold_until", "report", ["hold_until"])
    op.create_index("ix_report_organisation_id_submitted_at", "report", ["organisation_id", "submitted_at"])
    op.create_index("ix_report_state_submitted_at", "report", ["state", "submitted_at"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_attachment_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_report_id", "attachment", ["report_id"])
    op.create_table(
        "idempotent_answer",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_idempotent_answer_organisation_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_idempotent_answer_report_id"),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="pk_idempotent_answer"),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=48), nullable=False),
        sa.Column("specimen", sa.String(length=48), nullable=True),
        sa.Column("specimen_site", sa.String(length=120), nullable=False),
        sa.Column("sampling_interval_h", sa.Float(), nullable=True),
        sa.Column("counterfeit_medicine", sa.Boolean(), nullable=True),
        sa.Column("net_mass_g", sa.Float(), nullable=True),
        sa.Column("gross_mass_g", sa.Float(), nullable=True),
        sa.Column("volume_ml", sa.Float(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("appearance", sa.String(), nullable=False),
        sa.Column("sold_as", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_item_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("report_id", "position", name="uq_item_report_id_position"),
    )
    op.create_index("ix_item_report_id", "item", ["report_id"])
    op.create_table(
        "public_count",
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("detections", sa.Integer(), nullable=False),
        sa.Column("uncertain_events", sa.Integer(), nullable=False),
        sa.Column("wastewater_samples", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_public_count_substance_id"),
        sa.PrimaryKeyConstraint("substance_id", "country", "year", "quarter", name="pk_public_count"),
    )
    op.create_index("ix_public_count_country", "public_count", ["country"])
    op.create_index("ix_public_count_year", "public_count", ["year"])
    op.create_table(
        "public_finding",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("wastewater", sa.Boolean(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("detections", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_public_finding_event_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_public_finding_substance_id"),
        sa.PrimaryKeyConstraint("event_id", "substance_id", name="pk_public_finding"),
    )
    op.create_index("ix_public_finding_country", "public_finding", ["country"])
    op.create_index("ix_public_finding_substance_id", "public_finding", ["substance_id"])
    op.create_index("ix_public_finding_year", "public_finding", ["year"])
    op.create_table(
        "report_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("identifications", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_revision_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_revision"),
        sa.UniqueConstraint("report_id", "revision", name="uq_report_revision_report_id_revision"),
    )
    op.create_index("ix_report_revision_report_id", "report_revision", ["report_id"])
    op.create_table(
        "review_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("from_state", sa.String(length=48), nullable=False),
        sa.Column("to_state", sa.String(length=48), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("field_reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_review_step_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_step"),
    )
    op.create_index("ix_review_step_report_id", "review_step", ["report_id"])
    op.create_table(
        "detection",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=True),
        sa.Column("match", sa.String(length=48), nullable=False),
        sa.Column("reported_as", sa.String(), nullable=False),
        sa.Column("name_given", sa.String(), nullable=False),
        sa.Column("structure_given", sa.String(), nullable=False),
        sa.Column("stereo_given", sa.String(length=48), nullable=True),
        sa.Column("formula", sa.String(length=160), nullable=False),
        sa.Column("chemical_class", sa.String(length=64), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("candidate_ids", sa.JSON(), nullable=False),
        sa.Column("unidentified", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=48), nullable=False),
        sa.Column("result", sa.String(length=48), nullable=False),
        sa.Column("salt_form", sa.String(length=80), nullable=False),
        sa.Column("isotopes", sa.Boolean(), nullable=False),
        sa.Column("purity_percent", sa.Float(), nullable=True),
        sa.Column("purity_basis", sa.String(length=48), nullable=True),
        sa.Column("purity_per", sa.String(length=48), nullable=True),
        sa.Column("amount_per_unit_mg", sa.Float(), nullable=True),
        sa.Column("concentration", sa.Float(), nullable=True),
        sa.Column("concentration_unit", sa.String(length=24), nullable=False),
        sa.Column("limit_of_quantification", sa.Float(), nullable=True),
        sa.Column("techniques", sa.JSON(), nullable=False),
        sa.Column("reference_material", sa.Boolean(), nullable=True),
        sa.Column("library_match", sa.Boolean(), nullable=True),
        sa.Column("meets_swgdrug_minimum", sa.Boolean(), nullable=True),
        sa.Column("causality", sa.String(length=48), nullable=True),
        sa.Column("causality_final", sa.Boolean(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_detection_item_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_detection_report_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_detection_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_detection"),
        sa.UniqueConstraint("item_id", "position", name="uq_detection_item_id_position"),
    )
    op.create_index("ix_detection_formula", "detection", ["formula"])
    op.create_index("ix_detection_item_id", "detection", ["item_id"])
    op.create_index("ix_detection_report_id", "detection", ["report_id"])
    op.create_index("ix_detection_substance_id", "detection", ["substance_id"])
    op.create_table(
        "candidate_substance",
        sa.Column("detection_id", sa.String(length=36), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["detection_id"], ["detection.id"], name="fk_candidate_substance_detection_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_candidate_substance_substance_id"),
        sa.PrimaryKeyConstraint("detection_id", "substance_id", name="pk_candidate_substance"),
    )
    op.create_index("ix_candidate_substance_substance_id", "candidate_substance", ["substance_id"])


def downgrade() -> None:
    op.drop_table("candidate_substance")
    op.drop_table("detection")
    op.drop_table("review_step")
    op.drop_table("report_revision")
    op.drop_table("public_finding")
    op.drop_table("public_count")
    op.drop_table("item")
    op.drop_table("idempotent_answer")
    op.drop_table("attachment")
    op.drop_table("report")
    op.drop_table("imported_file")
    op.drop_table("draft")
    op.drop_table("event")

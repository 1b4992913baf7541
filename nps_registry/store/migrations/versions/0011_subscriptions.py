"""Subscriptions, notices and their deliveries, look-backs

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = ("formula", "chemical_class", "name_given")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add_subscriptions()
    _add_deliveries()
    _add_look_backs()


def _add_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=48), nullable=False),
        sa.Column("frequency", sa.String(length=48), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("recipe", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("token_id", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("role", sa.String(length=48), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("feed_digest", sa.String(length=64), nullable=True),
        sa.Column("confirm_digest", sa.String(length=64), nullable=True),
        sa.Column("confirm_until", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_subscription_person_id"),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_subscription_token_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_subscription_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("handle", name="uq_subscription_handle"),
        sa.UniqueConstraint("feed_digest", name="uq_subscription_feed_digest"),
        sa.UniqueConstraint("confirm_digest", name="uq_subscription_confirm_digest"),
    )
    for name in ("address", "person_id", "token_id", "organisation_id", "confirm_until"):
        op.create_index(f"ix_subscription_{name}", "subscription", [name])
    op.create_table(
        "subscription_gate",
        sa.Column("gate", sa.String(length=120), nullable=False),
        sa.Column("subscription_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_subscription_gate_subscription_id"
        ),
        sa.PrimaryKeyConstraint("gate", "subscription_id", name="pk_subscription_gate"),
    )  # fmt: skip
    op.create_index("ix_subscription_gate_subscription_id", "subscription_gate", ["subscription_id"])


def _add_deliveries() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("change", sa.String(length=48), nullable=False),
        sa.Column("signal_id", sa.String(length=36), nullable=True),
        sa.Column("advisory_id", sa.String(length=24), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("substance_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name="fk_notice_signal_id"),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_notice_advisory_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_notice_organisation_id"),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_notice_substance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    for name in ("signal_id", "advisory_id"):
        op.create_index(f"ix_notice_{name}", "notice", [name])
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subscription_id", sa.String(length=36), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=48), nullable=False),
        sa.Column("letter", sa.String(length=36), nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("leased_by", sa.String(length=64), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscription.id"], name="fk_delivery_subscription_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_delivery_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("subscription_id", "notice_id", name="uq_delivery_subscription_id_notice_id"),
    )
    op.create_index("ix_delivery_notice_id", "delivery", ["notice_id"])
    for state, columns in (("waiting", ["available_at", "id"]), ("parked", ["made_at"])):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_delivery_{state}", "delivery", columns, sqlite_where=where, postgresql_where=where
        )  # fmt: skip


def _add_look_backs() -> None:
    op.create_table(
        "look_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("detection_id", sa.String(length=36), nullable=False),
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("ground", sa.String(length=48), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["detection_id"], ["detection.id"], name="fk_look_back_detection_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_look_back_substance_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_look_back_report_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_look_back_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_look_back"),
        sa.UniqueConstraint("detection_id", "substance_id", name="uq_look_back_detection_id_substance_id"),
    )
    for name in ("substance_id", "report_id", "organisation_id"):
        op.create_index(f"ix_look_back_{name}", "look_back", [name])
    op.create_table(
        "looked_at",
        sa.Column("substance_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["substance_id"], ["substance.id"], name="fk_looked_at_substance_id"),
        sa.PrimaryKeyConstraint("substance_id", name="pk_looked_at"),
    )
    op.create_table(
        "look_back_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_look_back_state"),
    )
    for column in OPEN:
        where = sa.text(f"substance_id IS NULL AND {column} <> ''")
        op.create_index(
            f"ix_detection_open_{column}", "detection", [column], sqlite_where=where, postgresql_where=where
        )  # fmt: skip


def downgrade() -> None:
    for column in OPEN:
        op.drop_index(f"ix_detection_open_{column}", "detection")
    for table in ("look_back_state", "looked_at", "look_back", "delivery", "notice", "subscription_gate"):
        op.drop_table(table)
    op.drop_table("subscription")

"""Subscriptions, the notices that went out, their deliveries, and look-backs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.notice import Change, Channel, DeliveryState, Frequency, LookBackGround, NoticeKind
from nps_registry.vocabulary.report import Role


class Subscription(Table, table=True):
    """What somebody wants to be told of, and where. Ending one deletes it, address and all.

    One without a person and a token is public: it gets what a visitor may see. All others get what their person or
    token is entitled to at the time of each delivery; the role and organisation are those that it was made in.
    """

    __tablename__ = "subscription"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    channel: Channel = Field(sa_column=key_column(Channel))
    frequency: Frequency = Field(default=Frequency.IMMEDIATE, sa_column=key_column(Frequency))
    address: str = Field(
        default="", max_length=2000, index=True, description="of a webhook or a visitor's mail; a person's is theirs"
    )
    language: str = Field(default="en", max_length=12)
    label: str = Field(default="", max_length=200)
    criteria: dict[str, object] = Field(default_factory=dict, sa_column=json_column())
    recipe: str = Field(default="", max_length=80, description="of the fingerprint of the structure watched for")
    fingerprint: bytes = Field(default=b"", sa_type=LargeBinary)
    person_id: str | None = Field(default=None, foreign_key="person.id", max_length=36, index=True)
    token_id: str | None = Field(default=None, foreign_key="api_token.id", max_length=36, index=True)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36, index=True)
    role: Role = Field(default=Role.VISITOR, sa_column=key_column(Role))
    handle: str = Field(unique=True, max_length=64, description="of the unsubscribe link; all it opens is the way out")
    sealed_secret: str = Field(default="", description="that webhooks are signed with, encrypted")
    feed_digest: str | None = Field(default=None, unique=True, max_length=64, description="of the feed's address")
    confirm_digest: str | None = Field(default=None, unique=True, max_length=64, description="of the opt-in link")
    confirm_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True, index=True))
    confirmed_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    paused_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())


class SubscriptionGate(Table, table=True):
    """A fact without which a subscription cannot match: a notice looks at those only whose gate it opens."""

    __tablename__ = "subscription_gate"

    gate: str = Field(primary_key=True, max_length=120)
    subscription_id: str = Field(primary_key=True, foreign_key="subscription.id", max_length=36, index=True)


class Notice(Table, table=True):
    """Something told to subscribers; its id is that of the outbox message it came of, so it comes to be once."""

    __tablename__ = "notice"

    id: str = Field(primary_key=True, max_length=36)
    kind: NoticeKind = Field(sa_column=key_column(NoticeKind))
    change: Change = Field(sa_column=key_column(Change))
    signal_id: str | None = Field(default=None, foreign_key="signal.id", max_length=36, index=True)
    advisory_id: str | None = Field(default=None, foreign_key="advisory.id", max_length=24, index=True)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36)
    substance_id: int | None = Field(default=None, foreign_key="substance.id")
    revision: int = 0
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())


class Delivery(Table, table=True):
    """One notice on its way to one subscriber; claimed with a lease.

    ``letter`` names what travels together and stays the same at every attempt, so that a receiver can tell repeats:
    in a mail's Message-ID, in a webhook's ``webhook-id``.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "notice_id"),
        Index(
            "ix_delivery_waiting",
            "available_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_delivery_parked",
            "made_at",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
    )

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    subscription_id: str = Field(foreign_key="subscription.id", max_length=36)
    notice_id: str = Field(foreign_key="notice.id", max_length=36, index=True)
    channel: Channel = Field(sa_column=key_column(Channel))
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_column=key_column(DeliveryState))
    letter: str = Field(default="", max_length=36)
    available_at: datetime = Field(default_factory=now, sa_column=instant_column())
    leased_by: str = Field(default="", max_length=64)
    leased_until: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    attempts: int = 0
    made_at: datetime = Field(default_factory=now, sa_column=instant_column())
    ended_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    reason: str = Field(default="", description="of the last failure, or why it was not sent")


class LookBack(Table, table=True):
    """A partial identification that a substance listed or refined later could be. For its laboratory alone."""

    __tablename__ = "look_back"
    __table_args__ = (UniqueConstraint("detection_id", "substance_id"),)

    id: int | None = Field(default=None, primary_key=True)
    detection_id: str = Field(foreign_key="detection.id", max_length=36, ondelete="CASCADE")
    substance_id: int = Field(foreign_key="substance.id", index=True)
    report_id: str = Field(foreign_key="report.id", max_length=36, index=True)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36, index=True)
    ground: LookBackGround = Field(sa_column=key_column(LookBackGround))
    found_at: datetime = Field(default_factory=now, sa_column=instant_column())


class LookedAt(Table, table=True):
    """What a substance was when reports were last looked through for it: again only when that changes."""

    __tablename__ = "looked_at"

    substance_id: int = Field(primary_key=True, foreign_key="substance.id")
    digest: str = Field(max_length=64, description="SHA-256 of what a partial identification is compared with")


class LookBackState(Table, table=True):
    """One row: up to which change of the registry substances have been looked at."""

    __tablename__ = "look_back_state"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    change: int = 0

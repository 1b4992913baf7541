"""Organisations, people, and the ways in: passwords, sessions, invitations, tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from nps_registry.store.tables.base import Table, instant_column, json_column, key_column, now, random_id
from nps_registry.vocabulary.report import Role


class Organisation(Table, table=True):
    """A laboratory, focal point or authority in one country."""

    __tablename__ = "organisation"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    name: str = Field(unique=True, max_length=200)
    country: str = Field(max_length=2, index=True, description="ISO 3166-1 alpha-2, with XK")
    accept_on_arrival: bool = False
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())


class Country(Table, table=True):
    """What a country has decided for its reports."""

    __tablename__ = "country"

    iso2: str = Field(primary_key=True, max_length=2)
    waives_release: bool = Field(default=False, description="reports need no release by the focal point")


class Person(Table, table=True):
    """A person who signs in; the second factor's secret is kept encrypted."""

    __tablename__ = "person"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    email: str = Field(unique=True, max_length=254, description="lower case")
    name: str = ""
    password_hash: str = ""
    totp_secret: str = ""
    totp_last_step: int = 0
    recovery_hashes: list[str] = Field(default_factory=list, sa_column=json_column())
    active: bool = True
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())


class Membership(Table, table=True):
    """The role that a person has in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", max_length=36, index=True)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36, index=True)
    role: Role = Field(sa_column=key_column(Role))


class Invitation(Table, table=True):
    """An invitation by e-mail link; only the digest of the link's secret is kept."""

    __tablename__ = "invitation"

    digest: str = Field(primary_key=True, max_length=64)
    email: str = Field(max_length=254)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36)
    role: Role = Field(sa_column=key_column(Role))
    invited_by: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    expires_at: datetime = Field(sa_column=instant_column())
    used_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class SignInSession(Table, table=True):
    """A signed-in browser; can be seen and ended."""

    __tablename__ = "sign_in_session"

    digest: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(foreign_key="person.id", max_length=36, index=True)
    membership_id: int | None = Field(default=None, foreign_key="membership.id")
    second_factor_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    last_seen_at: datetime = Field(default_factory=now, sa_column=instant_column())
    expires_at: datetime = Field(sa_column=instant_column())
    ended_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    agent: str = Field(default="", max_length=200)


class ApiToken(Table, table=True):
    """A token that programs use; shown once, kept as a digest."""

    __tablename__ = "api_token"

    id: str = Field(default_factory=random_id, primary_key=True, max_length=36)
    digest: str = Field(unique=True, max_length=64, description="SHA-256 of the token")
    hint: str = Field(default="", max_length=8, description="last characters, to tell tokens apart")
    label: str = ""
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36, index=True)
    role: Role = Field(sa_column=key_column(Role))
    scopes: list[str] = Field(default_factory=list, sa_column=json_column())
    created_at: datetime = Field(default_factory=now, sa_column=instant_column())
    expires_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))
    made_by: str | None = Field(
        default=None,
        foreign_key="person.id",
        max_length=36,
        index=True,
        description="ends when this person's account does",
    )


class PasswordReset(Table, table=True):
    """A link that sets a new password once; only the digest of its secret is kept."""

    __tablename__ = "password_reset"

    digest: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(foreign_key="person.id", max_length=36, index=True)
    expires_at: datetime = Field(sa_column=instant_column())
    used_at: datetime | None = Field(default=None, sa_column=instant_column(nullable=True))


class Allowance(Table, table=True):
    """How far ahead of the clock somebody has used up what a limit allows; shared by all workers."""

    __tablename__ = "allowance"

    key: str = Field(primary_key=True, max_length=64, description="digest of the limit and of whom it limits")
    used_until: datetime = Field(sa_column=instant_column(index=True))

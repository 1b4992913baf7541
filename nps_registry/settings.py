"""What an installation may set, all of it by environment variables named ``NPS_...``.

One frozen :class:`Settings` is built by the application and by the command line, and passed down from
there; no other room reads the environment. A setting comes with the code that heeds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

PREFIX = "NPS_"
MASK = "********"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def _embedded_database(given: dict[str, Any]) -> str:
    return f"sqlite:///{given.get('var_directory', Path('var'))}/registry.sqlite"


class Settings(BaseSettings):
    """Every setting with its default; the description is what ``doctor`` and README show."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    var_directory: Path = Field(
        Path("var"), description=mark("Directory of what the registry writes, such as the embedded database.")
    )
    database_url: str = Field(
        default_factory=_embedded_database,
        repr=False,  # it may hold a password
        description=mark("Database: sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME (15 or later)."),
    )
    database_pool_size: int = Field(
        5, ge=1, le=100, description=mark("Connections that each worker keeps open to PostgreSQL.")
    )
    host: str = Field("127.0.0.1", min_length=1, description=mark("Address that the server listens on."))
    port: int = Field(8000, ge=1, le=65_535, description=mark("Port that the server listens on."))
    workers: int = Field(1, ge=1, le=64, description=mark("Server processes."))
    base_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#]+)?$",
        description=mark(
            "Public address as readers type it, for links in pages, feeds and mail; host and port if not given."
        ),
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description=mark("Addresses of reverse proxies whose X-Forwarded headers are believed, comma-separated.")
    )
    body_limit_bytes: int = Field(
        5_000_000, ge=10_000, le=1_000_000_000, description=mark("Largest body of a request, in bytes.")
    )
    batch_limit_bytes: int = Field(
        50_000_000, ge=10_000, le=2_000_000_000, description=mark("Largest table of a batch, in bytes.")
    )
    attachment_limit_bytes: int = Field(
        50_000_000, ge=10_000, le=2_000_000_000, description=mark("Largest file attached to a report, in bytes.")
    )
    attachments_per_report: int = Field(
        20, ge=0, le=1_000, description=mark("Files that may be attached to one report.")
    )
    substructure_limit_s: float = Field(
        5.0, gt=0, le=600, description=mark("Seconds after which a substructure search is stopped.")
    )
    comparison_limit_s: float = Field(
        1.0, gt=0, le=60, description=mark("Seconds spent on saying what differs between two structures.")
    )
    statement_limit_s: float = Field(
        30.0, gt=0, le=3_600, description=mark("Seconds after which PostgreSQL stops one statement.")
    )
    pseudo_languages: bool = Field(
        False, description=mark("Whether /en-XA/ and /ar-XB/ show the pages in invented languages, to try layouts.")
    )
    session_idle_min: int = Field(
        480, ge=5, le=43_200, description=mark("Minutes without use after which a signed-in session ends.")
    )
    session_days: int = Field(
        7, ge=1, le=90, description=mark("Days after which a signed-in session ends, however much it is used.")
    )
    sign_ins_per_hour: int = Field(
        20,
        ge=3,
        le=10_000,
        description=mark("Attempts to sign in per account and hour; one network address may make ten times as many."),
    )
    submissions_per_minute: int = Field(
        600,
        ge=1,
        le=1_000_000,
        description=mark("Reports that one token may submit per minute; an organisation twice as many."),
    )
    smtp_url: str = Field(
        "",
        repr=False,  # it may hold a password
        pattern=r"^(smtps?://[^\s/?#]+)?$",
        description=mark(
            "Mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://…; no mail is sent without."
        ),
    )
    mail_from: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$", description=mark("Address that mail comes from."))
    webhooks_private: bool = Field(
        False,
        description=mark(
            "Whether webhooks may lead to private addresses and over plain HTTP; within an institution's own network."
        ),
    )
    secret_key: SecretStr | None = Field(
        None,
        description=mark(
            "Key that second factors are kept encrypted with; secret.key in the var directory if not given."
        ),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description=mark("Least severe message that is logged.")
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, given: object) -> object:
        if isinstance(given, str):
            return tuple(part.strip() for part in given.split(",") if part.strip())
        return given

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, given: str) -> str:
        scheme, separator, rest = given.partition("://")
        if not separator or scheme not in _DRIVERS:
            raise ValueError(_("must begin with sqlite:/// or postgresql://"))
        return f"{_DRIVERS[scheme]}://{rest}"

    @property
    def index_directory(self) -> Path:
        """Where files of fingerprints and the compiled search kernel are kept; they can be deleted at any time."""
        return self.var_directory / "search"

    @property
    def public_url(self) -> str:
        """The address readers use, without a slash at its end."""
        return self.base_url or f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people see it: its variable, its value (secrets masked) and what it is for."""

    variable: str
    value: str
    description: str
    is_default: bool


def read_settings(**overrides: object) -> Settings:
    """The settings of the environment, *overrides* (from command-line options) first.

    Raises:
        InvalidInput: a value is not what the setting takes; each fault names its variable.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as fault:
        errors = [
            FieldError(variable_of(str(each["loc"][0])), each["msg"].removeprefix("Value error, "))
            for each in fault.errors()
        ]
        sentence = "; ".join(f"{error.field}: {error.message}" for error in errors)
        raise InvalidInput(_("A setting is not valid: %(faults)s.") % {"faults": sentence}, errors=errors) from None


def variable_of(field: str) -> str:
    """The environment variable of the setting *field*."""
    return f"{PREFIX}{field.upper()}"


def describe_settings(settings: Settings) -> list[Setting]:
    """Every setting in order, in words that may be shown: passwords and keys are masked."""
    return [
        Setting(
            variable=variable_of(field),
            value=_show(getattr(settings, field)),
            description=_(str(info.description)),
            is_default=field not in settings.model_fields_set,
        )
        for field, info in Settings.model_fields.items()
    ]


def find_unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Variables with our prefix that set nothing, each with the setting it was probably meant to be.

    They are told, not refused: container platforms invent variables from a service's name.
    """
    known = [variable_of(field) for field in Settings.model_fields]
    unknown = (name for name in environment if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(get_close_matches(name, known, n=1)), None) for name in sorted(unknown)}


def _show(value: object) -> str:
    match value:
        case SecretStr():
            return MASK
        case None:
            return ""
        case tuple():
            return ", ".join(value)
        case str() if "://" in value:
            return _mask_password(value)
        case _:
            return str(value)


def _mask_password(url: str) -> str:
    masked = re.sub(r"://([^:@/]*):.*@", rf"://\1:{MASK}@", url)
    return re.sub(r"(?<=[?&]password=)[^&]*", MASK, masked)

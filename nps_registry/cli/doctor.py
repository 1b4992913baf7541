"""``nps-registry doctor``: the state of this installation, and what to do about it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Annotated

import typer

from nps_registry import __version__
from nps_registry.assets import find_substances, find_web
from nps_registry.cli.output import Format, write_rows
from nps_registry.errors import Conflict, Refusal
from nps_registry.localisation import gettext as _
from nps_registry.notices.delivery import count_mail
from nps_registry.settings import Settings, describe_settings, find_unknown_variables, read_settings
from nps_registry.store import audit, schema
from nps_registry.store.engine import Engine, is_sqlite, make_engine, reading, sqlite_version
from nps_registry.store.registry import find_registry
from nps_registry.store.statistics import totals

_PACKAGES = ("rdkit", "sqlalchemy", "sqlmodel", "fastapi", "starlette", "pydantic", "psycopg", "numpy", "rapidfuzz")
app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: ``good`` is none where there is nothing to judge."""

    subject: str
    finding: str
    good: bool | None = None


@app.command()
def doctor(form: Annotated[Format | None, typer.Option("--format")] = None) -> None:
    """Say what is installed, how it is set, and what stands in the way; exit code 1 where something does."""
    settings = read_settings()
    checks = [*_installation(), *_settings(settings), *_registry(settings)]
    marks = {True: _("good"), False: _("TO DO"), None: ""}
    write_rows(
        [{"subject": check.subject, "finding": check.finding, "state": marks[check.good]} for check in checks], form
    )
    if any(check.good is False for check in checks):
        raise typer.Exit(1)


def _installation() -> Iterator[Check]:
    yield Check("nps-registry", __version__)
    yield Check("python", platform.python_version(), sys.version_info >= (3, 11))
    yield Check("sqlite", sqlite_version)
    for package in _PACKAGES:
        yield Check(package, metadata.version(package))
    yield _try(_("web parts"), lambda: str(find_web()))
    yield _try(_("catalogue files"), lambda: str(find_substances()))


def _settings(settings: Settings) -> Iterator[Check]:
    for setting in describe_settings(settings):
        yield Check(setting.variable, f"{setting.value} ({setting.description})")
    for variable, meant in find_unknown_variables(os.environ).items():
        yield Check(variable, _said_of_unknown(meant))


def _said_of_unknown(meant: str | None) -> str:
    if meant is None:
        return _("sets nothing: there is no such setting")
    return _("sets nothing: there is no such setting; %(variable)s was probably meant") % {"variable": meant}


def _registry(settings: Settings) -> Iterator[Check]:
    engine = make_engine(settings.database_url)

    def tables() -> str:
        schema.require_current(engine)
        kind = "SQLite" if is_sqlite(engine) else "PostgreSQL"
        return _("%(kind)s, revision %(revision)s") % {"kind": kind, "revision": schema.current_revision(engine)}

    def contents() -> str:
        with reading(engine) as session:
            registry, counted = find_registry(session), totals(session)
            return _("%(mode)s: %(substances)d substances, %(events)d public events, catalogue of %(loaded)s") % {
                "mode": registry.mode.label,
                "substances": counted.substances,
                "events": counted.events,
                "loaded": registry.catalogue_loaded_at.date() if registry.catalogue_loaded_at else "-",
            }

    yield _try(_("database"), tables)
    yield _try(_("registry"), contents)
    yield _try(_("audit trail"), lambda: _trail(engine))
    yield _try(_("mail"), lambda: _mail(engine, settings))


def _trail(engine: Engine) -> str:
    with reading(engine) as session:
        broken = audit.verify(session)
        sequence, _digest = audit.newest(session)
    if broken is not None:
        raise Conflict(
            _("entry %(number)d %(reason)s; keep the database as it is and find out who wrote to it")
            % {"number": broken.sequence, "reason": broken.reason}
        )
    return _("%(count)d entries, chain whole") % {"count": sequence}


def _mail(engine: Engine, settings: Settings) -> str:
    waiting, parked = count_mail(engine)
    if parked:
        raise Conflict(_("%(count)d letters were given up; the outbox says why") % {"count": parked})
    if not settings.smtp_url:
        return _("no mail server is set; %(count)d letters wait") % {"count": waiting}
    return _("%(count)d letters wait; “nps-registry notices deliver” sends them") % {"count": waiting}


def _try(subject: str, look: Callable[[], str]) -> Check:
    """What *look* finds, or the sentence with which it refuses."""
    try:
        return Check(subject, look(), True)
    except Refusal as refusal:
        return Check(subject, refusal.detail, False)

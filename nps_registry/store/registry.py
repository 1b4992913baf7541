"""The registry's own row: made once, a demonstration or real for ever."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from nps_registry.errors import Conflict, NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store.engine import Session
from nps_registry.store.tables import Registry
from nps_registry.vocabulary.report import RegistryMode


def create_registry(session: Session, mode: RegistryMode) -> Registry:
    """Make the registry's row; harmless where it is there in the same *mode*.

    Raises:
        Conflict: it is there in the other mode: invented and real reports never mix.
    """
    found = session.get(Registry, 1)
    if found is None:
        found = Registry(mode=mode)
        session.add(found)
        session.flush()
    require_mode(found, mode)
    return found


def has_registry(session: Session) -> bool:
    """Whether the registry was created."""
    return session.get(Registry, 1) is not None


def find_registry(session: Session) -> Registry:
    """The registry's row.

    Raises:
        NotReady: it was never created; the sentence names the command that does it.
    """
    found = session.scalars(select(Registry)).first()
    if found is None:
        raise NotReady(_("The registry is empty; run: nps-registry catalogue load"))
    return found


def require_mode(registry: Registry, mode: RegistryMode) -> None:
    """Refuse to mix a demonstration with a real registry.

    Raises:
        Conflict: *registry* is of the other mode.
    """
    if registry.mode is not mode:
        raise Conflict(
            _("This registry is %(is)s and cannot take what is %(other)s; use another NPS_DATABASE_URL.")
            % {"is": registry.mode.label.lower(), "other": mode.label.lower()}
        )


def note_catalogue(session: Session, digest: str, recipe: str) -> None:
    """Keep which catalogue was loaded, and by which recipe its fingerprints were made."""
    registry = find_registry(session)
    registry.catalogue_digest, registry.recipe = digest, recipe
    registry.catalogue_loaded_at = datetime.now(UTC)
    session.flush()

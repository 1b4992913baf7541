"""Where the web parts and the catalogue's files are: inside an installed wheel, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _

_PACKAGE = Path(__file__).resolve().parent


def find_web() -> Path:
    """The directory of templates, static files and translations.

    Raises:
        NotReady: neither a wheel's copy nor a checkout's is there.
    """
    return find_part("web")


def find_substances() -> Path:
    """The directory of the catalogue's files.

    Raises:
        NotReady: neither a wheel's copy nor a checkout's is there.
    """
    return find_part("substances")


def find_part(name: str, *, package: Path = _PACKAGE) -> Path:
    """The directory *name* that was bundled into *package*, or that lies beside it in a checkout.

    The directory beside the package counts only where ``pyproject.toml`` is there too: in an
    installed environment that place is ``site-packages``, where ``web`` would be somebody else's.

    Raises:
        NotReady: it is in neither place.
    """
    bundled = package / "_bundled" / name
    if bundled.is_dir():
        return bundled
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise NotReady(_("The installation lacks its part “%(name)s”: install nps-registry again.") % {"name": name})

"""What must be read again and yet not lie open in the database: encrypted with a key that is not in it."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.settings import Settings

_FILE = "secret.key"


class Seal:
    """Closes and opens short texts with one key (Fernet: AES-128-CBC and HMAC-SHA-256)."""

    def __init__(self, key: str) -> None:
        # Whatever the key looks like, 32 bytes come of it; it is random and needs no slow hash.
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def close(self, text: str) -> str:
        """*text* encrypted, together with the time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, within_s: int | None = None) -> str | None:
        """What was closed; none where the key is another, the text was changed, or it is older than *within_s*."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=within_s).decode()
        except (InvalidToken, UnicodeError):
            return None


def seal_of(settings: Settings) -> Seal:
    """The seal of ``NPS_SECRET_KEY``, or where that is not set of the key file in the var directory, made if missing.

    Raises:
        NotReady: the file is empty.
        OSError: it cannot be read or made.
    """
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return Seal(key or _read_or_make(settings.var_directory / _FILE))


def _read_or_make(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and linked into place: of several workers that begin at once, one makes the key.
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_text("ascii").strip()
    if not key:
        raise NotReady(_("The key file %(path)s is empty; put back the one from your backup.") % {"path": path})
    return key

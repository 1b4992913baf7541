"""Attached files on the disk: below the var directory, named by their own digest, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class AttachedFiles:
    """The directory of attached files."""

    directory: Path

    def path_of(self, digest: str) -> Path:
        """Where the file with this SHA-256 (64 hexadecimal digits) stands."""
        if len(digest) != 64 or not all(character in "0123456789abcdef" for character in digest):
            raise ValueError("not a SHA-256 in hexadecimal digits")
        return self.directory / digest[:2] / digest

    def keep(self, body: bytes) -> str:
        """Write *body* and answer its digest; when this returns, the file survives a loss of power.

        A row of the database is written after it: a file without a row is harmless, a row without a file is a loss.

        Raises:
            NotReady: there is no room, or the directory cannot be written.
        """
        digest = hashlib.sha256(body).hexdigest()
        path = self.path_of(digest)
        try:
            if path.exists() and path.stat().st_size == len(body):
                return digest
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{secrets.token_hex(8)}")
            try:
                self._write(fresh, body)
                fresh.rename(path)
            finally:
                fresh.unlink(missing_ok=True)
            self._settle(path.parent)
            self._settle(self.directory)
        except OSError as error:
            raise NotReady(
                _("The file cannot be kept: %(reason)s. Nothing was attached.") % {"reason": error.strerror}
            ) from None
        return digest

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _settle(directory: Path) -> None:
        """Have the directory's own entry on the disk, without which a renamed file may be gone after a crash."""
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self, digest: str) -> Iterator[bytes]:
        """The file in pieces.

        Raises:
            NotReady: it is not there.
        """
        try:
            with self.path_of(digest).open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    yield piece
        except OSError:
            raise NotReady(_("The file %(digest)s is missing on the disk; restore it.") % {"digest": digest}) from None

"""Static files as browsers want them: compressed, and kept for ever where the address names the content.

There are few of them and every page loads some, so each is read and compressed once, and again when it was changed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
from dataclasses import dataclass
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Scope

from nps_registry.http.encodings import tag_compressed, takes_gzip

_FOR_EVER = "public, max-age=31536000, immutable"
_SMALLEST_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is sent: plain, and compressed where that is shorter.

    Attributes:
        changed_ns: when it was last changed.
        digest: what an address names this content by.
        headers: those that belong to the content.
    """

    changed_ns: int
    digest: str
    body: bytes
    compressed: bytes | None
    headers: dict[str, str]


class _Kept(StaticFiles):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._files: dict[str, _File] = {}

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where the file is, which is in memory then; called in a thread beside the requests."""
        full_path, found = super().lookup_path(path)
        if found is not None and stat.S_ISREG(found.st_mode):
            known = self._files.get(full_path)
            if known is None or known.changed_ns != found.st_mtime_ns:
                self._files[full_path] = _read(full_path, found)
        return full_path, found

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, kept for ever where ``?v=`` is its digest: after an update, the old file answers a new address."""
        file, asked = self._files[str(full_path)], Headers(scope=scope)
        is_named = scope["query_string"] == f"v={file.digest}".encode("ascii")
        lasting = _FOR_EVER if is_named else "public, no-cache"
        headers = file.headers | {"cache-control": lasting, "vary": "Accept-Encoding"}
        body = file.body
        if file.compressed is not None and takes_gzip(asked):
            body, headers["content-encoding"] = file.compressed, "gzip"
            headers["etag"] = tag_compressed(headers["etag"])
        response = Response(body, status_code, headers)
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


def digest_of(content: bytes) -> str:
    """What a static file's address names its *content* by."""
    return hashlib.sha256(content).hexdigest()[:12]


def _read(path: str, found: os.stat_result) -> _File:
    body = Path(path).read_bytes()
    compressed = gzip.compress(body, mtime=0) if len(body) >= _SMALLEST_BYTES else body
    digest = digest_of(body)
    kind = guess_type(path)[0] or "application/octet-stream"
    headers = {
        "content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "etag": f'"{digest}"',
        "last-modified": formatdate(found.st_mtime, usegmt=True),
    }
    return _File(found.st_mtime_ns, digest, body, compressed if len(compressed) < len(body) else None, headers)


def serve_static(directory: Path) -> ASGIApp:
    """An application that serves the files below *directory*."""
    return _Kept(directory)

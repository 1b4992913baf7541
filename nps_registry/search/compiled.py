"""Whether the compiled kernel is here yet, and fetching it without anybody waiting.

Importing the compiler takes most of a second and compiling takes several, once per machine: the code is kept
in a directory of its own. Until then NumPy answers. Short commands never ask for it.
"""

from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nps_registry.search.embedding import Embedding
    from nps_registry.search.kernel import Kernel

KERNEL_FROM = 1_000
"""So many structures make compiled code worth its fetching."""
_EMBEDDING = "nps_registry.search.embedding"
_MODULE = "nps_registry.search.kernel"
_COMPILE_LIMIT_S = 300
_BEHIND_REQUESTS = 10
"""Niceness of a compiler that nobody waits for."""
_log = logging.getLogger(__name__)


def compiled_kernel() -> Kernel | None:
    """The kernel if it has been compiled or read in this process, else nothing; answers at once."""
    return _compiled(_MODULE)  # type: ignore[no-any-return]


def fetch_kernel(directory: Path | None) -> Kernel | None:
    """Read the compiled kernel from *directory*, or compile it and keep it there; nothing where that cannot be.

    With no *directory* it is compiled for this process only. It takes seconds and holds the interpreter: a server
    calls :func:`fetch_kernel_soon`.
    """
    return _fetch(_MODULE, directory)  # type: ignore[no-any-return]


def fetch_embedding(directory: Path | None) -> Embedding | None:
    """Read the compiled walk over graphs as :func:`fetch_kernel` does its kernel."""
    return _fetch(_EMBEDDING, directory)  # type: ignore[no-any-return]


def _compiled(module: str) -> Any:
    return getattr(sys.modules.get(module), "KERNEL", None)  # the last thing that the module defines


def _fetch(module: str, directory: Path | None) -> Any:
    if _compiled(module) is None:
        if directory is not None:
            os.environ.setdefault("NUMBA_CACHE_DIR", str(directory.absolute()))
        try:
            importlib.import_module(module)
        except (ImportError, OSError, RuntimeError) as error:  # what needs no compiler goes on answering
            _log.warning("the compiled search kernel cannot be had: %s", error)
    return _compiled(module)


def fetch_kernel_soon(directory: Path, stopping: threading.Event) -> None:
    """Have the kernel fetched by a thread, unless *stopping* is set before it is there.

    It is compiled in a process of its own, so that requests of this one are not held up meanwhile.
    """

    def fetch() -> None:
        if compile_apart(directory, stopping.is_set, niceness=_BEHIND_REQUESTS):
            fetch_kernel(directory)

    threading.Thread(target=fetch, name="fetch-kernel", daemon=True).start()


def compile_apart(directory: Path, is_stopping: Callable[[], bool] = lambda: False, *, niceness: int = 0) -> bool:
    """Compile into *directory* in another process; answers whether that went well.

    A caller that waits for it gives no *niceness*: on a busy machine that would be minutes.
    """
    environment = {"NUMBA_CACHE_DIR": str(directory.absolute()), **os.environ}
    command = [sys.executable, "-c", f"import os; os.nice({niceness}); import {_MODULE}"]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the server, which ends this one
    ) as process:
        for _second in range(_COMPILE_LIMIT_S * 4):
            try:
                _, said = process.communicate(timeout=0.25)
            except subprocess.TimeoutExpired:
                if not is_stopping():
                    continue
                process.kill()
                return False
            if process.returncode and not is_stopping():
                _log.warning("the search kernel cannot be compiled: %s", said.decode(errors="replace")[-500:])
            return process.returncode == 0
        process.kill()
    return False

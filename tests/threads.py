"""Which thread a test looks at: what a server does beside its requests is not a request's work."""

from __future__ import annotations

import threading

from nps_registry.background import THREADS


def is_beside() -> bool:
    """Whether this thread works beside the requests."""
    return threading.current_thread().name.startswith((THREADS, "follow-changes"))

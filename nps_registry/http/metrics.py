"""Figures for a Prometheus server: requests by method and status, and how long they took.

Everybody may read them, so they are the same whether or not a restricted report exists: requests about reports
are left out (a count of ``201`` would say that some come in, and when), except for those that failed by our fault.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from nps_registry import __version__

MEDIA_TYPE = CONTENT_TYPE_LATEST
_OF_REPORTS = re.compile(r"(/[\w-]+)?/(api/v1/(reports|review)|lab|curate)\b")  # the language may stand in front


class Metrics:
    """The figures of one application object."""

    def __init__(self) -> None:
        self.collectors = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "nps_registry_requests", "HTTP requests answered", ["method", "status"], registry=self.collectors
        )
        self._seconds = Histogram(
            "nps_registry_request_seconds",
            "Seconds from the request line to the last byte handed on",
            registry=self.collectors,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
        )
        version = Gauge("nps_registry_info", "The version that runs", ["version"], registry=self.collectors)
        version.labels(__version__).set(1)
        self.substances = Gauge(
            "nps_registry_public_substances", "Substances that a visitor can find", registry=self.collectors
        )

    def count_request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request, answered with *status* or, where that is 500, perhaps not at all."""
        if _OF_REPORTS.match(path) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        known = method if method in {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(known, str(status)).inc()
        self._seconds.observe(seconds)

    def expose(self) -> bytes:
        """All figures in the text exposition format."""
        return generate_latest(self.collectors)

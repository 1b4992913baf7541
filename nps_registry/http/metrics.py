"""Figures for a Prometheus server: requests by method and status, and how long they took.

No label names a report, a laboratory or a country, so the figures are the same whether or not a
restricted report exists.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from nps_registry import __version__

MEDIA_TYPE = CONTENT_TYPE_LATEST


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

    def count_request(self, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        known = method if method in {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(known, str(status)).inc()
        self._seconds.observe(seconds)

    def expose(self) -> bytes:
        """All figures in the text exposition format."""
        return generate_latest(self.collectors)

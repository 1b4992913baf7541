"""Terms of a batch: a laboratory's table on its way into reports."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class RowVerdict(Term):
    """What is to be said of one row of a table."""

    WAITING = "waiting", _("Not looked at yet")
    STANDS = "stands", _("Can be kept")
    FAULTY = "faulty", _("Has faults")
    KEPT = "kept", _("Kept")
    ALREADY = "already", _("Was here already")


class BatchState(Term):
    """Where a batch stands."""

    UPLOADED = "uploaded", _("Columns to be chosen")
    CHECKING = "checking", _("Being looked at")
    CHECKED = "checked", _("Looked at; nothing is written yet")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")

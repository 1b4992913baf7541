"""A submission that is sent twice is kept once and answered alike.

Three things make a submission the same one: the ``Idempotency-Key`` of the request, the laboratory's own
reference, and for rows of a file without references the file's digest with the row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from nps_registry.errors import Conflict
from nps_registry.intake.receive import Desk, Receipt, Sender, receive
from nps_registry.intake.rows import Arrival
from nps_registry.intake.submission import Submission
from nps_registry.localisation import gettext as _
from nps_registry.store import reports as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import IdempotentAnswer

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value, the same however its text was spaced and ordered."""
    return hashlib.sha256(_CANONICAL.encode(value).encode("ascii")).hexdigest()


def keys_of(submission: Submission, key: str | None) -> list[str]:
    """Under what a receipt is found again; the two kinds cannot be taken for each other."""
    # A key may be longer than the column; what it says is of no interest.
    keys = [f"key:{hashlib.sha256(key.encode()).hexdigest()}"] if key else []
    if submission.own_reference:
        keys.append(f"own:{submission.own_reference}")
    return keys


def receive_once(
    session: Session,
    desk: Desk,
    sender: Sender,
    submission: Submission,
    arrival: Arrival,
    *,
    value: Any,
    key: str | None = None,
) -> tuple[Receipt, bool]:
    """Keep *submission* unless it is here already; answer its receipt and whether it is a repeat.

    Raises:
        Conflict: the key or the reference belongs to a submission that says something else.
        InvalidInput: the submission cannot be kept.
    """
    digest, keys = digest_of(value), keys_of(submission, key)
    for name in sorted(keys):
        stored.hold(session, f"{sender.organisation.id}:{name}")
    known = stored.idempotent_answers(session, sender.organisation.id, keys)
    for name in keys:
        if name in known:
            return _repeat(known[name], name, digest), True
    receipt = receive(session, desk, sender, [(submission, arrival)])[0]
    remember(session, sender, [(name, digest, receipt) for name in keys])
    return receipt, False


def _repeat(answer: IdempotentAnswer, name: str, digest: str) -> Receipt:
    kind, _colon, text = name.partition(":")
    if answer.request_digest == digest and answer.report_id is not None:
        receipt: Receipt = json.loads(answer.answer)
        return receipt
    if kind == "key":
        raise Conflict(_("This Idempotency-Key belongs to another submission; send a new key."))
    raise Conflict(
        _("Your report “%(reference)s” is here and says something else; amend it: PATCH /api/v1/reports/%(id)s.")
        % {"reference": text, "id": answer.report_id}
    )


def remember(session: Session, sender: Sender, answers: Sequence[tuple[str, str, Receipt]]) -> None:
    """Keep the receipts for when the same is sent again."""
    now = datetime.now(UTC)
    rows = [
        {
            "organisation_id": sender.organisation.id,
            "key": name,
            "request_digest": digest,
            "report_id": str(receipt["id"]),
            "answer": json.dumps(receipt),
            "made_at": now,
        }
        for name, digest, receipt in answers
    ]
    stored.insert_rows(session, IdempotentAnswer, rows)


def remember_batch(session: Session, sender: Sender, name: str, digest: str, answer: dict[str, Any]) -> None:
    """Keep the answer to a batch under *name*, for when the same is sent again."""
    row = {
        "organisation_id": sender.organisation.id,
        "key": name,
        "request_digest": digest,
        "report_id": None,
        "answer": json.dumps(answer),
        "made_at": datetime.now(UTC),
    }
    stored.insert_rows(session, IdempotentAnswer, [row])

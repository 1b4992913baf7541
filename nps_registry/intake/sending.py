"""A draft becomes a report, once, by the one way that every submission goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nps_registry.errors import Conflict
from nps_registry.intake.amendment import amend, read_submission
from nps_registry.intake.draft_fields import value_of
from nps_registry.intake.drafts import Content, require_open
from nps_registry.intake.idempotency import digest_of, receive_once, remember
from nps_registry.intake.receive import Desk, Receipt, Sender, arrival_of
from nps_registry.intake.statement import statement_of
from nps_registry.localisation import gettext as _
from nps_registry.store import drafts as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Draft, Report


def send(session: Session, desk: Desk, sender: Sender, draft: Draft) -> str:
    """Make a locked *draft* a report, or change the report that it amends; answers the report's id.

    A draft that was sent already answers the same report: a double click makes one.

    Raises:
        InvalidInput: with the fields at fault, by their paths in the submission.
        Conflict: the own reference belongs to another report, or the report was changed meanwhile.
    """
    if draft.sent_as_id is not None:
        return draft.sent_as_id
    require_open(draft)
    content = Content.of(draft)
    if content.others:
        raise Conflict(_("Two people typed into the same fields: choose one text for each first."))
    value = value_of(content.fields)
    receipt = (
        _amend(session, desk, sender, draft, value) if draft.report_id else _submit(session, desk, sender, draft, value)
    )
    stored.mark_sent(session, draft, str(receipt["id"]), datetime.now(UTC))
    return str(receipt["id"])


def _submit(session: Session, desk: Desk, sender: Sender, draft: Draft, value: dict[str, Any]) -> Receipt:
    submission = read_submission(value)
    text = json.dumps(value, ensure_ascii=False)
    arrival = arrival_of(text.encode(), text)
    receipt, _repeated = receive_once(session, desk, sender, submission, arrival, value=value, key=_key(draft))
    return receipt


def _amend(session: Session, desk: Desk, sender: Sender, draft: Draft, value: dict[str, Any]) -> Receipt:
    assert draft.report_id is not None  # the caller looked
    report = session.get_one(Report, draft.report_id)
    patch = patch_between(statement_of(session, report), value)
    receipt = amend(session, desk, sender, report.id, patch, expected_revision=draft.report_revision)
    remember(session, sender, [(f"key:{digest_of(_key(draft))}", digest_of(value), receipt)])
    return receipt


def _key(draft: Draft) -> str:
    return f"draft {draft.id}"


def patch_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Merge Patch (RFC 7396) that makes *after* of *before*."""
    patch: dict[str, Any] = dict.fromkeys(before.keys() - after.keys())
    for name, value in after.items():
        earlier = before.get(name)
        if isinstance(value, dict) and isinstance(earlier, dict):
            patch[name] = patch_between(earlier, value)
        elif value != earlier:
            patch[name] = value
    return patch

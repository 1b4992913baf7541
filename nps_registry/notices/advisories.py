"""The life of an advisory: draft, published, updated, withdrawn; every version kept, signed, and told of.

A curator writes, another one publishes: whoever made the last change of a text cannot publish it. Withdrawing takes one
person, since a wrong warning must not wait. The audience is settled by the first publication: what is to reach more
people becomes a new advisory, so that nothing public tells of the one that came before it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nps_registry.accounts.seal import Seal
from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, NotPermitted
from nps_registry.localisation import gettext as _
from nps_registry.notices.advisory_document import Issue, withdrawn_document, write_document
from nps_registry.notices.advisory_text import AdvisoryText, require_publishable, require_sound
from nps_registry.notices.signing import canonical_bytes, sign
from nps_registry.store import advisories as stored
from nps_registry.store import audit, changes, outbox, review
from nps_registry.store.advisory_facts import read_facts
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.registry import find_registry
from nps_registry.store.tables import Advisory, AdvisoryVersion
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import REVIEWERS
from nps_registry.vocabulary.advisory import READABLE, STANDING, mint_advisory_id
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight

TOPIC = "notice.advisory"
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which advisory somebody wants to change, and the edit that was read; none where any will do."""

    advisory_id: str
    viewer: Viewer
    edit: int | None = None


def require_curator(viewer: Viewer) -> None:
    """Refuse everybody but curators and administrators.

    Raises:
        NotPermitted: *viewer* is neither.
    """
    if viewer.role not in REVIEWERS:
        raise NotPermitted(_("Advisories are written by curators."))


def open_draft(session: Session, viewer: Viewer, text: AdvisoryText, *, signal_id: str | None = None) -> Advisory:
    """A new advisory with *text* as its draft.

    Raises:
        NotPermitted: *viewer* is no curator.
        InvalidInput: the text names what is not there, or is too long.
    """
    require_curator(viewer)
    require_sound(session, text)
    now = datetime.now(UTC)
    advisory_id = mint_advisory_id(now.year)
    while session.get(Advisory, advisory_id) is not None:
        advisory_id = mint_advisory_id(now.year)
    row = Advisory(
        id=advisory_id,
        signal_id=signal_id,
        draft=text.stored(),
        edited_by=viewer.actor,
        edited_at=now,
        modified_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, row, viewer.actor, "advisory.opened", {"signal": signal_id})
    return row


def save(session: Session, asked: Asked, text: AdvisoryText) -> Advisory:
    """Keep *text* as the working text; a proposal to publish what stood there before is void.

    Raises:
        NotFound, NotPermitted, Conflict: as :func:`_lock` says.
        InvalidInput: the text names what is not there, is too long, or changes an audience that is settled.
    """
    row = _lock(session, asked)
    if row.draft is None:
        raise Conflict(_("No text of this advisory is being worked on; begin an update first."))
    require_sound(session, text)
    if row.state in READABLE and text.audience is not row.audience:
        message = _(
            "The audience is settled by the first publication: copy the advisory, and withdraw this one if need be."
        )
        raise InvalidInput(message, errors=[FieldError("audience", message)])
    if text.stored() != row.draft:
        row.draft, row.proposed_by = text.stored(), ""
        _edited(row, asked.viewer)
        session.flush()
        _tell(session, row, asked.viewer.actor, "advisory.edited", {})
    return row


def begin_update(session: Session, asked: Asked) -> Advisory:
    """Take the text in force as the working text.

    Raises:
        NotFound, NotPermitted: as :func:`_lock` says.
        Conflict: it was never published, is withdrawn, or is being updated already.
    """
    row = _lock(session, asked)
    if row.state not in STANDING or row.draft is not None:
        raise Conflict(_("Only an advisory that holds, and is not being updated already, can be updated."))
    version = stored.version_of(session, row.id, row.revision)
    assert version is not None  # written with the revision
    row.draft, row.proposed_by = version.text, ""
    _edited(row, asked.viewer)
    session.flush()
    _tell(session, row, asked.viewer.actor, "advisory.update_begun", {})
    return row


def copy(session: Session, asked: Asked) -> Advisory:
    """A new draft with the text of this advisory, for another audience.

    Raises:
        NotFound, NotPermitted: as :func:`_lock` says.
    """
    row = _lock(session, asked)
    version = stored.version_of(session, row.id, row.revision)
    text = AdvisoryText.restored(row.draft if row.draft is not None else version.text if version else {})
    return open_draft(session, asked.viewer, text, signal_id=row.signal_id)


def propose(session: Session, asked: Asked) -> Advisory:
    """Ask for the working text to be published by somebody else.

    Raises:
        NotFound, NotPermitted, Conflict: as :func:`_lock` says.
        InvalidInput: something is missing.
    """
    row = _lock(session, asked)
    require_publishable(session, _working_text(row))
    row.proposed_by = asked.viewer.actor
    row.edit += 1
    session.flush()
    _tell(session, row, asked.viewer.actor, "advisory.proposed", {})
    return row


def publish(session: Session, seal: Seal, asked: Asked) -> Advisory:
    """Publish the working text as the next version: the step of a second person.

    Raises:
        NotFound, NotPermitted, Conflict: as :func:`_lock` says.
        Conflict: nobody asked for it, or the same person wrote it or asked for it.
        InvalidInput: something is missing.
        NotReady: it cannot be signed.
    """
    row = _lock(session, asked)
    text = _working_text(row)
    if not row.proposed_by:
        raise Conflict(_("Nobody has asked for this text to be published; a change of it takes that back."))
    if asked.viewer.actor in {row.proposed_by, row.edited_by}:
        raise Conflict(
            _("You wrote this text or asked for it to be published: another person than you has to publish it.")
        )
    substances = require_publishable(session, text)
    first, now = row.published_at is None, datetime.now(UTC)
    row.published_at = row.published_at or now
    issue = _issue(session, row, now)
    document = write_document(issue, text, read_facts(session, substances))
    written_by = row.edited_by
    row.state = AdvisoryState.PUBLISHED if first else AdvisoryState.UPDATED
    row.audience, row.recipients, row.severity = text.audience, list(text.recipients), text.severity
    row.title, row.body = text.title, "\n\n".join(part for part in (text.summary, text.details) if part)
    row.substance_ids = [key for key in (each.id for each in substances) if key is not None]
    row.countries = list(text.countries)
    row.draft, row.proposed_by = None, ""
    stored.set_subjects(session, row.id, row.substance_ids, row.countries)
    version = _version(row, asked, document, text.stored())
    version.written_by = written_by
    _issue_version(session, seal, row, version)
    return row


def withdraw(session: Session, seal: Seal, asked: Asked, reason: str) -> Advisory:
    """Withdraw an advisory that holds: it stays readable, and says since when and why it holds no longer.

    Raises:
        NotFound, NotPermitted: as :func:`_lock` says.
        Conflict: it does not hold.
        InvalidInput: no reason, or one that is too long.
        NotReady: it cannot be signed.
    """
    row = _lock(session, asked)
    if row.state not in STANDING:
        raise Conflict(_("Only an advisory that holds can be withdrawn."))
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        message = _("Say why it is withdrawn, in %(most)d characters at most; readers are told.") % {
            "most": LONGEST_REASON
        }
        raise InvalidInput(message, errors=[FieldError("reason", message)])
    before = stored.version_of(session, row.id, row.revision)
    assert before is not None  # written with the revision
    document = withdrawn_document(before.content, _issue(session, row, datetime.now(UTC)), reason)
    row.state, row.draft, row.proposed_by = AdvisoryState.WITHDRAWN, None, ""
    _issue_version(session, seal, row, _version(row, asked, document, before.text))
    return row


def discard(session: Session, asked: Asked) -> None:
    """Give up the working text; a draft that was never published goes altogether.

    Raises:
        NotFound, NotPermitted, Conflict: as :func:`_lock` says.
    """
    row = _lock(session, asked)
    if row.draft is None:
        raise Conflict(_("No text of this advisory is being worked on."))
    _tell(session, row, asked.viewer.actor, "advisory.discarded", {})
    if row.state is AdvisoryState.DRAFT:
        session.delete(row)
    else:
        row.draft, row.proposed_by = None, ""
        _edited(row, asked.viewer)
    session.flush()


def _version(row: Advisory, asked: Asked, document: dict[str, Any], text: dict[str, object]) -> AdvisoryVersion:
    actor = asked.viewer.actor
    return AdvisoryVersion(
        advisory_id=row.id, revision=row.revision, content=document, text=text, written_by=actor, made_by=actor
    )


def _issue(session: Session, row: Advisory, now: datetime) -> Issue:
    row.revision += 1
    row.modified_at = now
    demonstration = find_registry(session).mode is RegistryMode.DEMONSTRATION
    return Issue(row.id, row.revision, row.published_at or now, now, demonstration)


def _issue_version(session: Session, seal: Seal, row: Advisory, version: AdvisoryVersion) -> None:
    """Sign and keep *version*, and tell of it: in the trail, in the outbox, and to whoever keeps public pages."""
    version.revision, version.made_at = row.revision, row.modified_at
    version.signatures = sign(session, seal, version.content, actor=version.made_by)
    row.edit += 1
    session.add(version)
    session.flush()
    change = row.state.value  # published, updated or withdrawn
    digest = hashlib.sha256(canonical_bytes(version.content)).hexdigest()
    told: dict[str, object] = {"revision": row.revision, "audience": row.audience.value, "digest": digest}
    _tell(session, row, version.made_by, f"advisory.{change}", told)
    outbox.add(session, TOPIC, [{"advisory": row.id, "revision": row.revision, "change": change}])
    if row.audience is TrafficLight.CLEAR:
        changes.touch(session)


def _lock(session: Session, asked: Asked) -> Advisory:
    """The advisory, kept from other writers, as it was read.

    Raises:
        NotPermitted: the viewer is no curator.
        NotFound: there is none.
        Conflict: somebody changed it since.
    """
    require_curator(asked.viewer)
    row = stored.lock(session, asked.advisory_id) if len(asked.advisory_id) <= 24 else None
    if row is None:
        raise NotFound(_("There is no advisory “%(id)s”.") % {"id": asked.advisory_id[:40]})
    if asked.edit is not None and asked.edit != row.edit:
        who = review.names_of_actors(session, {row.edited_by}).get(row.edited_by, row.edited_by)
        raise Conflict(
            _("The advisory was changed while you had it open, last at %(at)s; the text was last written by %(who)s.")
            % {"at": f"{row.edited_at:%Y-%m-%d %H:%M} UTC", "who": who},
            errors=[
                FieldError("edit", _("It is at edit %(now)d, not %(then)d.") % {"now": row.edit, "then": asked.edit})
            ],
        )
    return row


def _working_text(row: Advisory) -> AdvisoryText:
    if row.draft is None:
        raise Conflict(_("No text of this advisory is being worked on; begin an update first."))
    return AdvisoryText.restored(row.draft)


def _edited(row: Advisory, viewer: Viewer) -> None:
    row.edit += 1
    row.edited_by, row.edited_at = viewer.actor, datetime.now(UTC)


def _tell(session: Session, row: Advisory, actor: str, action: str, after: dict[str, object]) -> None:
    told: dict[str, object] = {"edit": row.edit, **after}
    audit.append(session, [AuditEntry(actor, action, "advisory", row.id, {"state": row.state.value}, told)])


def read_signed(version: AdvisoryVersion) -> dict[str, Any]:
    """The document of *version* with its signatures."""
    return {**version.content, "signatures": version.signatures}

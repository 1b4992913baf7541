"""A report being written: begun, saved by whoever of the laboratory types, joined where two do, sent once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from nps_registry.errors import Conflict, FieldError, InvalidInput
from nps_registry.intake.draft_fields import (
    HERE,
    MOST_DETECTIONS,
    MOST_ITEMS,
    Fields,
    fields_of,
    layout_of,
    part_of,
)
from nps_registry.intake.merging import Merged, difference, merge, rewind
from nps_registry.intake.receive import Sender
from nps_registry.intake.statement import statement_of
from nps_registry.localisation import gettext as _
from nps_registry.store import drafts as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Draft, DraftChange, Report
from nps_registry.vocabulary.report import ReportState, Sharing

_MAY_BE_AMENDED = frozenset(
    {ReportState.SUBMITTED, ReportState.QUERIED, ReportState.RELEASED, ReportState.ACCEPTED, ReportState.RETURNED}
)
_LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class OtherText:
    """What somebody else had typed into a field that was typed into here at the same time."""

    text: str
    person_id: str
    at: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did.

    Attributes:
        brought: fields that somebody else had changed meanwhile.
        displaced: fields that both had changed; both texts are kept until somebody chooses.
    """

    draft: Draft
    brought: frozenset[str]
    displaced: frozenset[str]


def begin(session: Session, sender: Sender, person_id: str) -> Draft:
    """A fresh draft with one item and one detection, of the sender's own country."""
    fields = {
        "event.country": sender.organisation.country,
        "sharing": Sharing.COUNTRY.value,
        "items.1": HERE,
        "items.1.detections.2": HERE,
    }
    return _add(session, sender, person_id, fields, last_key=2)


def begin_amendment(session: Session, sender: Sender, person_id: str, report: Report) -> Draft:
    """A draft that says what *report* says, to be changed; the one already begun where a colleague has.

    Raises:
        Conflict: the report has ended.
    """
    if report.state not in _MAY_BE_AMENDED:
        raise Conflict(_("This report is %(state)s and cannot be changed.") % {"state": report.state.label.lower()})
    begun = stored.find_amendment(session, report.id, sender.organisation.id)
    if begun is not None:
        return begun
    fields, last_key = fields_of(statement_of(session, report))
    return _add(session, sender, person_id, fields, last_key=last_key, report=report)


def _add(
    session: Session, sender: Sender, person_id: str, fields: Fields, *, last_key: int, report: Report | None = None
) -> Draft:
    draft = Draft(
        organisation_id=sender.organisation.id,
        person_id=person_id,
        content=Content(dict(fields), {}, last_key).stored(),
        report_id=report.id if report else None,
        report_revision=report.revision if report else None,
    )
    stored.add_draft(session, draft)
    return draft


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept of a draft's words.

    Attributes:
        fields: what is typed, under flat names.
        others: fields in which two typed at the same time, with the text that is not in the field.
        last_key: the last key given out to an item or a detection.
    """

    fields: dict[str, str]
    others: dict[str, OtherText]
    last_key: int

    @classmethod
    def of(cls, draft: Draft) -> Content:
        """The words of *draft*."""
        fields = cast("Mapping[str, str]", draft.content["fields"])
        others = cast("Mapping[str, Mapping[str, str]]", draft.content["others"])
        told = {name: OtherText(each["text"], each["person_id"], each["at"]) for name, each in others.items()}
        return cls(dict(fields), told, cast("int", draft.content["last_key"]))

    def stored(self) -> dict[str, object]:
        """The same as the draft keeps it."""
        others = {
            name: {"text": each.text, "person_id": each.person_id, "at": each.at} for name, each in self.others.items()
        }
        return {"fields": self.fields, "others": others, "last_key": self.last_key}


def save(session: Session, draft: Draft, typed: Fields, *, base_revision: int, person_id: str) -> Saved:
    """Keep what was *typed* on top of *base_revision* of a locked *draft*, joined with what others saved meanwhile.

    Raises:
        Conflict: the draft was sent or discarded.
        InvalidInput: more than a draft holds.
    """
    require_open(draft)
    require_bounded(typed)
    now = Content.of(draft)
    changes = stored.changes_since(session, draft.id, base_revision) if base_revision != draft.revision else []
    base = rewind(now.fields, [change.before for change in changes]) if 0 < base_revision <= draft.revision else {}
    merged = merge(base, typed, now.fields)
    others = now.others | _displaced(merged, changes, draft)
    _write(session, draft, replace(now, fields=merged.fields, others=others), person_id)
    return Saved(draft, merged.brought, frozenset(merged.displaced))


def _displaced(merged: Merged, changes: Iterable[DraftChange], draft: Draft) -> dict[str, OtherText]:
    """The displaced texts, each with who typed it and when."""
    last: dict[str, DraftChange] = {}
    for change in changes:  # the last save first
        for name in change.before:
            last.setdefault(name, change)
    told: dict[str, OtherText] = {}
    for name, text in merged.displaced.items():
        save_of = last.get(name, draft)
        told[name] = OtherText(text, save_of.person_id or "", save_of.saved_at.isoformat(timespec="seconds"))
    return told


def _write(session: Session, draft: Draft, content: Content, person_id: str) -> None:
    """Make *content* the draft's next revision, if anything differs, and keep what it replaces."""
    now = Content.of(draft)
    if content == now:
        return
    draft.content = content.stored()
    draft.revision += 1
    draft.person_id, draft.saved_at = person_id, datetime.now(UTC)
    session.add(draft)
    before = difference(now.fields, content.fields)
    change = DraftChange(
        draft_id=draft.id, revision=draft.revision, person_id=person_id, saved_at=draft.saved_at, before=before
    )
    stored.add_change(session, change)


def add_item(session: Session, draft: Draft, person_id: str) -> str:
    """One more item with a detection; answers its name.

    Raises:
        InvalidInput: the form is full.
    """
    now = Content.of(draft)
    if len(layout_of(now.fields).items) >= MOST_ITEMS:
        raise InvalidInput(
            _("A form holds at most %(most)d items; send larger reports as a file.") % {"most": MOST_ITEMS}
        )
    key = now.last_key + 1
    name = f"items.{key}"
    fields = now.fields | {name: HERE, f"{name}.detections.{key + 1}": HERE}
    _write(session, draft, replace(now, fields=fields, last_key=key + 1), person_id)
    return name


def add_detection(session: Session, draft: Draft, item: str, person_id: str) -> str:
    """One more detection in the item called *item*; answers its name.

    Raises:
        Conflict: the item is gone.
        InvalidInput: the form is full.
    """
    now = Content.of(draft)
    if item not in now.fields or part_of(item) != (item,):
        raise Conflict(_("Somebody has removed this item meanwhile."))
    if sum(len(detections) for _key, detections in layout_of(now.fields).items) >= MOST_DETECTIONS:
        raise InvalidInput(
            _("A form holds at most %(most)d detections; send larger reports as a file.") % {"most": MOST_DETECTIONS}
        )
    key = now.last_key + 1
    name = f"{item}.detections.{key}"
    _write(session, draft, replace(now, fields=now.fields | {name: HERE}, last_key=key), person_id)
    return name


def remove(session: Session, draft: Draft, part: str, person_id: str) -> None:
    """Take out the item or detection called *part*; what it said stays with the draft's changes."""
    now = Content.of(draft)
    fields = {name: text for name, text in now.fields.items() if part not in part_of(name)}
    others = {name: other for name, other in now.others.items() if part not in part_of(name)}
    _write(session, draft, replace(now, fields=fields, others=others), person_id)


def choose(session: Session, draft: Draft, name: str, person_id: str, *, take: bool) -> None:
    """Settle a field in which two typed: *take* the other's text, or keep the one that stands there."""
    now = Content.of(draft)
    if name not in now.others:
        return
    others = {each: other for each, other in now.others.items() if each != name}
    fields = now.fields | {name: now.others[name].text} if take else now.fields
    fields = {each: text for each, text in fields.items() if text}
    _write(session, draft, replace(now, fields=fields, others=others), person_id)


def require_open(draft: Draft) -> None:
    """Refuse to write into what is no draft any more.

    Raises:
        Conflict: it was sent or discarded.
    """
    if draft.sent_as_id is not None:
        raise Conflict(_("This draft was sent already; open the report to amend it."))
    if draft.discarded_at is not None:
        raise Conflict(_("This draft was discarded; take it back first."))


def require_bounded(typed: Fields) -> None:
    """Refuse more than a form can hold.

    Raises:
        InvalidInput: with the field at fault.
    """
    for name, text in typed.items():
        if len(text) > _LONGEST_TEXT:
            message = _("At most %(most)d characters.") % {"most": _LONGEST_TEXT}
            raise InvalidInput(message, errors=[FieldError(name, message)])
    items = layout_of(typed).items
    if len(items) > MOST_ITEMS or sum(len(detections) for _key, detections in items) > MOST_DETECTIONS:
        raise InvalidInput(
            _("A form holds at most %(items)d items and %(detections)d detections.")
            % {"items": MOST_ITEMS, "detections": MOST_DETECTIONS}
        )

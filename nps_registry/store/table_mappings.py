"""What organisations said once of their tables: which column is what, and what their names mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlmodel import col

from nps_registry.store.engine import Session, hold
from nps_registry.store.tables import NameAnswer, TableMapping


def find_mapping(
    session: Session, organisation_id: str, *, name: str | None = None, signature: str | None = None
) -> TableMapping | None:
    """The organisation's mapping called *name*, or the one for tables with this *signature*."""
    wanted = select(TableMapping).where(col(TableMapping.organisation_id) == organisation_id)
    if name is not None:
        wanted = wanted.where(col(TableMapping.name) == name)
    else:
        wanted = wanted.where(col(TableMapping.signature) == signature)
    return session.scalars(wanted).one_or_none()


def keep_mapping(
    session: Session, organisation_id: str, *, name: str, signature: str, mapping: str, actor: str
) -> TableMapping:
    """Remember *mapping* for tables of this layout, in the place of what was remembered for it; names stay unique."""
    _take_turn_of(session, organisation_id)
    kept = find_mapping(session, organisation_id, signature=signature)
    named = find_mapping(session, organisation_id, name=name)
    if named is not None and named is not kept:
        name = f"{name[:100]} {signature[:8]}"
    if kept is None:
        kept = TableMapping(organisation_id=organisation_id, name=name, signature=signature, mapping=mapping)
    kept.name, kept.mapping, kept.made_by, kept.made_at = name, mapping, actor, datetime.now(UTC)
    session.add(kept)
    session.flush()
    return kept


def answers_of(session: Session, organisation_id: str) -> dict[str, str]:
    """What the organisation's names mean, by name."""
    columns = select(col(NameAnswer.name), col(NameAnswer.answer))
    return dict(session.execute(columns.where(col(NameAnswer.organisation_id) == organisation_id)).all())


def keep_answers(session: Session, organisation_id: str, answers: Mapping[str, str], *, actor: str) -> None:
    """Remember what names mean; an empty answer forgets one."""
    _take_turn_of(session, organisation_id)
    now = datetime.now(UTC)
    for name, answer in answers.items():
        which = (col(NameAnswer.organisation_id) == organisation_id, col(NameAnswer.name) == name)
        session.execute(delete(NameAnswer).where(*which))
        if answer:
            session.add(
                NameAnswer(organisation_id=organisation_id, name=name, answer=answer, made_by=actor, made_at=now)
            )
    session.flush()


def _take_turn_of(session: Session, organisation_id: str) -> None:
    """Let two people of one organisation who say the same at once say it one after the other."""
    hold(session, f"table mappings of {organisation_id}")

"""Look-back: which earlier partial identifications a substance that is new, or was refined, could be.

Each ground is one query of an index, so that its cost follows what it finds and not how many reports there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from nps_registry.store.batches import in_batches
from nps_registry.store.bulk import insert_rows
from nps_registry.store.engine import Session, hold
from nps_registry.store.tables import (
    CandidateSubstance,
    Detection,
    LookBack,
    LookBackState,
    LookedAt,
    Organisation,
    Report,
    Substance,
    SubstanceName,
    SubstanceRelation,
)
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.store.visibility import STANDING, visible_substance_ids
from nps_registry.vocabulary.finding import MOST_MZ, MOST_PPM, Result
from nps_registry.vocabulary.notice import LookBackGround
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.substance import Kind, RelationKind, Status

MOST_OF_ONE = 5_000
"""Findings that one substance is told of on one ground; a class alone may be all that is known of more."""

_WIDEST_DA = 2 * MOST_MZ * MOST_PPM * 1e-6 * 2  # both sides, of an ion with two charges
_LIVING = (Status.LISTED, Status.UNCONFIRMED, Status.PROVISIONAL)
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """What a partial identification is compared with.

    Attributes:
        groups: ids of the isomer groups that it is a member of.
    """

    id: int
    formula: str
    mass_da: float | None
    chemical_class: str
    names: tuple[str, ...]
    groups: tuple[int, ...]
    identity: str
    public: bool
    living: bool

    @property
    def digest(self) -> str:
        """Another one wherever another finding could be meant; the mass follows from the formula."""
        told = [self.formula, self.chemical_class, self.names, self.groups, self.identity, self.public, self.living]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Possible:
    """A finding that a substance could be."""

    detection_id: str
    report_id: str
    organisation_id: str
    country: str
    ground: LookBackGround


@dataclass(frozen=True, slots=True)
class LookBackRow:
    """A look-back as its laboratory reads it."""

    report_id: str
    own_reference: str | None
    reported_as: str
    accession: str
    name: str
    ground: LookBackGround
    found_at: datetime


def followed_up_to(session: Session) -> int | None:
    """Up to which change of the registry substances were looked at; none before the first time."""
    return session.scalar(select(col(LookBackState.change)))


def follow_up_to(session: Session, change: int) -> None:
    """Keep that substances were looked at up to *change*."""
    state = session.get(LookBackState, 1) or LookBackState()
    state.change = max(state.change, change)
    session.add(state)
    session.flush()


def take_turn_to_look(session: Session) -> None:
    """Wait until nobody else looks back, until the transaction ends."""
    hold(session, "look-back")


def all_substance_ids(session: Session) -> list[int]:
    """The ids of all substances."""
    return [each for each in session.scalars(select(col(Substance.id)).order_by(col(Substance.id))) if each]


def profiles_of(session: Session, substance_ids: Sequence[int]) -> list[Profile]:
    """The profiles of *substance_ids*, at most a thousand."""
    names: dict[int, list[str]] = {}
    named = select(col(SubstanceName.substance_id), col(SubstanceName.name))
    for key, name in session.execute(named.where(col(SubstanceName.substance_id).in_(substance_ids))):
        names.setdefault(key, []).append(name)
    groups = _groups_of(session, substance_ids)
    public = visible_substance_ids(session, substance_ids, VISITOR)
    rows = session.scalars(select(Substance).where(col(Substance.id).in_(substance_ids)).order_by(col(Substance.id)))
    return [
        Profile(
            id=row.id,
            formula=row.formula or "",
            mass_da=row.mass_da,
            chemical_class=row.chemical_class or "",
            names=tuple(sorted({row.name, *names.get(row.id, ())})),
            groups=tuple(sorted(groups.get(row.id, ()))),
            identity=row.identity or "",
            public=row.id in public,
            living=row.status in _LIVING,
        )
        for row in rows
        if row.id is not None
    ]


def _groups_of(session: Session, substance_ids: Sequence[int]) -> dict[int, set[int]]:
    """The isomer groups that each of *substance_ids* is a member of, whichever way round that is kept."""
    found: dict[int, set[int]] = {}
    group = aliased(Substance)
    for own, other in (
        (col(SubstanceRelation.other_id), col(SubstanceRelation.substance_id)),
        (col(SubstanceRelation.substance_id), col(SubstanceRelation.other_id)),
    ):
        statement = (
            select(own, other)
            .join(group, group.id == other)  # type: ignore[arg-type]  # a column's comparison
            .where(
                col(SubstanceRelation.kind) == RelationKind.MEMBER,
                own.in_(substance_ids),
                group.kind == Kind.ISOMER_GROUP,  # type: ignore[arg-type]
            )
        )
        for key, each in session.execute(statement):
            found.setdefault(key, set()).add(each)
    return found


def digests_of(session: Session, substance_ids: Collection[int]) -> dict[int, str]:
    """What was kept of each of *substance_ids* when it was looked at last."""
    statement = select(LookedAt).where(col(LookedAt.substance_id).in_(substance_ids))
    return {row.substance_id: row.digest for row in session.scalars(statement)}


def keep_digests(session: Session, profiles: Sequence[Profile]) -> None:
    """Keep what *profiles* are now."""
    known = digests_of(session, [profile.id for profile in profiles])
    fresh = [{"substance_id": each.id, "digest": each.digest} for each in profiles if each.id not in known]
    insert_rows(session, LookedAt, fresh)
    for profile in profiles:
        if profile.id in known and known[profile.id] != profile.digest:
            session.get_one(LookedAt, profile.id).digest = profile.digest
    session.flush()


def find_possible(session: Session, profile: Profile) -> list[Possible]:
    """The findings that *profile* could be and that are not settled, each with its surest ground."""
    open_ = col(Detection.substance_id).is_(None)
    weighs = _weighs(profile.mass_da)
    fits_mass = or_(col(Detection.mass_low_da).is_(None), weighs)
    fits = and_(or_(col(Detection.formula) == "", col(Detection.formula) == profile.formula), fits_mass)
    of_class = or_(col(Detection.chemical_class) == "", col(Detection.chemical_class) == profile.chemical_class)
    named = and_(col(Detection.name_given) != "", col(Detection.name_given).in_(profile.names[:_MOST_NAMES]))
    candidates = select(col(CandidateSubstance.detection_id)).where(col(CandidateSubstance.substance_id) == profile.id)
    grounds: list[tuple[LookBackGround, ColumnElement[bool]]] = [
        (LookBackGround.CANDIDATE, and_(open_, col(Detection.id).in_(candidates))),
        (LookBackGround.NAME, and_(open_, named, fits)),
    ]
    if profile.groups:
        grounds.append((LookBackGround.ISOMERS, col(Detection.substance_id).in_(profile.groups)))
    if profile.formula:
        of_formula = and_(open_, col(Detection.formula) != "", col(Detection.formula) == profile.formula)
        grounds.append((LookBackGround.FORMULA, and_(of_formula, of_class)))
    if profile.mass_da is not None:
        measured = and_(open_, col(Detection.mass_low_da).is_not(None), weighs, col(Detection.formula) == "")
        grounds.append((LookBackGround.MASS, and_(measured, of_class)))
    if profile.chemical_class:
        same = and_(open_, col(Detection.chemical_class) != "", col(Detection.chemical_class) == profile.chemical_class)
        grounds.append((LookBackGround.CHEMICAL_CLASS, and_(same, col(Detection.formula) == "", fits_mass)))
    found: dict[str, Possible] = {}
    for ground, condition in grounds:
        for detection_id, report_id, organisation_id, country in session.execute(_possible(condition)):
            found.setdefault(detection_id, Possible(detection_id, report_id, organisation_id, country, ground))
    return list(found.values())


def _weighs(mass_da: float | None) -> ColumnElement[bool]:
    """That *mass_da* lies among the masses that the measured m/z leaves; read from the index over their lower ends."""
    if mass_da is None:
        return false()
    near = col(Detection.mass_low_da).between(mass_da - _WIDEST_DA, mass_da)
    return and_(near, col(Detection.mass_high_da) >= mass_da)


def _possible(condition: ColumnElement[bool]) -> Select[str, str, str, str]:
    return (
        select(col(Detection.id), col(Detection.report_id), col(Report.organisation_id), col(Organisation.country))
        .join(Report, col(Report.id) == col(Detection.report_id))
        .join(Organisation, col(Organisation.id) == col(Report.organisation_id))
        .where(condition, col(Detection.result) != Result.NEGATIVE, col(Report.state).in_(STANDING))
        .limit(MOST_OF_ONE)
    )


def add(session: Session, profile: Profile, possible: Sequence[Possible], at: datetime) -> list[str]:
    """Keep that *profile* could be *possible*; answers the laboratories for which that is news.

    A laboratory is told of a substance only if it may know of it.
    """
    known: set[str] = set()
    for ids in in_batches(each.detection_id for each in possible):
        kept = select(col(LookBack.detection_id)).where(
            col(LookBack.substance_id) == profile.id, col(LookBack.detection_id).in_(ids)
        )
        known |= set(session.scalars(kept))
    may_know = {
        each.organisation_id: profile.public or _knows(session, profile.id, each.organisation_id, each.country)
        for each in {each.organisation_id: each for each in possible}.values()
    }
    fresh = [each for each in possible if each.detection_id not in known and may_know[each.organisation_id]]
    insert_rows(
        session,
        LookBack,
        [
            {
                "detection_id": each.detection_id,
                "substance_id": profile.id,
                "report_id": each.report_id,
                "organisation_id": each.organisation_id,
                "ground": each.ground,
                "found_at": at,
            }
            for each in fresh
        ],
    )
    return sorted({each.organisation_id for each in fresh})


def _knows(session: Session, substance_id: int, organisation_id: str, country: str) -> bool:
    laboratory = Viewer(Role.LABORATORY, organisation_id, country)
    return substance_id in visible_substance_ids(session, [substance_id], laboratory)


def list_of_laboratory(
    session: Session, viewer: Viewer, *, report_id: str | None = None, limit: int = 200
) -> tuple[list[LookBackRow], int]:
    """The look-backs of the viewer's own laboratory that are still open, the newest first, and how many there are.

    A substance that was merged since is shown as the one it leads to; one that the viewer may not know of is not.
    """
    target = aliased(Substance)
    wanted = (
        select(LookBack, Detection, Report, Substance, target)
        .join(Detection, col(Detection.id) == col(LookBack.detection_id))
        .join(Report, col(Report.id) == col(LookBack.report_id))
        .join(Substance, col(Substance.id) == col(LookBack.substance_id))
        .outerjoin(target, target.id == col(Substance.merged_into_id))  # type: ignore[arg-type]
        .where(
            col(LookBack.organisation_id) == viewer.organisation_id,
            col(Report.organisation_id) == viewer.organisation_id,
            col(Report.state).in_(STANDING),
            or_(col(Detection.substance_id).is_(None), col(LookBack.ground) == LookBackGround.ISOMERS),
        )
    )
    if report_id is not None:
        wanted = wanted.where(col(LookBack.report_id) == report_id)
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(col(LookBack.id)).subquery())) or 0
    newest = wanted.order_by(col(LookBack.found_at).desc(), col(LookBack.id).desc()).limit(limit)
    rows = list(session.execute(newest))
    merged_into: list[Substance | None] = [row[4] for row in rows]
    ends = [end or row[3] for end, row in zip(merged_into, rows, strict=True)]
    seen = visible_substance_ids(session, {each.id for each in ends if each.id is not None}, viewer)
    shown = [
        LookBackRow(
            report_id=report.id,
            own_reference=report.own_reference,
            reported_as=detection.reported_as or detection.name_given or detection.formula or detection.chemical_class,
            accession=end.accession,
            name=end.name,
            ground=look_back.ground,
            found_at=look_back.found_at,
        )
        for (look_back, detection, report, _substance, _target), end in zip(rows, ends, strict=True)
        if end.id in seen
    ]
    return shown, total if len(rows) == limit else len(shown)

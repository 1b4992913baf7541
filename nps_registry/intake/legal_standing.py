"""What the control lists say of a finding: by name, by the wording of a near entry, or not at all.

Which structures no law covers is a map for those who look for one: what is said here of a structure that no list names
is for laboratories and reviewers who are signed in, and no public page or answer says it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from nps_registry.search.index import SubstanceIndex
from nps_registry.search.similarity import Hit
from nps_registry.store.engine import Session
from nps_registry.store.index_rows import IndexRow
from nps_registry.store.listings import ListedAs, listings_of, parents_of_esters
from nps_registry.vocabulary.catalogue import ControlScope

LOOKED_AT = 100
"""Nearest substances among which a controlled one is looked for."""

_OF_VARIANTS = (ControlScope.STEREOISOMERS, ControlScope.ISOMERS)
_OF_ESTERS = (ControlScope.ESTERS,)
Listings = Mapping[int, Sequence[ListedAs]]


@dataclass(frozen=True, slots=True)
class Found:
    """What is asked about.

    Attributes:
        substance_id: the entry that the finding is; none where it has none, as far as the asker may know.
        skeleton: of its structure; none without one.
        near: the public substances that it resembles most, nearest first.
        look_further: more of them, asked for only where no list names or covers the finding.
    """

    substance_id: int | None
    skeleton: str | None
    near: Sequence[Hit]
    look_further: Callable[[], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Covered:
    """An entry whose wording covers more than the substance it names.

    Attributes:
        accession: of the substance that the entry names.
        as_what: what of it the finding is.
    """

    accession: str
    name: str
    as_what: ControlScope
    listing: ListedAs


@dataclass(frozen=True, slots=True)
class LegalStanding:
    """What the lists say of one finding.

    Attributes:
        listings: the entries that name it.
        covered: the entries that cover it by their wording and do not name it.
        nearest: the controlled substance that it resembles most, where no entry names or covers it.
    """

    listings: Sequence[ListedAs] = ()
    covered: Sequence[Covered] = ()
    nearest: Hit | None = None


def find_standings(
    session: Session, index: SubstanceIndex, asked: Sequence[Found], *, least_score: float
) -> tuple[Listings, list[LegalStanding]]:
    """What the lists say of each of *asked*; with the entries of all substances that were met on the way.

    A controlled substance that scores less than *least_score* is not named beside a finding.
    """
    variants = [_variants(index, each) for each in asked]
    esters = parents_of_esters(session, {each.substance_id for each in asked if each.substance_id is not None})
    parents = [_rows(index, esters.get(each.substance_id or 0, ())) for each in asked]
    met = {row.id for rows in (*variants, *parents) for row in rows}
    met |= {hit.entry.row.id for each in asked for hit in each.near}
    listings = listings_of(session, met | {each.substance_id for each in asked if each.substance_id is not None})
    standings: list[LegalStanding] = []
    for each, isomers, acids in zip(asked, variants, parents, strict=True):
        own = listings.get(each.substance_id or 0, ())
        covered = () if own else (*_covers(isomers, _OF_VARIANTS, listings), *_covers(acids, _OF_ESTERS, listings))
        nearest = None if own or covered else _find_nearest(session, each, listings, least_score)
        standings.append(LegalStanding(own, covered, nearest))
    return listings, standings


def _variants(index: SubstanceIndex, asked: Found) -> list[IndexRow]:
    """The public entries of the same skeleton."""
    snapshot = index.snapshot
    entries = [snapshot.entries[position] for position in snapshot.by_skeleton.get(asked.skeleton or "", ())]
    return [entry.row for entry in entries if entry.is_public and entry.row.id != asked.substance_id]


def _rows(index: SubstanceIndex, ids: Collection[int]) -> list[IndexRow]:
    snapshot = index.snapshot
    return [snapshot.entries[snapshot.by_id[each]].row for each in ids if each in snapshot.by_id]


def _covers(rows: Sequence[IndexRow], scopes: Sequence[ControlScope], listings: Listings) -> list[Covered]:
    found: list[Covered] = []
    for row in rows:
        for listing in listings.get(row.id, ()):
            as_what = next((scope for scope in scopes if scope.value in listing.scope), None)
            if as_what is not None:
                found.append(Covered(row.accession, row.name, as_what, listing))
    return found


def _find_nearest(session: Session, asked: Found, listings: Listings, least_score: float) -> Hit | None:
    for hits in (asked.near, asked.look_further):
        near = [hit for hit in (hits() if callable(hits) else hits) if hit.score >= least_score]
        unread = {hit.entry.row.id for hit in near} - {hit.entry.row.id for hit in asked.near}
        known = {**listings, **listings_of(session, unread)} if unread else listings
        nearest = next((hit for hit in near if known.get(hit.entry.row.id)), None)
        if nearest is not None:
            return nearest
    return None

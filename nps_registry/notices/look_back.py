"""Look-back: what was listed or refined is held against earlier partial identifications, and their owners are told.

It follows the registry's change counter, so whatever changes a substance is followed up: a listing, a load of the
catalogue, a provisional entry, a merge, a re-identification. A substance is looked at again only where that changed
which a partial identification is compared with. The first time ever it takes things as they stand.
"""

from __future__ import annotations

from datetime import UTC, datetime

from nps_registry.notices.fan_out import LOOK_BACK_TOPIC
from nps_registry.store import changes, outbox
from nps_registry.store import look_backs as stored
from nps_registry.store.engine import Engine, Session, reading, writing

_AT_ONCE = 200


def look_back(engine: Engine) -> int:
    """Follow up what changed since the last time; answers how many substances were looked at.

    Raises:
        NotReady: the database cannot be reached.
    """
    with reading(engine) as session:
        change, before = changes.last_change(session), stored.followed_up_to(session)
        if before == change:
            return 0
        ids = stored.all_substance_ids(session) if before is None else changes.changed_since(session, before)
    looked_at = 0
    for start in range(0, len(ids), _AT_ONCE):
        with writing(engine) as session:
            stored.take_turn_to_look(session)
            looked_at += _look_at(session, ids[start : start + _AT_ONCE], takes_as_it_is=before is None)
    with writing(engine) as session:
        stored.take_turn_to_look(session)
        stored.follow_up_to(session, change)
    return looked_at


def _look_at(session: Session, ids: list[int], *, takes_as_it_is: bool) -> int:
    """Look through the findings for those of *ids* that changed, in one transaction with the messages about them."""
    profiles = stored.profiles_of(session, ids)
    known = stored.digests_of(session, ids)
    changed = [profile for profile in profiles if known.get(profile.id) != profile.digest]
    if not takes_as_it_is:
        at = datetime.now(UTC)
        for profile in changed:
            if profile.living:
                laboratories = stored.add(session, profile, stored.find_possible(session, profile), at)
                told: list[dict[str, object]] = [
                    {"organisation": each, "substance": profile.id, "change": "found"} for each in laboratories
                ]
                if told:
                    outbox.add(session, LOOK_BACK_TOPIC, told)
    stored.keep_digests(session, changed)
    return len(changed)

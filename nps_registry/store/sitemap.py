"""The addresses of all public pages that do not depend on a question."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from nps_registry.store import advisories, bulletins, spread, statistics
from nps_registry.store.engine import Session
from nps_registry.store.tables import ChemicalClass, Substance
from nps_registry.store.viewer import VISITOR
from nps_registry.store.visibility import substances_visible_to
from nps_registry.vocabulary.substance import EffectGroup, Status

MOST = 50_000
_STANDING = (Status.LISTED, Status.UNCONFIRMED, Status.PROVISIONAL)


def public_paths(session: Session) -> list[str]:
    """Paths from the first page down to every substance, :data:`MOST` at the most.

    Single signals are left out: they are many and short, and their lists lead to them.
    """
    fixed = ["/", "/substances", "/timeline", "/signals", "/changes", "/advisories", "/bulletins", "/data", "/about"]
    classes = session.scalars(select(col(ChemicalClass.key)).order_by(col(ChemicalClass.position)))
    accessions = session.scalars(
        select(col(Substance.accession))
        .where(col(Substance.status).in_(_STANDING), substances_visible_to(VISITOR))
        .order_by(col(Substance.accession))
        .limit(MOST)
    )
    paths = [
        *fixed,
        *(f"/advisories/{key}" for key in advisories.public_ids(session)),
        *(f"/bulletins/{row.period}" for row in bulletins.list_bulletins(session)),
        *(f"/classes/{key}" for key in classes),
        *(f"/effects/{group.value}" for group in EffectGroup),
        *(f"/countries/{row.country}" for row in statistics.countries(session)),
        *(f"/years/{year}" for year in spread.years_with_events(session)),
        *(f"/substances/{accession}" for accession in accessions),
    ]
    return paths[:MOST]

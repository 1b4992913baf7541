"""Substances, and claims to known ones, that a curator adds from publications."""

from __future__ import annotations

from collections.abc import Iterator

from nps_registry.catalogue.compiling.claims import Claim, ReadStructure
from nps_registry.catalogue.compiling.curation import Curation
from nps_registry.catalogue.compiling.descriptors import read_descriptor


def claims_of_additions(curation: Curation, read: ReadStructure) -> list[Claim]:
    """One claim per publication that an addition cites.

    Raises:
        UnreadableStructure: if an addition's structure cannot be read.
    """
    return list(_claims(curation, read))


def _claims(curation: Curation, read: ReadStructure) -> Iterator[Claim]:
    for addition in curation.additions:
        structure = read(addition.smiles, addition.stereo)
        for claim in addition.claims:
            yield Claim(
                source_id=claim.source,
                group=claim.source,
                place=claim.place,
                structure=structure,
                names=tuple(map(read_descriptor, claim.names)),
                cas=addition.cas,
                basis=claim.basis,
                is_cited=True,
            )

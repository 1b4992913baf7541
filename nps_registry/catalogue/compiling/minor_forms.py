"""Stereo forms of medicines that one registry alone names are left out: this is no pharmacopoeia.

Medicines and adulterants are here so that mixed samples are recognised. Registries of ingredients list each
enantiomer of them; where nobody else speaks of that form, the entry would say nothing about what laboratories meet.
"""

from __future__ import annotations

from collections.abc import Sequence

from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.vocabulary.substance import Nature

_RECOGNISED_ONLY = frozenset({Nature.MEDICINE, Nature.ADULTERANT})


def leave_out_minor_forms(records: Sequence[SubstanceRecord]) -> list[SubstanceRecord]:
    """*records* without the medicines' forms that one source alone has, where another form has more sources."""
    most: dict[str, int] = {}
    for record in records:
        if record.structure:
            skeleton = record.structure.skeleton
            most[skeleton] = max(most.get(skeleton, 0), _sources(record))
    return [record for record in records if not _is_minor(record, most)]


def _is_minor(record: SubstanceRecord, most: dict[str, int]) -> bool:
    if record.nature not in _RECOGNISED_ONLY or record.structure is None:
        return False
    return _sources(record) < 2 and most[record.structure.skeleton] > 1


def _sources(record: SubstanceRecord) -> int:
    return len({claim.source for claim in record.claims})

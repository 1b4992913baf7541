"""The catalogue that is shipped, as search sees it: names and structures, without fingerprints."""

from __future__ import annotations

from functools import lru_cache

from nps_registry.assets import find_substances
from nps_registry.catalogue.files import read_catalogue
from nps_registry.catalogue.grading import derive_status, grade_substance
from nps_registry.catalogue.records import SourceRecord, SubstanceRecord
from nps_registry.search.snapshot import Snapshot
from nps_registry.store.index_rows import IndexRow, NameRow
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import IdentifierScheme
from tests.unit.search.library import snapshot_of

_NO_FINGERPRINT = ("", b"", b"")


def _make_row(number: int, record: SubstanceRecord, sources: dict[str, SourceRecord]) -> IndexRow:
    structure = record.structure
    return IndexRow(
        number,
        record.accession,
        record.name,
        record.kind,
        record.nature,
        derive_status(record, grade_substance(record, sources)),
        structure.smiles if structure else None,
        structure.inchi if structure else None,
        structure.inchikey if structure else None,
        structure.skeleton if structure else None,
        None,
        structure.stereo if structure else None,
        None,
        None,
        record.chemical_class,
        *_NO_FINGERPRINT,
        tuple(NameRow(name.name, fold(name.name), name.kind) for name in record.names),
        tuple(each.value for each in record.identifiers if each.scheme is IdentifierScheme.CAS),
    )


@lru_cache(maxsize=1)
def shipped() -> Snapshot:
    """Every entry that is neither merged nor withdrawn."""
    catalogue = read_catalogue(find_substances())
    sources = {source.id: source for source in catalogue.sources}
    kept = [record for record in catalogue.substances if record.status is None]
    return snapshot_of(_make_row(number, record, sources) for number, record in enumerate(kept, 1))

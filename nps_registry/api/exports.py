"""Whole public tables, streamed: one header row, no comment lines, nothing a spreadsheet would run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from nps_registry.api.description import resource, sends
from nps_registry.api.substances import SDF_TYPE, sdf_record
from nps_registry.http.dependencies import ServicesOfRequest
from nps_registry.http.services import Services
from nps_registry.http.tables import CSV_TYPE, write_csv
from nps_registry.store import exports as stored
from nps_registry.store.engine import Session, reading
from nps_registry.store.exports import ExportRow
from nps_registry.vocabulary.spreadsheet import defuse

router = resource("/exports", "exports")
PARQUET_TYPE = "application/vnd.apache.parquet"
COLUMNS = (
    "accession", "name", "status", "nature", "evidence", "chemical_class", "smiles", "inchi", "inchikey", "formula",
    "mass_da", "cas", "names",
)  # fmt: skip
REPORT_COLUMNS = (
    "substance", "name", "country", "year", "quarter", "events", "reports", "detections", "demonstration",
)  # fmt: skip


def _cells(row: ExportRow) -> list[object]:
    substance = row.substance
    return [
        substance.accession,
        defuse(substance.name),
        substance.status.value,
        substance.nature.value,
        substance.evidence.value if substance.evidence else "",
        substance.chemical_class or "",
        substance.smiles or "",
        substance.inchi or "",
        substance.inchikey or "",
        substance.formula or "",
        f"{substance.mass_da:.4f}" if substance.mass_da is not None else "",
        "|".join(row.cas),
        defuse("|".join(row.names)),
    ]


def _stream(services: Services, pieces: Any, media_type: str, name: str) -> StreamingResponse:
    """Stream what *pieces* makes of a session that stays open as long as the answer."""

    def run() -> Iterator[str]:
        with reading(services.engine) as session:
            yield from pieces(session)

    headers = {"Content-Disposition": f'attachment; filename="{_marked(services, name)}"'}
    return StreamingResponse(run(), media_type=media_type, headers=headers)


def _marked(services: Services, name: str) -> str:
    """A demonstration's export says so in its file name: a table has no other place that lasts."""
    return f"demonstration-{name}" if services.demonstration else name


@router.get(
    "/substances.csv",
    summary="All public substances as CSV",
    response_class=Response,
    responses=sends(CSV_TYPE),
)
def substances_csv(services: ServicesOfRequest) -> Response:
    """One row per substance; several CAS numbers or names are separated by ``|``."""

    def pieces(session: Session) -> Iterator[str]:
        return write_csv((_cells(row) for row in stored.substances(session)), COLUMNS)

    return _stream(services, pieces, CSV_TYPE, "substances.csv")


@router.get(
    "/substances.sdf",
    summary="All public structures as SDF",
    response_class=Response,
    responses=sends(SDF_TYPE),
)
def substances_sdf(services: ServicesOfRequest) -> Response:
    """One record per substance that has a structure."""

    def pieces(session: Session) -> Iterator[str]:
        return (
            sdf_record(row.substance, row.molblock)
            for row in stored.substances(session, molblocks=True)
            if row.molblock
        )

    return _stream(services, pieces, SDF_TYPE, "substances.sdf")


@router.get("/substances.json", summary="All public substances as JSON", response_class=Response)
def substances_json(services: ServicesOfRequest) -> Response:
    """An object with ``demonstration`` and ``substances``, one object per substance."""

    def pieces(session: Session) -> Iterator[str]:
        yield f'{{"demonstration": {json.dumps(services.demonstration)}, "substances": ['
        for number, row in enumerate(stored.substances(session)):
            cells = dict(zip(COLUMNS, _cells(row), strict=True))
            cells |= {"mass_da": row.substance.mass_da, "cas": row.cas, "names": row.names, "name": row.substance.name}
            yield ("," if number else "") + "\n" + json.dumps(cells, ensure_ascii=False)
        yield "\n]}\n"

    return _stream(services, pieces, "application/json", "substances.json")


@router.get(
    "/substances.parquet",
    summary="All public substances as Parquet",
    response_class=Response,
    responses=sends(PARQUET_TYPE),
)
def substances_parquet(services: ServicesOfRequest) -> Response:
    """The columns of the CSV, ``mass_da`` as a number, ``cas`` and ``names`` as lists."""
    import pyarrow as pa  # tens of milliseconds that no other route needs
    from pyarrow import parquet

    with reading(services.engine) as session:
        rows = [
            dict(zip(COLUMNS, _cells(row), strict=True))
            | {"mass_da": row.substance.mass_da, "cas": row.cas, "names": row.names, "name": row.substance.name}
            for row in stored.substances(session)
        ]
    texts = pa.list_(pa.string())
    special = {"mass_da": pa.float64(), "cas": texts, "names": texts}
    schema = pa.schema(
        [pa.field(name, special.get(name, pa.string())) for name in COLUMNS],
        metadata={"demonstration": json.dumps(services.demonstration)},
    )
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    headers = {"Content-Disposition": f'attachment; filename="{_marked(services, "substances.parquet")}"'}
    return Response(sink.getvalue().to_pybytes(), media_type=PARQUET_TYPE, headers=headers)


@router.get(
    "/reports.csv",
    summary="Public counts per substance, country and quarter as CSV",
    response_class=Response,
    responses=sends(CSV_TYPE),
)
def reports_csv(services: ServicesOfRequest) -> Response:
    """What is public of reports: events, reports and detections per substance, country and quarter.

    The last column says of every row whether its figures are a demonstration's: ``yes`` or ``no``.
    """
    invented = "yes" if services.demonstration else "no"

    def pieces(session: Session) -> Iterator[str]:
        rows = (
            [row.accession, defuse(row.name), row.count.country, row.count.year, row.count.quarter or "",
             row.count.events, row.count.reports, row.count.detections, invented]
            for row in stored.public_counts(session)
        )  # fmt: skip
        return write_csv(rows, REPORT_COLUMNS)

    return _stream(services, pieces, CSV_TYPE, "reports.csv")

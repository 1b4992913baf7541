"""PostgreSQL's RDKit cartridge over the same fingerprints and structures, with GiST indices, in one process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray

from tests.postgresql import running_cluster

_OPTIONS = {"shared_buffers": "1GB", "maintenance_work_mem": "1GB", "max_parallel_workers_per_gather": "0"}
Found = list[tuple[Any, ...]]


class Cartridge:
    """A server with the extension, and what has been laid out in it.

    Each library is a table that is made anew; its rows are numbered from 0.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._laid_out: dict[str, object] = {}
        connection.execute("CREATE EXTENSION rdkit")

    @property
    def version(self) -> str:
        """Of the RDKit inside."""
        return str(self._run("SELECT rdkit_toolkit_version()")[0][0])

    def lay_out_fingerprints(self, packed: NDArray[np.uint8]) -> None:
        """Take the rows of *packed*, (n, 256), in the place of those before; the same ones stay."""
        if self._laid_out.get("fingerprint") is packed:
            return
        self._copy("bytea", [row.tobytes() for row in packed])
        self._run("DROP TABLE IF EXISTS fingerprint")
        self._run("CREATE UNLOGGED TABLE fingerprint AS SELECT id, bfp_from_binary_text(given) AS bits FROM given")
        self._run("CREATE INDEX ON fingerprint USING gist (bits)")
        self._run("ANALYZE fingerprint")
        self._laid_out["fingerprint"] = packed

    def lay_out_structures(self, smiles: Sequence[str]) -> None:
        """Take *smiles* in the place of those before; the cartridge's RDKit is an older one and may leave some out."""
        if self._laid_out.get("structure") is smiles:
            return
        self._copy("text", smiles)
        self._run("DROP TABLE IF EXISTS structure")
        self._run(
            "CREATE UNLOGGED TABLE structure AS SELECT id, mol_from_smiles(given::cstring) AS mol FROM given "
            "WHERE is_valid_smiles(given::cstring)"
        )
        self._run("CREATE INDEX ON structure USING gist (mol)")
        self._run("ANALYZE structure")
        self._laid_out["structure"] = smiles

    def find_similar(self, queries: Sequence[bytes], threshold: float) -> list[Found]:
        """Number and Tanimoto coefficient of all that reach *threshold*, for each of *queries*."""
        self._run("SELECT set_config('rdkit.tanimoto_threshold', %s, false)", [str(threshold)])
        ask: LiteralString = (
            "SELECT id, tanimoto_sml(bits, bfp_from_binary_text(%(query)b)) FROM fingerprint "
            "WHERE bits %% bfp_from_binary_text(%(query)b)"
        )
        return [self._run(ask, {"query": query}) for query in queries]

    def find_nearest(self, queries: Sequence[bytes], limit: int, *, by_index: bool) -> list[Found]:
        """The *limit* best of each of *queries*.

        Read *by_index* they are not the best: the distance that the index of release 2022.09 promises below a branch is
        no lower bound, and it returns structures at 0.2 before others at 0.7. Without it all are scored and sorted.
        """
        self._run("SELECT set_config('enable_indexscan', %s, false)", ["on" if by_index else "off"])
        ask: LiteralString = (
            "SELECT id, tanimoto_sml(bits, bfp_from_binary_text(%(query)b)) FROM fingerprint "
            "ORDER BY bits <%%> bfp_from_binary_text(%(query)b) LIMIT %(limit)s"
        )
        return [self._run(ask, {"query": query, "limit": limit}) for query in queries]

    def find_containing(self, patterns: Sequence[str], limit: int) -> list[Found]:
        """The first *limit* that contain each of *patterns*, which are SMARTS."""
        ask: LiteralString = "SELECT id FROM structure WHERE mol @> %(pattern)s::qmol LIMIT %(limit)s"
        return [self._run(ask, {"pattern": pattern, "limit": limit}) for pattern in patterns]

    def count_containing(self, patterns: Sequence[str]) -> list[int]:
        """How many contain each of *patterns*."""
        ask: LiteralString = "SELECT count(*) FROM structure WHERE mol @> %(pattern)s::qmol"
        return [int(self._run(ask, {"pattern": pattern})[0][0]) for pattern in patterns]

    def _copy(self, kind: LiteralString, values: Sequence[object]) -> None:
        self._run("DROP TABLE IF EXISTS given")
        self._connection.execute(f"CREATE UNLOGGED TABLE given (id int4, given {kind})")
        with self._connection.cursor().copy("COPY given FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", kind])
            for number, value in enumerate(values):
                copy.write_row((number, value))

    def _run(self, statement: LiteralString, values: Any = None) -> Found:
        cursor = self._connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def running_cartridge() -> Iterator[Cartridge]:
    """A fresh server with the extension.

    Raises:
        LookupError: PostgreSQL or the extension is not installed.
    """
    with (
        running_cluster(_OPTIONS) as cluster,
        psycopg.connect(host=str(cluster.directory), user="registry", dbname="postgres", autocommit=True) as connection,
    ):
        if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'rdkit'").fetchall():
            raise LookupError("PostgreSQL has no RDKit cartridge here: run '.ci/system-packages bench', or install it.")
        yield Cartridge(connection)

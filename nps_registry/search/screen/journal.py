"""What has been done so far, kept beside the output: an interrupted screen goes on where it stood.

A directory ``OUTPUT.parts`` holds the plan and one file for each finished part, written in one step each. It is
removed when the output stands.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nps_registry.errors import Conflict
from nps_registry.localisation import gettext as _

if TYPE_CHECKING:
    import pyarrow as pa

_PLAN = "plan.json"


@dataclass(frozen=True, eq=False)
class Journal:
    """The finished parts of one screen.

    Attributes:
        directory: where they are.
    """

    directory: Path

    @classmethod
    def beside(cls, output: Path, plan: Mapping[str, Any], *, restart: bool = False) -> Journal:
        """The journal of the screen that writes *output*, begun anew or taken up again.

        Args:
            output: the file that the screen writes in the end.
            plan: what is asked of what; it must be the same when the screen is taken up again.
            restart: whether a journal that is there is thrown away.

        Raises:
            Conflict: the journal there belongs to another question.
            OSError: nothing can be written there.
        """
        directory = output.with_name(output.name + ".parts")
        text = json.dumps(plan, indent=1, sort_keys=True)
        if restart:
            shutil.rmtree(directory, ignore_errors=True)
        path = directory / _PLAN
        if path.exists() and path.read_text(encoding="utf-8") != text:
            sentence = _(
                "%(directory)s holds a screen that was begun with another library, question or version; "
                "finish that one, or give --restart to throw it away."
            )
            raise Conflict(sentence % {"directory": directory})
        directory.mkdir(parents=True, exist_ok=True)
        journal = cls(directory)
        if not path.exists():
            journal.write(_PLAN, text.encode())
        return journal

    @cached_property
    def finished(self) -> frozenset[int]:
        """Numbers of the parts that were finished when the journal was opened."""
        return frozenset(int(path.stem) for path in self.directory.glob("[0-9]*.arrow"))

    def write(self, name: str, content: bytes) -> None:
        """Write the file *name* in one step."""
        partial = self.directory / f".{name}"
        partial.write_bytes(content)
        partial.replace(self.directory / name)

    def keep(self, number: int, table: pa.Table) -> None:
        """Keep what came of the part *number*."""
        import pyarrow as pa  # only here: the start of short commands

        partial = self.directory / f".{number:08d}.arrow"
        with pa.OSFile(str(partial), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        partial.replace(self.directory / f"{number:08d}.arrow")

    def tables(self) -> Iterator[pa.Table]:
        """What came of every part, in order."""
        import pyarrow as pa

        for path in sorted(self.directory.glob("[0-9]*.arrow")):
            with pa.OSFile(str(path), "rb") as file:
                yield pa.ipc.open_file(file).read_all()

    def remove(self) -> None:
        """The output stands."""
        shutil.rmtree(self.directory)


def identify_file(path: Path) -> dict[str, Any]:
    """What tells whether the file *path* is still the same: its place, length and time."""
    found = path.stat()
    return {"path": str(path.resolve()), "bytes": found.st_size, "changed_ns": found.st_mtime_ns}

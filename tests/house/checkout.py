"""The files of this checkout, as git would commit them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TEXT = {".py", ".md", ".toml", ".html", ".css", ".js", ".txt", ".xml", ".json", ".cfg", ".csv", ".lock", ".pot", ".po"}
_TEXT_NAMES = {"Makefile", "LICENSE", "LICENSE-CATALOGUE", ".gitignore", ".npmrc"}


@lru_cache(maxsize=1)
def list_files() -> tuple[Path, ...]:
    """Every file that is committed or could be, without what .gitignore leaves out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in sorted(answer.stdout.split("\0")) if name)
    return tuple(path for path in paths if path.is_file())


def text_files() -> Iterator[Path]:
    """The files that people read or write as text."""
    for path in list_files():
        if path.suffix in _TEXT or path.name in _TEXT_NAMES or path.parent.name == ".ci":
            yield path


def python_files(*rooms: str) -> Iterator[Path]:
    """The Python files, of *rooms* (top directories) only where any are given."""
    for path in list_files():
        if path.suffix == ".py" and (not rooms or path.relative_to(ROOT).parts[0] in rooms):
            yield path


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as people write it, from the checkout's top."""
    return path.relative_to(ROOT).as_posix()

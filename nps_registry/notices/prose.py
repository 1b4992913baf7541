"""Texts of paragraphs and lists, as pages and print lay them out."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line) or a list (a line each)."""

    is_list: bool
    lines: list[str]


def blocks_of(text: str) -> list[Block]:
    """The blocks of *text*: empty lines part them, lines that begin with a hyphen or a bullet are a list."""
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for line in part.split("\n"):
            mark = re.match(r"\s*[-•*]\s+", line)
            if mark is not None:
                _add(blocks, line[mark.end() :].strip(), is_list=True)
            elif line.strip():
                _continue(blocks, line.strip())
        blocks.append(Block(is_list=False, lines=[]))
    return [block for block in blocks if block.lines]


def _add(blocks: list[Block], line: str, *, is_list: bool) -> None:
    if not blocks or blocks[-1].is_list is not is_list:
        blocks.append(Block(is_list, []))
    blocks[-1].lines.append(line)


def _continue(blocks: list[Block], line: str) -> None:
    """Add a line of running text to the paragraph, or to the last entry of the list, that stands open."""
    if blocks and blocks[-1].lines:
        blocks[-1].lines[-1] += f" {line}"
    else:
        _add(blocks, line, is_list=False)

"""What spreadsheets would run instead of show, taken out of every table that leaves; one rule for all of them."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_UNPRINTABLE = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
LONGEST_SHEET_CELL = 32_767
"""Characters that a cell of a workbook holds."""


def defuse(value: Cell) -> Cell | str:
    """*value* so that a spreadsheet shows it instead of running it: behind an apostrophe where it could be a formula.

    What is a number stays one. Structures are not changed by this: an InChI begins with a letter, and a SMILES that
    begins with one of these characters is no SMILES.
    """
    if not isinstance(value, str) or not value.startswith(_STARTS) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def fit_cell(value: Cell) -> Cell | str:
    """*value* as a cell of a workbook takes it: defused, without control characters, and not too long."""
    told = defuse(value)
    return told.translate(_UNPRINTABLE)[:LONGEST_SHEET_CELL] if isinstance(told, str) else told

"""What a step did to a structure, for the person who drew it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One change, told.

    Attributes:
        code: stable key of the kind of change.
        message: one sentence in the language in force.
        removed: names of what was taken away, one per ion or molecule.
    """

    code: str
    message: str
    removed: tuple[str, ...] = ()

"""The base of every enumeration: a stored key with a label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from nps_registry.localisation import gettext


class Term(StrEnum):
    """A stored key (its value) with a label in the language in force."""

    _label: str

    def __new__(cls, key: str, label: str = "") -> Self:
        """Make the member *key*, shown as *label*; the default is for look-ups by key, ``Kind("chemical")``."""
        member = str.__new__(cls, key)
        member._value_ = key
        member._label = label
        return member

    @property
    def label(self) -> str:
        """What people read for this key."""
        return gettext(self._label)

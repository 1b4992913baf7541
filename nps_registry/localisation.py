"""Every sentence people read passes through :func:`gettext`, looked up in the language of the moment.

The language is a context variable, so two requests served at once each keep their own.
English is the source language: without a translation the text is answered as it was written.
"""

from __future__ import annotations

import gettext as _gettext
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "nps_registry"
SOURCE_LANGUAGE = "en"

_current: ContextVar[_gettext.NullTranslations | None] = ContextVar("translations", default=None)
_NO_TRANSLATION = _gettext.NullTranslations()


def translations() -> _gettext.NullTranslations:
    """The translations in force here; those of the source language when none was chosen."""
    return _current.get() or _NO_TRANSLATION


def gettext(message: str) -> str:
    """*message* in the language in force."""
    return translations().gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """*singular* or *plural*, whichever *count* wants in the language in force."""
    return translations().ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """*message* in the language in force, told apart from equal words by *context*."""
    return translations().pgettext(context, message)


def mark(message: str) -> str:
    """Mark *message* for extraction without translating it now (for tables built at import)."""
    return message


class PseudoTranslations(_gettext.NullTranslations):
    """English as it might look in another language: marked letters, two fifths longer, in brackets.

    A text without brackets on a page has not gone through gettext; a layout that breaks will break in German too.
    """

    _MARKED = str.maketrans("aeiouyAEIOUY", "àéîöüýÀÉÎÖÜÝ")
    _KEPT = re.compile(r"(%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{\w*\}|<[^>]+>|&\w+;)")

    def gettext(self, message: str) -> str:
        """*message*, marked; what is filled in and markup stay as they are."""
        if not message:
            return message
        pieces = self._KEPT.split(message)
        told = "".join(piece if place % 2 else piece.translate(self._MARKED) for place, piece in enumerate(pieces))
        return f"[{told}{'·' * math.ceil(len(message) * 0.4)}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The same for texts with a number."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """The same for texts told apart by *context*."""
        return self.gettext(message)


def load_translations(directory: Path, language: str) -> _gettext.NullTranslations:
    """The compiled translations of *language* below *directory*; the source texts where there are none."""
    return _gettext.translation(DOMAIN, localedir=directory, languages=[language], fallback=True)


@contextmanager
def language_in_force(chosen: _gettext.NullTranslations) -> Iterator[None]:
    """Use *chosen* for every text asked for inside the block."""
    before = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(before)

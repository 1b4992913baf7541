"""Telling SMILES, InChI and molfile apart, and refusing what is none of them."""

from __future__ import annotations

import re
from enum import StrEnum

from nps_registry.chemistry.limits import Limits
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _


class Notation(StrEnum):
    """The forms in which a structure can be given."""

    SMILES = "smiles"
    INCHI = "inchi"
    MOLFILE = "molfile"


_INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_MOLFILE_MARK = re.compile(r"V[23]000\s*$|^M  END", re.MULTILINE)
_FORBIDDEN_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REACTION_FILE = ("$RXN", "$RDFILE")


def detect_notation(text: object, limits: Limits) -> tuple[str, Notation]:
    """The *text* of a structure and its notation, after the checks that need no chemistry.

    Raises:
        UnreadableStructure: *text* is no text, is empty, too long, has control characters, or is
            something else than a structure (an InChIKey, a reaction).
    """
    if not isinstance(text, str):
        raise UnreadableStructure(_("The structure must be text: a SMILES, an InChI or a molfile."))
    _require_plain_text(text, limits)
    stripped = text.strip()
    if not stripped:
        raise UnreadableStructure(_("The structure is empty: give a SMILES, an InChI or a molfile."))
    if stripped.startswith(_REACTION_FILE):
        raise UnreadableStructure(_("This is a reaction file; give the molfile of one substance."))
    if _MOLFILE_MARK.search(text):
        return text, Notation.MOLFILE
    if "\n" in stripped or "\r" in stripped:
        raise UnreadableStructure(
            _("The structure has several lines but is no molfile: its counts line must end in V2000 or V3000.")
        )
    return _detect_line_notation(text, stripped, limits)


def _require_plain_text(text: str, limits: Limits) -> None:
    if len(text) > limits.molfile_bytes or len(text.encode("utf-8", "surrogatepass")) > limits.molfile_bytes:
        raise UnreadableStructure(
            _("The structure is longer than {limit} bytes; give one substance only.").format(limit=limits.molfile_bytes)
        )
    control = _FORBIDDEN_CONTROL.search(text)
    if control:
        raise UnreadableStructure(
            _("There is a control character (code {code}) at position {position}; remove it.").format(
                code=ord(control.group()), position=control.start() + 1
            ),
            position=control.start() + 1,
        )


def _detect_line_notation(text: str, stripped: str, limits: Limits) -> tuple[str, Notation]:
    if _INCHIKEY.fullmatch(stripped):
        raise UnreadableStructure(
            _("This is an InChIKey, from which no structure can be read; give the InChI or search by name.")
        )
    is_inchi = stripped.startswith("InChI=")
    limit = limits.inchi_chars if is_inchi else limits.smiles_chars
    if len(text) > limit:
        raise UnreadableStructure(
            _("The structure has {length} characters; at most {limit} are read.").format(length=len(text), limit=limit)
        )
    return text, Notation.INCHI if is_inchi else Notation.SMILES

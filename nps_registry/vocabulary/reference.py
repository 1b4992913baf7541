"""Random public references: nothing can be read from them, neither number nor order."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32 without the digits that are read as letters: no I, L, O, U, 0 or 1.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REPORT_PREFIX = "R"
PROVISIONAL_PREFIX = "P"
REFERENCE_SHAPE = re.compile(rf"[A-Z]-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
CATALOGUE_ACCESSION_SHAPE = re.compile(r"NPS-\d{6}")


def mint_reference(prefix: str) -> str:
    """A fresh reference such as ``R-7K3F-9Q2M``; 30**8 of them, so the caller's unique key settles the rest."""
    number, letters = secrets.randbelow(len(ALPHABET) ** 8), ""
    for _position in range(8):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"{prefix}-{letters[:4]}-{letters[4:]}"

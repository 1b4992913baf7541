"""A registry's several numbers on one entry: one is the substance's, the others are its salts' or foreign.

The tables give each number a structure without counter-ions, so that a salt that is known by a code alone
(``BAY-4503``) arrives like the base. Where exactly one of the numbers goes with the entry's own name, the others
give neither identifiers nor names.
"""

from __future__ import annotations

from dataclasses import replace

from nps_registry.catalogue.compiling.identities import Attached, Entry
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import IdentifierScheme


def without_other_registrations(entry: Entry, preferred: str) -> Entry:
    """*entry* with the number alone that goes with its *preferred* name; itself where none does, or one is there."""
    registered = [attached for attached in entry.claims if _is_registered(attached)]
    wanted = fold(preferred)
    named = [each for each in registered if any(fold(name.text) == wanted for name in each.claim.names)] or [
        each for each in registered if any(fold(name.bare) == wanted for name in each.claim.names)
    ]
    if len(registered) < 2 or not named:
        return entry
    own = max(named, key=lambda attached: (not attached.claim.salts, len(attached.claim.names)))
    claims = [
        attached if attached not in registered or attached is own else _bare(attached, keeps_names=attached in named)
        for attached in entry.claims
    ]
    return replace(entry, claims=claims)


def _is_registered(attached: Attached) -> bool:
    claim = attached.claim
    is_unii = claim.identifier is not None and claim.identifier[0] is IdentifierScheme.UNII
    return is_unii and bool(claim.names) and attached.agreement is Agreement.FULL


def _bare(attached: Attached, *, keeps_names: bool) -> Attached:
    claim = attached.claim
    return replace(attached, claim=replace(claim, identifier=None, names=claim.names if keeps_names else ()))

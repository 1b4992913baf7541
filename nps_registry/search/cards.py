"""The card: what a list or a hit says of a substance. Rendered once per change, never per request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from nps_registry.vocabulary.substance import Status


@dataclass(frozen=True, slots=True)
class Card:
    """A substance in one line of a list."""

    accession: str
    name: str
    smiles: str | None
    inchikey: str | None
    chemical_class: str | None
    status: str
    url: str


_MEMBERS = Card.__slots__
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Described(Protocol):
    """What a card is made of; rows of the index and of the store have it alike."""

    @property
    def accession(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def smiles(self) -> str | None: ...
    @property
    def inchikey(self) -> str | None: ...
    @property
    def chemical_class(self) -> str | None: ...
    @property
    def status(self) -> Status: ...


def card_of(substance: _Described) -> Card:
    """The card of *substance*; ``url`` is its page, relative to the registry's address."""
    return Card(
        accession=substance.accession,
        name=substance.name,
        smiles=substance.smiles,
        inchikey=substance.inchikey,
        chemical_class=substance.chemical_class,
        status=substance.status.value,
        url=f"/substances/{substance.accession}",
    )


def render_card(substance: _Described) -> bytes:
    """The card as JSON in UTF-8, without spaces."""
    card = card_of(substance)
    return _ENCODE({name: getattr(card, name) for name in _MEMBERS}).encode()


def extend_card(card: bytes, extra: bytes) -> bytes:
    """*card* with the members *extra* (JSON without its braces) behind its own."""
    return b"%b,%b}" % (card[:-1], extra)

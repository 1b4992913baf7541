"""Countries (ISO 3166-1 alpha-2, with XK) and the sub-regions of the United Nations' M49 that they lie in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nps_registry.localisation import gettext as _


@dataclass(frozen=True, slots=True)
class Place:
    """A country with the sub-region it lies in.

    Attributes:
        iso2: ISO 3166-1 alpha-2 code.
        region: M49 code of the sub-region, three digits.
    """

    iso2: str
    english_name: str
    region: str
    english_region: str


@cache
def places() -> dict[str, Place]:
    """Every country by its code; read once, from the table beside this module."""
    text = files("nps_registry.vocabulary").joinpath("places.toml").read_text(encoding="utf-8")
    found = {
        iso2: Place(iso2, name, codes.partition(".")[2], region["name"])
        for codes, region in tomllib.loads(text).items()
        for iso2, name in region["countries"].items()
    }
    return dict(sorted(found.items()))


def countries() -> Iterator[tuple[str, str]]:
    """Code and name of every country, by code, in the language in force."""
    return ((place.iso2, _(place.english_name)) for place in places().values())


def is_country(code: str) -> bool:
    """Whether *code* is a country's alpha-2 code, in capitals."""
    return code in places()


def country_name(code: str) -> str:
    """The name of a country; the code itself where there is no such country."""
    place = places().get(code)
    return _(place.english_name) if place else code


def region_of(code: str) -> str:
    """The M49 code of the sub-region of a country.

    Raises:
        KeyError: there is no such country; reports are checked before.
    """
    return places()[code].region


def region_name(region: str) -> str:
    """The name of a sub-region; the code itself where there is no such region."""
    names = (place.english_region for place in places().values() if place.region == region)
    name = next(names, None)
    return _(name) if name else region

"""What a question may be restricted to, by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, get_type_hints


class Filters(TypedDict, total=False):
    """What any search may be restricted to, and how many hits it answers at most."""

    chemical_class: str | None
    effect: str | None
    country: str | None
    control: str | None
    first_reported_from: int | None
    first_reported_until: int | None
    limit: int | None


class SimilarityFilters(Filters, total=False):
    """The same, and Tversky's weights of what only the structure asked has, and only the substance."""

    tversky_a: float
    tversky_b: float


class ListFilters(TypedDict, total=False):
    """What the list of substances may be restricted to, how it is sorted, and how many a page of it has."""

    q: str
    chemical_class: str | None
    effect: str | None
    nature: str | None
    status: str | None
    country: str | None
    control: str | None
    first_reported_from: int | None
    sort: str
    limit: int


def require_known(given: Mapping[str, Any], filters: type = Filters) -> dict[str, Any]:
    """*given*, all of which are among *filters*: the registry takes no notice of a parameter that it does not know.

    Raises:
        TypeError: one is not.
    """
    known = get_type_hints(filters)
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise TypeError(f"no such filter: {', '.join(unknown)}; there are {', '.join(known)}")
    return dict(given)

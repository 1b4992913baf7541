"""Countries and the regions they lie in."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel import Locale

from nps_registry.vocabulary.place import country_name, is_country, places, region_name, region_of

# CLDR knows these as territories although ISO 3166-1 assigns none of them.
NOT_IN_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_every_country_that_cldr_knows_is_here_and_no_other() -> None:
    known = {code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))} - NOT_IN_ISO
    assert set(places()) == known


def test_seventeen_regions_of_m49_and_antarctica() -> None:
    sizes = Counter(place.region for place in places().values())
    assert len(sizes) == 18
    assert all(re.fullmatch(r"\d{3}", region) for region in sizes)


@pytest.mark.parametrize(
    ("code", "region"), [("DE", "155"), ("XK", "039"), ("CA", "021"), ("TR", "145"), ("JP", "030"), ("BR", "419")]
)
def test_a_country_lies_in_its_region(code: str, region: str) -> None:
    assert region_of(code) == region
    assert region_name(region) != region


def test_a_code_that_is_none_is_no_country() -> None:
    assert [is_country(code) for code in ("de", "ZZ", "", "EU", "XK")] == [False, False, False, False, True]
    assert country_name("ZZ") == "ZZ"

"""An answer is compressed only for who takes it compressed."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from nps_registry.http.encodings import takes_gzip


@pytest.mark.parametrize("given", ["gzip", "GZIP", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "gzip ; q=0.001"])
def test_who_names_gzip_takes_it(given: str) -> None:
    assert takes_gzip(Headers({"accept-encoding": given}))


@pytest.mark.parametrize("given", ["", "identity", "br", "gzip;q=0", "br, gzip; q=0.000", "gzipped", "*"])
def test_who_does_not_name_it_or_refuses_it_gets_the_plain_answer(given: str) -> None:
    assert not takes_gzip(Headers({"accept-encoding": given}))


def test_who_says_nothing_of_encodings_gets_the_plain_answer() -> None:
    assert not takes_gzip(Headers({}))

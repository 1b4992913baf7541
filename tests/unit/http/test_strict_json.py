"""Bodies that two readers could understand differently are refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.errors import MalformedRequest
from nps_registry.http.strict_json import decode_text, read_json

_scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_values = st.recursive(
    _scalars | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=20,
)


@given(_values)
def test_plain_json_is_read_as_it_was_written(value: object) -> None:
    assert read_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "not a JSON number"),
        ('{"a": -Infinity}', "not a JSON number"),
        ('{"a": 1e999}', "too large"),
        ('{"a": ' + "9" * 5000 + "}", "more than"),
        ('{"a": "\\u0000"}', "null byte"),
        ('{"a": "\\ud800"}', "surrogate"),
        ("[" * 100 + "]" * 100, "nested"),
        ("[" * 100_000 + "]" * 100_000, "nested"),
        ('{"a": }', "line 1, column 7"),
        ("", "not JSON"),
    ],
)
def test_what_readers_disagree_on_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(MalformedRequest, match=reason):
        read_json(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(MalformedRequest):
        read_json(decode_text(body))


def test_a_byte_that_is_not_utf8_is_named() -> None:
    with pytest.raises(MalformedRequest, match="byte 3"):
        decode_text(b"{}\xff")

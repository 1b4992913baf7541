"""Signed documents: the canonical form is what is signed, and nothing of it can be changed."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.errors import InvalidInput
from nps_registry.notices.signing import (
    PublicKey,
    canonical_bytes,
    key_id_of,
    read_document,
    read_keys,
    verify,
    write_instant,
    write_keys,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RAW = PRIVATE.public_key().public_bytes_raw()
KEY = PublicKey(key_id_of(RAW), RAW)
MODIFIED = datetime(2026, 11, 27, 10, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "id": "NPS-ADV-2026-7K3F9Q",
    "version": 2,
    "modified": write_instant(MODIFIED),
    "summary": "α-PVP – “twice”",
    "affected": [{"mz": 178.12264, "isomers": [], "mass": None}, {"mz": 1e-7}],
    "demonstration": False,
}


def signed(document: dict[str, Any], private: Ed25519PrivateKey = PRIVATE) -> dict[str, Any]:
    raw = private.public_key().public_bytes_raw()
    signature = base64.b64encode(private.sign(canonical_bytes(document))).decode()
    return {**document, "signatures": [{"algorithm": "Ed25519", "key_id": key_id_of(raw), "signature": signature}]}


WHOLE = signed(DOCUMENT)
BYTES = json.dumps(WHOLE, ensure_ascii=False).encode()


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        yield (*path, key)
        yield from paths(child, (*path, key))


PATHS = sorted(paths(WHOLE), key=repr)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(), st.text(max_size=20), st.just([])
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one in JSON: 1 and 1.0 are, 1 and true are not."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def test_what_was_signed_is_valid_however_it_is_laid_out() -> None:
    assert verify(WHOLE, [KEY]).valid
    turned = dict(reversed(list(WHOLE.items())))
    assert verify(read_document(json.dumps(turned, indent=4).encode()), [KEY]).valid


def test_the_canonical_form_is_that_of_the_standard() -> None:
    # RFC 8785, 3.2.2 and 3.2.3: numbers as ECMAScript writes them, members by their UTF-16 units.
    told = {"€": 1, "\r": 2, "1": 4.50, "😀": 1e30, "ö": 333333333.33333329, "b": [1e-7, True, None]}
    expected = '{"\\r":2,"1":4.5,"b":[1e-7,true,null],"ö":333333333.3333333,"€":1,"😀":1e+30}'
    assert canonical_bytes(told) == expected.encode()


@given(st.sampled_from(PATHS), VALUES)
def test_no_value_can_be_changed(path: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(WHOLE)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    if same(place[path[-1]], value):
        return
    place[path[-1]] = value
    assert not verify(changed, [KEY]).valid


@given(st.sampled_from(PATHS))
def test_no_value_can_be_taken_away(path: tuple[Any, ...]) -> None:
    changed = copy.deepcopy(WHOLE)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    assert not verify(changed, [KEY]).valid


@given(st.text(max_size=10).filter(lambda name: name not in WHOLE), VALUES)
def test_nothing_can_be_added(name: str, value: Any) -> None:
    assert not verify({**WHOLE, name: value}, [KEY]).valid


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing_that_is_said(place: int, flip: int) -> None:
    changed = bytearray(BYTES)
    changed[place] ^= flip
    try:
        document = read_document(bytes(changed))
    except InvalidInput:
        return
    verdict = verify(document, [KEY])
    same_content = canonical_bytes(document) == canonical_bytes(WHOLE) and document["signatures"] == WHOLE["signatures"]
    assert verdict.valid is same_content


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": Infinity}', b"\xff\xfe", b'"x"', b"[" * 100_000],
)
def test_what_could_be_read_in_two_ways_is_not_read(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_document(text)


@pytest.mark.parametrize("signatures", [None, [], {}, "x", [1], [{}], [{"algorithm": "none", "key_id": "x"}]])
def test_a_document_without_a_whole_signature_is_not_valid(signatures: Any) -> None:
    assert not verify({**DOCUMENT, "signatures": signatures}, [KEY]).valid
    assert not verify(DOCUMENT, [KEY]).valid


def test_another_key_does_not_vouch_for_it() -> None:
    stranger = Ed25519PrivateKey.generate()
    assert not verify(signed(DOCUMENT, stranger), [KEY]).valid
    forged = signed(DOCUMENT, stranger)
    forged["signatures"][0]["key_id"] = KEY.key_id
    assert not verify(forged, [KEY]).valid
    assert not verify({**WHOLE, "signatures": WHOLE["signatures"] + forged["signatures"]}, [KEY]).valid


def test_a_retired_key_vouches_for_what_is_older_only() -> None:
    for retired, valid in ((MODIFIED + timedelta(seconds=1), True), (MODIFIED - timedelta(seconds=1), False)):
        assert verify(WHOLE, [PublicKey(KEY.key_id, RAW, retired)]).valid is valid


def test_keys_are_read_as_they_are_published() -> None:
    keys = [KEY, PublicKey(KEY.key_id, RAW, MODIFIED)]
    assert read_keys(json.dumps(write_keys(keys)).encode()) == keys
    told = write_keys([KEY])
    changes: tuple[dict[str, Any], ...] = (
        {"keys": []}, {"keys": [{}]}, {"keys": 1}, {"keys": [{**told["keys"][0], "key_id": "0" * 16}]},
        {"keys": [{**told["keys"][0], "public_key": "AAAA"}]}, {"keys": [{**told["keys"][0], "algorithm": "RSA"}]},
    )  # fmt: skip
    for change in changes:
        with pytest.raises(InvalidInput):
            read_keys(json.dumps({**told, **change}).encode())

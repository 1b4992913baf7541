"""Fingerprints stay exact through every change, and their file is used only if it is whole and of the same recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nps_registry.chemistry.fingerprints import MORGAN
from nps_registry.search import layers
from nps_registry.search.bits import BitPlanes
from nps_registry.search.layers import LayeredPlanes
from nps_registry.search.shelf import KEY_BYTES, NOWHERE, Layer, Shelf, read_layer, write_layer

SMALL = replace(MORGAN, size=64)
CONTENT = st.lists(st.binary(min_size=8, max_size=8), max_size=12, unique=True)


def key_of(bits: bytes) -> bytes:
    return bits * (KEY_BYTES // 8)


def lay_out(bits: Sequence[bytes], shelf: Shelf, before: LayeredPlanes | None = None) -> LayeredPlanes:
    keys = [key_of(each) for each in bits]
    return LayeredPlanes.of(keys, lambda places: [bits[place] for place in places], SMALL, shelf, before)


def hits(planes: LayeredPlanes | BitPlanes, query: bytes) -> dict[int, float]:
    found, scores = planes.search(query, 0.2)
    return dict(zip(found.tolist(), scores.tolist(), strict=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(history=st.lists(CONTENT, min_size=1, max_size=6), query=st.binary(min_size=8, max_size=8), kept=st.booleans())
def test_any_history_of_changes_is_searched_as_if_laid_out_anew(
    history: list[list[bytes]], query: bytes, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_SMALL", 3)
    shelf = Shelf(tmp_path) if kept else NOWHERE
    planes = None
    for content in history:
        planes = lay_out(content, shelf, planes)
        assert hits(planes, query) == hits(BitPlanes.of(content, 64), query)
        assert len(planes) == len(content)


def test_a_change_makes_its_own_fingerprints_only(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    bits = [random.bytes(8) for _ in range(2_000)]
    first = lay_out(bits, Shelf(tmp_path))
    asked: list[int] = []

    def make(places: Sequence[int]) -> list[bytes]:
        asked.extend(places)
        return [changed[place] for place in places]

    changed = [*bits[5:], b"8 bytes!"]
    LayeredPlanes.of([key_of(each) for each in changed], make, SMALL, Shelf(tmp_path), first)
    assert asked == [len(changed) - 1]
    asked.clear()
    LayeredPlanes.of([key_of(each) for each in changed], make, SMALL, Shelf(tmp_path))
    assert asked == [len(changed) - 1], "another process finds the file and makes nothing else"


def test_a_large_layer_is_mapped_from_its_file(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    planes = lay_out([random.bytes(8) for _ in range(2_000)], Shelf(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [f"{SMALL.id}.planes"]
    assert not planes.base.planes.planes.flags.owndata
    assert not planes.base.planes.planes.flags.writeable


@pytest.mark.parametrize("damage", ["recipe", "rdkit", "byte", "length", "header"])
def test_a_file_of_another_recipe_or_with_damage_is_made_anew(tmp_path: Path, damage: str) -> None:
    random = np.random.default_rng(3)
    bits = [random.bytes(8) for _ in range(1_000)]
    path = tmp_path / f"{SMALL.id}.planes"
    other = {"recipe": replace(SMALL, radius=3), "rdkit": replace(SMALL, rdkit_version="2020.03.1")}.get(damage, SMALL)
    packed = np.frombuffer(b"".join(bits), np.uint8).reshape(-1, 8)
    write_layer(path, other, Layer.of(~packed, [key_of(each) for each in bits]))
    content = bytearray(path.read_bytes())
    if damage == "byte":
        content[-30_000] ^= 1
    elif damage == "length":
        del content[-7:]
    elif damage == "header":
        content[:20] = b"\xff" * 20
    path.write_bytes(content)
    if damage in {"recipe", "rdkit", "length", "header", "byte"}:
        with pytest.raises(ValueError):
            read_layer(path, SMALL)
    planes = lay_out(bits, Shelf(tmp_path))
    assert hits(planes, bits[0]) == hits(BitPlanes.of(bits, 64), bits[0])
    assert len(read_layer(path, SMALL).keys) == 1_000


def test_a_disk_that_takes_nothing_takes_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    bits = [bytes([number]) * 8 for number in range(200)]
    planes = lay_out(bits * 1, Shelf(tmp_path / "file" / "below"))
    assert hits(planes, bits[7]) == hits(BitPlanes.of(bits, 64), bits[7])


def test_packed_fingerprints_come_back_as_they_went_in() -> None:
    random = np.random.default_rng(4)
    packed = random.integers(0, 256, (5_000, 8), dtype=np.uint8)
    assert (BitPlanes.of_packed(packed).packed() == packed).all()

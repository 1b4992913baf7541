"""Planes of bits as files: one compact array by recipe, mapped into memory and so shared by all workers.

A file carries its recipe and a digest of what it holds. One of another recipe or RDKit, of another registry or
with a damaged byte is not used: it is made anew and takes the place of the old one in one step, under the feet
of nobody, for who has the old one mapped keeps it.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nps_registry.chemistry.fingerprints import Recipe
from nps_registry.search.bits import BitPlanes

KEY_BYTES = 16
_FORMAT = "nps-registry planes 1"
_HEADER_BYTES = 4096
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Layer:
    """Planes, and which structure each fingerprint in them belongs to.

    Attributes:
        planes: the fingerprints.
        keys: (n, 16) key of each, in the sequence the planes were made of; all different.
    """

    planes: BitPlanes
    keys: NDArray[np.uint8]

    @classmethod
    def of(cls, packed: NDArray[np.uint8], keys: list[bytes]) -> Layer:
        """Lay out *packed*, (n, bytes), under *keys*."""
        return cls(BitPlanes.of_packed(packed), np.frombuffer(b"".join(keys), np.uint8).reshape(-1, KEY_BYTES))

    @cached_property
    def places(self) -> Mapping[bytes, int]:
        """Where each key stands in the sequence."""
        text = self.keys.tobytes()
        return {text[start : start + KEY_BYTES]: start // KEY_BYTES for start in range(0, len(text), KEY_BYTES)}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The directory of such files; without one nothing is kept."""

    directory: Path | None = None

    def open(self, recipe: Recipe) -> Layer | None:
        """The layer kept by *recipe*, mapped; nothing where there is none that can be used."""
        if self.directory is None:
            return None
        path = self.directory / _name(recipe)
        try:
            return read_layer(path, recipe)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _log.warning("%s is made anew: %s", path, error)
            return None

    def keep(self, recipe: Recipe, layer: Layer) -> Layer:
        """Keep *layer* for every worker, and answer it mapped; itself where it cannot be kept."""
        if self.directory is None or len(layer.keys) == 0:
            return layer
        path = self.directory / _name(recipe)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            write_layer(path, recipe, layer)
            return read_layer(path, recipe)
        except (OSError, ValueError) as error:  # a full or read-only disk takes nothing from the answers
            _log.warning("%s cannot be kept: %s", path, error)
            return layer


NOWHERE = Shelf()


def write_layer(path: Path, recipe: Recipe, layer: Layer) -> None:
    """Write *layer* to *path* in one step.

    Raises:
        OSError: it cannot be written.
    """
    planes = layer.planes
    sections = [planes.planes, planes.popcounts, planes.order, layer.keys]
    digest = blake2b(digest_size=16)
    for section in sections:
        digest.update(np.ascontiguousarray(section).data)
    told: dict[str, Any] = {"format": _FORMAT, "recipe": asdict(recipe), "count": len(layer.keys)}
    told |= {"words": planes.planes.shape[1], "digest": digest.hexdigest()}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".planes-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(told).encode().ljust(_HEADER_BYTES))
            for section in sections:
                file.write(np.ascontiguousarray(section).data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_layer(path: Path, recipe: Recipe, *, verify: bool = True) -> Layer:
    """The layer in the file *path*, mapped for reading.

    Args:
        path: where.
        recipe: what the fingerprints must have been made by.
        verify: whether the digest is computed again; not worth it for a file that this run has written.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged, or made by another recipe.
    """
    with path.open("rb") as file:
        told = json.loads(file.read(_HEADER_BYTES))
    if told.get("format") != _FORMAT or told.get("recipe") != asdict(recipe):
        raise ValueError(f"it is not of {recipe.id}")
    count, words = int(told["count"]), int(told["words"])
    lengths = [recipe.size * words * 8, words * 64 * 4, count * 8, count * KEY_BYTES]
    if path.stat().st_size != _HEADER_BYTES + sum(lengths):
        raise ValueError("it is not as long as it says")
    mapped = np.memmap(path, np.uint8, "r", offset=_HEADER_BYTES).view(np.ndarray)
    if verify and blake2b(mapped.data, digest_size=16).hexdigest() != told["digest"]:
        raise ValueError("it is damaged")
    planes, popcounts, order, keys = np.split(mapped, np.cumsum(lengths)[:-1])
    laid_out = BitPlanes(
        planes.view(np.uint64).reshape(recipe.size, words), popcounts.view(np.int32), order.view(np.int64)
    )
    return Layer(laid_out, keys.reshape(count, KEY_BYTES))


def _name(recipe: Recipe) -> str:
    return f"{recipe.id}.planes"

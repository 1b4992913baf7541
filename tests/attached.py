"""Small files of every kind that goes with a report, for tests."""

from __future__ import annotations

import io

from PIL import Image

JDX = b"##TITLE= caffeine\n##JCAMP-DX= 4.24\n##END=\n"
MZML = b'<?xml version="1.0"?><mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0"><run/></mzML>'
MSP = b"Name: caffeine\nMW: 194\nNum Peaks: 2\n109 100; 194 999\n"
CSV = b"mz,intensity\n109,100\n194,999\n"
PDF = b"%PDF-1.7\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20)) -> bytes:
    """A photograph turned by a quarter, as its camera says beside things that nobody else shall read."""
    image, exif, kept = Image.new("RGB", size, "teal"), Image.Exif(), io.BytesIO()
    exif[0x010F], exif[0x0112], exif[0x8825] = "SecretCamera", 6, {1: "N", 2: (52.0, 30.0, 0.0)}
    image.save(kept, kind, exif=exif, **({"comment": b"SecretComment"} if kind == "JPEG" else {}))
    return kept.getvalue()

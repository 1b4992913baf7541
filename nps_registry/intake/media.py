"""What a file is, by its content: its name and what the sender calls it decide nothing.

Sources: JCAMP-DX begins with ``##TITLE=`` (IUPAC JCAMP-DX 4.24); mzML's root is ``mzML`` or ``indexedmzML`` (HUPO-PSI
mzML 1.1); MSP is NIST's text of ``Name:`` and ``Num Peaks:`` lines.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, ImageOps, UnidentifiedImageError

from nps_registry.errors import InvalidInput, UnsupportedForm
from nps_registry.localisation import gettext as _

MOST_PIXELS = 50_000_000
_IMAGES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}
_MOST_ELEMENTS = 5_000_000


@dataclass(frozen=True, slots=True)
class Medium:
    """A form of file that reports may have attached.

    Attributes:
        is_photograph: whether it is a picture, which is encoded anew before it is kept.
    """

    media_type: str
    ending: str
    is_photograph: bool = False


JCAMP_DX = Medium("chemical/x-jcamp-dx", ".jdx")
MZML = Medium("application/mzml+xml", ".mzML")
MSP = Medium("text/x-msp", ".msp")
CSV = Medium("text/csv", ".csv")
PDF = Medium("application/pdf", ".pdf")


def medium_of(body: bytes) -> Medium:
    """What *body* is.

    Raises:
        UnsupportedForm: none of what may be attached.
        InvalidInput: it begins like one of those and is damaged or hostile.
    """
    if body.startswith(b"%PDF-"):
        return PDF
    if body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        kind = "JPEG" if body.startswith(b"\xff") else "PNG"
        return Medium(*_IMAGES[kind], is_photograph=True)
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"##"):
        _require_text(body)
        if re.match(rb"##\s*TITLE\s*=", head, re.IGNORECASE):
            return JCAMP_DX
    if head.startswith(b"<"):
        _require_mzml(body)
        return MZML
    return _text_medium(body)


def _text_medium(body: bytes) -> Medium:
    text = _require_text(body)
    if re.search(r"^name\s*:", text[:4096], re.IGNORECASE | re.MULTILINE) and re.search(
        r"^num ?peaks\s*:", text[:65_536], re.IGNORECASE | re.MULTILINE
    ):
        return MSP
    lines = text.splitlines()[:50]
    for delimiter in ",;\t":
        try:
            widths = {len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row}
        except csv.Error:
            continue
        if len(lines) >= 2 and widths and min(widths) >= 2:
            return CSV
    raise _unsupported()


def _unsupported() -> UnsupportedForm:
    return UnsupportedForm(_("This is no file that is kept here: attach JCAMP-DX, mzML, MSP, CSV, JPEG, PNG or PDF."))


def _require_text(body: bytes) -> str:
    """*body* as text.

    Raises:
        UnsupportedForm: it holds bytes that no text has.
    """
    if b"\x00" in body:
        raise _unsupported()
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:  # instruments of the nineties write Latin-1
        text = body.decode("latin-1")
    if any(ord(character) < 32 and character not in "\t\r\n\f\x1a" for character in text[:65_536]):
        raise _unsupported()
    return text


def _require_mzml(body: bytes) -> None:
    """Read *body* as mzML to its end, without entities, and without keeping what was read.

    Raises:
        UnsupportedForm: it is other XML.
        InvalidInput: it is damaged, or holds entities.
    """
    try:
        root = None
        reader = ElementTree.iterparse(io.BytesIO(body), events=("start", "end"), forbid_dtd=True)
        for number, (event, element) in enumerate(reader):
            if root is None:
                root = element
                if element.tag.rpartition("}")[2] not in {"mzML", "indexedmzML"}:
                    raise _unsupported()
            elif event == "end":
                element.clear()
            if number > _MOST_ELEMENTS:
                raise InvalidInput(_("The mzML file has more parts than any real one."))
    except DefusedXmlException:
        raise InvalidInput(_("The file holds XML entities or a document type, which no mzML needs.")) from None
    except (ParseError, ValueError):
        raise InvalidInput(_("The file begins like XML and is damaged.")) from None


def encode_anew(body: bytes) -> bytes:
    """The picture in *body* without anything but its pixels: no EXIF, XMP, thumbnail, comment or colour profile.

    The orientation that the camera wrote is applied first.

    Raises:
        InvalidInput: it is damaged, or unfolds to more pixels than any photograph.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=tuple(_IMAGES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise InvalidInput(_("The picture has more than %(most)d million pixels.") % {"most": 50})
                kind = picture.format or "PNG"
                upright = ImageOps.exif_transpose(picture)
                plain = _pixels_of(upright, kind)
                kept = io.BytesIO()
                plain.save(kept, kind, **({"quality": 92} if kind == "JPEG" else {"optimize": True}))
                return kept.getvalue()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidInput(_("The picture cannot be read, or is larger than any photograph.")) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        raise InvalidInput(_("The picture is damaged.")) from None


def _pixels_of(picture: Image.Image, kind: str) -> Image.Image:
    """A new picture with the pixels of *picture* and nothing of what hangs on it."""
    mode = "RGB" if kind == "JPEG" or picture.mode not in {"L", "LA", "RGBA"} else picture.mode
    if picture.mode in {"P", "PA"} and "transparency" in picture.info and kind == "PNG":
        mode = "RGBA"
    turned = picture.convert(mode)
    plain = Image.new(mode, turned.size)
    plain.paste(turned)
    return plain

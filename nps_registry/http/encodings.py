"""Which media types and encodings of an answer its reader takes."""

from __future__ import annotations

import re

from starlette.datastructures import Headers

_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def tag_compressed(tag: str) -> str:
    """The tag of the compressed form of what has *tag*: other bytes have another strong tag (RFC 9110, 8.8.3)."""
    return f'{tag[:-1]}-gzip"'


def takes_gzip(headers: Headers) -> bool:
    """Whether the request with *headers* takes gzip: named in ``Accept-Encoding``, and not with the weight 0.

    A request that only takes "any" encoding (``*``) gets the plain one (RFC 9110, 12.5.3).
    """
    for each in headers.get("accept-encoding", "").lower().split(","):
        coding, _semicolon, weight = each.partition(";")
        if coding.strip() == "gzip":
            return bool(weight.partition("=")[2].strip().strip("0.")) if weight else True
    return False


def weigh_media_types(accepted: str) -> dict[str, float]:
    """The media types and ranges of an ``Accept`` header with their weights from 0 to 1 (RFC 9110, 12.5.1).

    A weight that cannot be read counts as none given, which is 1.
    """
    weights: dict[str, float] = {}
    for each in accepted.lower().split(","):
        media_type, *parameters = (part.strip() for part in each.split(";"))
        told = [value for name, _equals, value in (part.partition("=") for part in parameters) if name == "q"]
        weights[media_type] = float(told[0]) if told and _WEIGHT.fullmatch(told[0]) else 1.0
    return weights

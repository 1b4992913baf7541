"""Which encodings of an answer its reader takes."""

from __future__ import annotations

from starlette.datastructures import Headers


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

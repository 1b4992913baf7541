"""Which encodings of an answer its reader takes."""

from __future__ import annotations

from starlette.datastructures import Headers


def takes_gzip(headers: Headers) -> bool:
    """Whether the request with *headers* takes gzip: named in ``Accept-Encoding``, and not with the weight 0.

    A request that only takes "any" encoding (``*``) gets the plain one (RFC 9110, 12.5.3).
    """
    for each in headers.get("accept-encoding", "").lower().split(","):
        coding, _semicolon, weight = each.partition(";")
        if coding.strip() == "gzip":
            return bool(weight.partition("=")[2].strip().strip("0.")) if weight else True
    return False

"""JSON read without mercy: what one reader would take one way and another otherwise is refused.

Python's reader keeps the last of two equal keys, reads NaN and takes lone surrogates; a registry
that keeps payloads verbatim must not accept a text that the next reader understands differently.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from nps_registry.errors import MalformedRequest
from nps_registry.localisation import gettext as _

_DEEPEST = 32
_LONGEST_NUMBER = 40


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedRequest(_("The key “%(key)s” stands twice in one object.") % {"key": key[:80]})
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise MalformedRequest(_("%(name)s is not a JSON number.") % {"name": name})


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise MalformedRequest(_("A number has more than %(most)d characters.") % {"most": _LONGEST_NUMBER})
    return int(text)


def _float(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_NUMBER else float("inf")
    if number in {float("inf"), float("-inf")}:
        raise MalformedRequest(_("A number is too large or too long to be read exactly."))
    return number


def _check_text(value: object, depth: int = 0) -> None:
    """Refuse null bytes, lone surrogates and nesting that no report needs."""
    if depth > _DEEPEST:
        raise MalformedRequest(_("The body is nested more than %(most)d levels deep.") % {"most": _DEEPEST})
    if isinstance(value, str):
        if "\x00" in value:
            raise MalformedRequest(_("A text in the body holds a null byte."))
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise MalformedRequest(_("A text in the body holds half of a surrogate pair."))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, depth + 1)
            _check_text(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner, depth + 1)


def decode_text(body: bytes) -> str:
    """*body* as UTF-8 text.

    Raises:
        MalformedRequest: empty, or not UTF-8 (the sentence names the byte).
    """
    if not body:
        raise MalformedRequest(_("The body is empty; send JSON."))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedRequest(
            _("The body is not UTF-8: byte %(position)d cannot be read.") % {"position": error.start + 1}
        ) from None


def read_json(text: str) -> Any:
    """The value that *text* holds.

    Raises:
        MalformedRequest: not JSON (with line and column), a key twice, NaN or an infinity, a null
            byte, half a surrogate pair, or nested too deep.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise MalformedRequest(
            _("The body is not JSON: %(reason)s at line %(line)d, column %(column)d.")
            % {"reason": error.msg, "line": error.lineno, "column": error.colno}
        ) from None
    except RecursionError:
        raise MalformedRequest(_("The body is nested too deep.")) from None
    _check_text(value)
    return value

"""Signatures over what is published: Ed25519 (RFC 8032) over canonical JSON (RFC 8785).

A signed document is a JSON object with a member ``signatures``. What is signed is the object without that member, in
its one canonical form, so a document may be laid out anew and nothing else. Each signature names its key by the first
16 hexadecimal digits of the SHA-256 over the public key's 32 bytes. A retired key goes on verifying what was dated
before its retirement.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nps_registry.accounts.seal import Seal
from nps_registry.errors import InvalidInput, NotReady
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, signing_keys
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.tables import SigningKey

ALGORITHM = "Ed25519"
CANONICAL = "RFC 8785"
_SIGNATURE_MEMBERS = {"algorithm", "key_id", "signature"}
_LARGEST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to verify by.

    Attributes:
        retired_at: nothing dated later is valid under it; none while it is in use.
    """

    key_id: str
    raw: bytes
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a document is what the registry signed; *sentence* says it, or what is wrong."""

    valid: bool
    sentence: str


def key_id_of(raw: bytes) -> str:
    """The name of a public key: the beginning of its digest."""
    return hashlib.sha256(raw).hexdigest()[:16]


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The bytes that a signature of *document* is over.

    Raises:
        InvalidInput: it holds what JSON cannot say exactly, such as a number beyond 2**53.
    """
    plain = {name: value for name, value in document.items() if name != "signatures"}
    try:
        return rfc8785.dumps(plain)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        raise InvalidInput(_("The document holds a value that has no canonical form.")) from None


def require_key(session: Session, seal: Seal, *, actor: str) -> SigningKey:
    """The key in use; made where there is none yet. The caller's transaction writes."""
    signing_keys.lock_keys(session)
    return signing_keys.key_in_use(session) or _make_key(session, seal, actor)


def have_key(engine: Engine, seal: Seal) -> None:
    """Make the first key where the registry has none."""
    with reading(engine) as session:
        there = signing_keys.key_in_use(session) is not None
    if not there:
        with writing(engine) as session:
            require_key(session, seal, actor="registry")


def rotate_key(session: Session, seal: Seal, *, actor: str) -> SigningKey:
    """Sign with a fresh key from now on; what was signed before stays verifiable with the retired one."""
    signing_keys.lock_keys(session)
    return _make_key(session, seal, actor)


def _make_key(session: Session, seal: Seal, actor: str) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    raw, at = private.public_key().public_bytes_raw(), datetime.now(UTC)
    row = SigningKey(
        id=key_id_of(raw),
        public_key=base64.b64encode(raw).decode(),
        sealed_key=seal.close(base64.b64encode(private.private_bytes_raw()).decode()),
        created_at=at,
    )
    signing_keys.keep(session, row, retired_at=at)
    audit.append(session, [AuditEntry(actor, "signing_key.made", "signing_key", row.id, None, {"key_id": row.id})])
    return row


def sign(session: Session, seal: Seal, document: Mapping[str, Any], *, actor: str) -> list[dict[str, str]]:
    """The signatures of *document* by the key in use.

    Raises:
        NotReady: the key is sealed with another secret than the registry has now.
    """
    row = require_key(session, seal, actor=actor)
    opened = seal.open(row.sealed_key)
    if opened is None:
        raise NotReady(
            _(
                "The signing key was sealed with another secret key than NPS_SECRET_KEY or secret.key is now; put that"
                " one back, or go on with a fresh key: nps-registry notices rotate-key"
            )
        )
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(opened))
    signature = base64.b64encode(private.sign(canonical_bytes(document))).decode()
    return [{"algorithm": ALGORITHM, "key_id": row.id, "signature": signature}]


def public_keys(session: Session) -> list[PublicKey]:
    """The keys of this registry."""
    return [
        PublicKey(row.id, base64.b64decode(row.public_key), row.retired_at) for row in signing_keys.list_keys(session)
    ]


def write_keys(keys: Sequence[PublicKey]) -> dict[str, Any]:
    """The keys as they are published.

    When the key in use was made is not told: the first one may be made for an advisory that few may know of.
    """
    return {
        "format": "nps-registry-keys/1",
        "canonical": CANONICAL,
        "keys": [
            {
                "key_id": key.key_id,
                "algorithm": ALGORITHM,
                "public_key": base64.b64encode(key.raw).decode(),
                "retired": write_instant(key.retired_at) if key.retired_at else None,
            }
            for key in keys
        ],
    }


def read_keys(text: bytes) -> list[PublicKey]:
    """The keys in a file as :func:`write_keys` made it.

    Raises:
        InvalidInput: it is none.
    """
    told = read_document(text)
    try:
        keys = [_read_key(each) for each in told["keys"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidInput(_("The file of keys is not one that a registry publishes.")) from None
    if not keys:
        raise InvalidInput(_("The file of keys holds none."))
    return keys


def _read_key(told: Mapping[str, Any]) -> PublicKey:
    raw = base64.b64decode(told["public_key"], validate=True)
    if told["algorithm"] != ALGORITHM or len(raw) != 32 or told["key_id"] != key_id_of(raw):
        raise ValueError
    return PublicKey(key_id_of(raw), raw, read_instant(told["retired"]) if told.get("retired") else None)


def read_document(text: bytes) -> dict[str, Any]:
    """A JSON object, read so that it means one thing: no member twice, no number that is none.

    Raises:
        InvalidInput: it is no such object.
    """
    if len(text) > _LARGEST_BYTES:
        raise InvalidInput(_("The file is larger than anything a registry signs."))
    try:
        told = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidInput(_("The file is not a JSON document that can be read in one way only.")) from None
    if not isinstance(told, dict):
        raise InvalidInput(_("The file holds no JSON object."))
    return told


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def verify(document: Mapping[str, Any], keys: Sequence[PublicKey]) -> Verdict:
    """Whether *document* is what the holder of one of *keys* signed."""
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or not signatures:
        return Verdict(False, _("The document has no signature."))
    known = {key.key_id: key for key in keys}
    for signature in signatures:
        fault = _fault_of(signature, document, known)
        if fault:
            return Verdict(False, fault)
    return Verdict(
        True,
        _("Valid: %(what)s is as the registry signed it with the key %(key)s.")
        % {"what": _name_of(document), "key": signatures[0]["key_id"]},
    )


def _fault_of(signature: object, document: Mapping[str, Any], known: Mapping[str, PublicKey]) -> str:
    """What is wrong with one signature of *document*; nothing where it holds."""
    if not isinstance(signature, dict) or set(signature) != _SIGNATURE_MEMBERS:
        return _("The signature has not the members algorithm, key_id and signature.")
    if signature["algorithm"] != ALGORITHM:
        return _("The signature is of a kind that is not known here.")
    key = known.get(signature["key_id"]) if isinstance(signature["key_id"], str) else None
    if key is None:
        return _("The document names a key that is not among those given.")
    if not _is_signed(document, signature["signature"], key.raw):
        return _("The document or its signature was changed after it was signed.")
    if key.retired_at is not None and not _is_dated_before(document, key.retired_at):
        return _("The document is dated later than the retirement of its key.")
    return ""


def _is_signed(document: Mapping[str, Any], signature: object, key: bytes) -> bool:
    if not isinstance(signature, str):
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(raw, canonical_bytes(document))
    except (binascii.Error, ValueError, InvalidSignature, InvalidInput):
        return False
    return base64.b64encode(raw).decode() == signature  # else several texts would stand for the same bytes


def _is_dated_before(document: Mapping[str, Any], retired_at: datetime) -> bool:
    try:
        return read_instant(document["modified"]) <= retired_at
    except (KeyError, ValueError, TypeError):
        return False


def _name_of(document: Mapping[str, Any]) -> str:
    name, version = document.get("id"), document.get("version")
    return _("%(id)s, version %(version)s,") % {"id": name, "version": version} if version else str(name)


def write_instant(instant: datetime) -> str:
    """An instant as documents have it: RFC 3339 in UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """The instant in *text*.

    Raises:
        ValueError: it is none, or has no time zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant

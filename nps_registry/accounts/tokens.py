"""API tokens: shown once, kept as a digest, bounded by scope and time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nps_registry.errors import InvalidInput, NotFound, NotPermitted, NotSignedIn
from nps_registry.localisation import gettext as _
from nps_registry.store import accounts as stored
from nps_registry.store import audit
from nps_registry.store.audit import AuditEntry
from nps_registry.store.engine import Session
from nps_registry.store.tables import ApiToken, Organisation
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.report import Role, Scope

_PREFIX = "nps_"
_LONGEST = 100
# A use is written down at most this often, so that reading with a token is not a write each time.
_USE_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token that was accepted, and what it may be used for."""

    token: ApiToken
    organisation: Organisation
    viewer: Viewer

    def require(self, scope: Scope) -> None:
        """Refuse a token that lacks *scope*.

        Raises:
            NotPermitted: naming the scope it lacks.
        """
        if scope.value not in self.token.scopes:
            raise NotPermitted(_("This token lacks the scope %(scope)s.") % {"scope": scope.value})


def digest_of(token: str) -> str:
    """SHA-256 of *token*; its 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    session: Session,
    organisation: Organisation,
    *,
    role: Role,
    scopes: Collection[Scope],
    label: str = "",
    days: int | None = None,
    actor: str = "command",
) -> tuple[str, ApiToken]:
    """Make a token and answer it, once, with its row.

    Raises:
        InvalidInput: no scope, or a life of less than a day.
    """
    if not scopes:
        raise InvalidInput(_("Give the token at least one scope."))
    if days is not None and days < 1:
        raise InvalidInput(_("A token lives at least one day."))
    text = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        digest=digest_of(text),
        hint=text[-4:],
        label=label,
        organisation_id=organisation.id,
        role=role,
        scopes=sorted(scope.value for scope in scopes),
        expires_at=datetime.now(UTC) + timedelta(days=days) if days else None,
    )
    session.add(row)
    session.flush()
    after: dict[str, object] = {"organisation": organisation.name, "role": role.value, "scopes": row.scopes}
    audit.append(session, [AuditEntry(actor, "token.created", "token", row.id, None, after)])
    return text, row


def authenticate(session: Session, text: str) -> Bearer:
    """The bearer of the token *text*.

    Raises:
        NotSignedIn: unknown, expired or revoked; the sentence is the same for all three, so that it
            tells nothing about which tokens exist.
    """
    refusal = NotSignedIn(_("The token is not valid: unknown, expired or revoked."))
    if not text or len(text) > _LONGEST or not text.isascii():
        raise refusal
    found = stored.find_token(session, digest_of(text))
    now = datetime.now(UTC)
    if found is None:
        raise refusal
    token, organisation = found
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        raise refusal
    viewer = Viewer(token.role, organisation.id, organisation.country, actor=f"token:{token.id}")
    return Bearer(token, organisation, viewer)


def use_is_due(bearer: Bearer) -> bool:
    """Whether this use is to be written down; not each one is, so that reading stays reading."""
    noted = bearer.token.last_used_at
    return noted is None or datetime.now(UTC) - noted > _USE_NOTED_EVERY


def note_use(session: Session, bearer: Bearer) -> None:
    """Write down that the token was used now."""
    stored.note_token_use(session, bearer.token.id, datetime.now(UTC))


def revoke_token(session: Session, token_id: str, *, actor: str = "command") -> None:
    """End a token at once.

    Raises:
        NotFound: no living token has this id.
    """
    if not stored.revoke_token(session, token_id, datetime.now(UTC)):
        raise NotFound(_("There is no living token with the id “%(id)s”.") % {"id": token_id[:80]})
    audit.append(session, [AuditEntry(actor, "token.revoked", "token", token_id, None, {"revoked": True})])

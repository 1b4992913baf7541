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
_LONGEST_LABEL = 200
# A use is written down at most this often, so that reading with a token is not a write each time.
_USE_NOTED_EVERY = timedelta(minutes=5)

LONGEST_LIFE_DAYS = 3_650

SCOPES_OF: dict[Role, tuple[Scope, ...]] = {
    Role.LABORATORY: (Scope.REPORTS_WRITE, Scope.REPORTS_READ),
    Role.FOCAL_POINT: (Scope.REPORTS_READ, Scope.REVIEW),
    Role.SCIENTIST: (Scope.REPORTS_READ, Scope.SEARCH_LARGE),
    Role.CURATOR: (Scope.REPORTS_READ, Scope.REVIEW),
    Role.ADMINISTRATOR: (Scope.REPORTS_READ, Scope.REVIEW),
}
"""What the tokens of each role may be used for at the most, where people make them themselves."""


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
    made_by: str | None = None,
) -> tuple[str, ApiToken]:
    """Make a token and answer it, once, with its row; *made_by*, a person, takes it along when their account ends.

    Raises:
        InvalidInput: no scope, a life of less than a day or more than ten years, or too long a label.
    """
    if not scopes:
        raise InvalidInput(_("Give the token at least one scope."))
    if days is not None and days < 1:
        raise InvalidInput(_("A token lives at least one day."))
    if days is not None and days > LONGEST_LIFE_DAYS:
        raise InvalidInput(_("A token lives at most %(most)d days.") % {"most": LONGEST_LIFE_DAYS})
    if len(label) > _LONGEST_LABEL or not label.isprintable():
        raise InvalidInput(_("A label has at most %(most)d characters.") % {"most": _LONGEST_LABEL})
    text = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        digest=digest_of(text),
        hint=text[-4:],
        label=label,
        organisation_id=organisation.id,
        role=role,
        scopes=sorted(scope.value for scope in scopes),
        expires_at=datetime.now(UTC) + timedelta(days=days) if days else None,
        made_by=made_by,
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


def revoke_token(
    session: Session, token_id: str, *, actor: str = "command", organisation_id: str | None = None
) -> None:
    """End a token at once, of *organisation_id* only where that is given.

    Raises:
        NotFound: no living token has this id.
    """
    if not stored.revoke_token(session, token_id, datetime.now(UTC), organisation_id):
        raise NotFound(_("There is no living token with the id “%(id)s”.") % {"id": token_id[:80]})
    audit.append(session, [AuditEntry(actor, "token.revoked", "token", token_id, None, {"revoked": True})])

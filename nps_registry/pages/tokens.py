"""The API tokens of one's organisation: made and shown once, listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.accounts.sessions import SignedIn
from nps_registry.accounts.tokens import SCOPES_OF, create_token, revoke_token
from nps_registry.errors import InvalidInput, NotPermitted
from nps_registry.http.dependencies import ServicesOfRequest, Writing
from nps_registry.http.forms import CheckedForm, number_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedInPerson
from nps_registry.localisation import gettext as _
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import accounts as stored
from nps_registry.store.engine import reading, writing
from nps_registry.vocabulary.report import Scope

router = APIRouter()
LIVES_DAYS = (30, 90, 365, 730)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it may be shown: never the token itself."""

    id: str
    label: str
    ends_with: str
    role: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class TokensPage:
    """The tokens, the form that makes one, and the one made just now, once."""

    tokens: list[TokenRow]
    scopes: list[Scope]
    chosen: list[str]
    lives_days: tuple[int, ...]
    label: str
    fresh: str
    wrong: str


@router.get("/account/tokens")
def tokens(request: Request, services: ServicesOfRequest, person: SignedInPerson) -> Response:
    """The tokens of the organisation."""
    return _show(request, services, person)


@router.post("/account/tokens")
def make_token(request: Request, services: ServicesOfRequest, person: SignedInPerson, form: CheckedForm) -> Response:
    """Make a token for one's own role and show it, once."""
    try:
        fresh = _make(services, person, form)
    except InvalidInput as refusal:
        return _show(request, services, person, form=form, refusal=refusal)
    return _show(request, services, person, fresh=fresh)


@router.post("/account/tokens/{token_id}/revoke")
def revoke(token_id: str, session: Writing, person: SignedInPerson, _form: CheckedForm) -> Response:
    """End a token of the organisation at once."""
    revoke_token(session, token_id[:64], actor=person.actor, organisation_id=person.organisation_id)
    return leave_for("/account/tokens")


def _make(services: Services, person: SignedIn, form: FormData) -> str:
    permitted = {scope.value: scope for scope in SCOPES_OF.get(person.role, ())}
    wanted = [str(value) for value in form.getlist("scope")]
    if not set(wanted) <= set(permitted):
        raise NotPermitted(_("A token may be used for no more than your own role."))
    days = number_of(form, "days")
    if days not in LIVES_DAYS:
        raise InvalidInput(_("Choose how long the token lives."))
    with writing(services.engine) as session:
        organisation = stored.lock_organisation(session, person.organisation_id)
        assert organisation is not None  # the session stands in it
        text, _row = create_token(
            session,
            organisation,
            role=person.role,
            scopes=[permitted[value] for value in dict.fromkeys(wanted)],
            label=text_of(form, "label", most=200),
            days=days,
            actor=person.actor,
            made_by=person.person_id,
        )
    return text


def _show(
    request: Request,
    services: Services,
    person: SignedIn,
    *,
    fresh: str = "",
    form: FormData | None = None,
    refusal: InvalidInput | None = None,
) -> Response:
    now = datetime.now(UTC)
    with reading(services.engine) as session:
        rows = [
            TokenRow(
                id=token.id,
                label=token.label,
                ends_with=token.hint,
                role=token.role.label,
                scopes=[Scope(scope).label for scope in token.scopes],
                created_at=token.created_at,
                expires_at=token.expires_at,
                last_used_at=token.last_used_at,
                state="revoked" if token.revoked_at else "expired" if _is_over(token.expires_at, now) else "",
            )
            for token, _organisation in stored.list_tokens(session, person.organisation_id)
        ]
    page = TokensPage(
        tokens=sorted(rows, key=lambda row: (bool(row.state), row.created_at)),
        scopes=list(SCOPES_OF.get(person.role, ())),
        chosen=[str(value) for value in form.getlist("scope")] if form else [],
        lives_days=LIVES_DAYS,
        label=text_of(form, "label") if form else "",
        fresh=fresh,
        wrong=refusal.detail if refusal else "",
    )
    return render(request, "tokens", page, status=refusal.status if refusal else 200)


def _is_over(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now

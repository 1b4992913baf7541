"""One advisory as curators work on it: the form, what to look at again, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, NotReady, Refusal
from nps_registry.http.dependencies import Reading, ServicesOfRequest
from nps_registry.http.forms import CheckedForm, number_of, text_of
from nps_registry.http.services import Services
from nps_registry.http.signed_in import SignedIn
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.notices import advisories as life
from nps_registry.notices.advisory_document import Issue, write_document
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.wording import Caution, warn_of
from nps_registry.pages.advisories.public import AdvisoryPage
from nps_registry.pages.advisories.view import view_version
from nps_registry.pages.curate.access import Curator
from nps_registry.pages.curate.advisory_form import Typed, read_typed, typed_from, typed_of
from nps_registry.pages.rendering import render
from nps_registry.pages.sign_in import leave_for
from nps_registry.store import advisories as stored
from nps_registry.store import audit, review
from nps_registry.store import substances as substances_stored
from nps_registry.store.advisory_facts import read_facts
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import Advisory, AdvisoryVersion, Signal
from nps_registry.vocabulary.advisory import AUDIENCE_MEANINGS, READABLE, STANDING, Severity
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight

router = APIRouter()
ACTS = {
    "advisory.opened": mark("Draft opened"),
    "advisory.edited": mark("Text changed"),
    "advisory.update_begun": mark("Update begun"),
    "advisory.proposed": mark("Publication asked for"),
    "advisory.published": mark("Published"),
    "advisory.updated": mark("Update published"),
    "advisory.withdrawn": mark("Withdrawn"),
    "advisory.discarded": mark("Text discarded"),
}
"""What people read for each act in the trail."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the curators' list, with the names of both who answer for it."""

    revision: int
    at: str
    written_by: str
    published_by: str
    url: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """What the page of an advisory shows to curators.

    Attributes:
        typed: the form; none where no text is worked on.
        cautions: what to look at again in the text that is kept.
        proposed_by: who asks for it to be published; *may_publish*: whether the reader may do that.
        wrong: why a form was not taken; *errors*: what is wrong with which field.
        acts: what was done, oldest first.
        kept: the fields that somebody else wrote meanwhile, as they are kept.
    """

    advisory_id: str
    state: AdvisoryState
    audience: TrafficLight
    revision: int
    edit: int
    title: str
    typed: Typed | None
    cautions: list[Caution]
    severities: list[tuple[Severity, str]]
    audiences: list[tuple[TrafficLight, str]]
    audience_is_settled: bool
    edited_by: str
    edited_at: str
    proposed_by: str
    may_publish: bool
    standing: bool
    versions: list[VersionRow]
    public_url: str
    signal: str
    acts: list[tuple[str, str, str]]
    reason: str
    kept: list[tuple[str, str]]
    wrong: str
    errors: list[FieldError]


@router.get("/curate/advisories/{advisory_id}")
def advisory(advisory_id: str, request: Request, session: Reading, person: Curator) -> Response:
    """The text that is worked on, and what may be done."""
    return _show(request, session, (advisory_id, person), None)


@router.get("/curate/advisories/{advisory_id}/preview")
def preview(
    advisory_id: str, request: Request, services: ServicesOfRequest, session: Reading, _person: Curator
) -> Response:
    """The working text as its readers would see it."""
    row = _find(session, advisory_id)
    if row.draft is None:
        return leave_for(f"/curate/advisories/{row.id}")
    text, now = AdvisoryText.restored(row.draft), datetime.now(UTC)
    known = substances_stored.by_accessions(session, text.substances)
    facts = read_facts(session, [known[each] for each in text.substances if each in known])
    issue = Issue(row.id, row.revision + 1, row.published_at or now, now, services.demonstration)
    version = AdvisoryVersion(
        advisory_id=row.id, revision=issue.version, content=write_document(issue, text, facts), signatures=[]
    )
    shown = view_version(session, version, [], issue.version)
    page = AdvisoryPage(shown, f"/curate/advisories/{row.id}", draft=True)
    return render(request, "curate/advisory_preview", page)


@router.post("/curate/advisories/{advisory_id}/{act}")
def act_on_advisory(
    advisory_id: str, act: str, request: Request, services: ServicesOfRequest, person: Curator, form: CheckedForm
) -> Response:
    """Save, propose, publish, begin an update, withdraw or discard; what was typed stays where it is refused."""
    try:
        with writing(services.engine) as session:
            to = _act(session, services, person, (advisory_id, act), form)
    except (Conflict, InvalidInput, NotReady) as refusal:
        with reading(services.engine) as session:
            return _show(request, session, (advisory_id, person), (refusal, form))
    services.index.refresh()
    return leave_for(to)


def _act(session: Session, services: Services, person: SignedIn, asked_for: tuple[str, str], form: FormData) -> str:
    """Carry out an act; answers where to go from there."""
    advisory_id, act = asked_for
    asked = life.Asked(advisory_id, person.viewer, number_of(form, "edit"))
    here = f"/curate/advisories/{advisory_id}"
    if act == "save":
        life.save(session, asked, read_typed(session, typed_of(form)))
        return f"{here}/preview" if text_of(form, "then", most=20) == "preview" else here
    if act == "withdraw":
        life.withdraw(session, services.seal, asked, text_of(form, "reason", most=20_000))
        return here
    if act == "discard":
        life.discard(session, asked)
        return here if stored.lock(session, advisory_id) is not None else "/curate/advisories"
    if act == "propose":
        life.propose(session, asked)
    elif act == "publish":
        life.publish(session, services.seal, asked)
    elif act == "update":
        life.begin_update(session, asked)
    else:
        raise NotFound(_("There is nothing at this address."))
    return here


def _find(session: Session, advisory_id: str) -> Advisory:
    row = session.get(Advisory, advisory_id) if len(advisory_id) <= 24 else None
    if row is None:
        raise NotFound(_("There is no advisory “%(id)s”.") % {"id": advisory_id[:40]})
    return row


def _show(
    request: Request, session: Session, asked: tuple[str, SignedIn], refused: tuple[Refusal, FormData] | None
) -> Response:
    advisory_id, person = asked
    row = _find(session, advisory_id)
    text = AdvisoryText.restored(row.draft) if row.draft is not None else None
    versions = stored.versions_of(session, row.id)
    told = audit.history_of(session, "advisory", row.id)
    actors = {row.edited_by, row.proposed_by, *(each.actor for each in told)}
    actors |= {who for each in versions for who in (each.written_by, each.made_by)}
    names = review.names_of_actors(session, actors)
    page = DeskPage(
        advisory_id=row.id,
        state=row.state,
        audience=row.audience,
        revision=row.revision,
        edit=row.edit,
        title=(text.title if text else row.title) or _("Without a title"),
        typed=_typed(session, text, refused),
        cautions=_cautions(session, row, text) if text else [],
        severities=[(each, each.meaning) for each in Severity],
        audiences=[(each, _(AUDIENCE_MEANINGS[each])) for each in TrafficLight],
        audience_is_settled=row.state in READABLE,
        edited_by=names.get(row.edited_by, row.edited_by),
        edited_at=row.edited_at.strftime("%Y-%m-%d %H:%M"),
        proposed_by=names.get(row.proposed_by, row.proposed_by),
        may_publish=bool(row.proposed_by) and person.actor not in {row.proposed_by, row.edited_by},
        standing=row.state in STANDING,
        versions=[_version_row(row, each, names) for each in versions],
        public_url=_url_of(row),
        signal=row.signal_id or "",
        acts=[
            (
                _(ACTS.get(each.action, each.action)),
                names.get(each.actor, each.actor),
                each.at.strftime("%Y-%m-%d %H:%M"),
            )
            for each in told
        ],
        reason=text_of(refused[1], "reason", most=20_000) if refused else "",
        kept=_kept(session, text, refused),
        wrong=refused[0].detail if refused else "",
        errors=[error for error in refused[0].errors if error.message != refused[0].detail] if refused else [],
    )
    return render(request, "curate/advisory", page, status=refused[0].status if refused else 200)


def _typed(session: Session, text: AdvisoryText | None, refused: tuple[Refusal, FormData] | None) -> Typed | None:
    """What stands in the form: what was typed where it was refused, else what is kept."""
    if refused is not None and "title" in refused[1]:
        return Typed({name: str(value) for name, value in refused[1].items() if isinstance(value, str)})
    return typed_from(session, text) if text is not None else None


def _kept(
    session: Session, text: AdvisoryText | None, refused: tuple[Refusal, FormData] | None
) -> list[tuple[str, str]]:
    """Where a form came too late: the fields that are kept otherwise than they were typed."""
    if refused is None or text is None or not isinstance(refused[0], Conflict) or "title" not in refused[1]:
        return []
    kept, typed = typed_from(session, text).fields, typed_of(refused[1]).fields
    return [(name, value) for name, value in kept.items() if value != typed[name]]


def _cautions(session: Session, row: Advisory, text: AdvisoryText) -> list[Caution]:
    known = substances_stored.by_accessions(session, text.substances)
    facts = read_facts(session, list(known.values()))
    places = frozenset(place.country for each in facts for place in each.places)
    signal = session.get(Signal, row.signal_id) if row.signal_id else None
    return warn_of(text, places, signal_is_restricted=signal is not None and not signal.public)


def _url_of(row: Advisory) -> str:
    if row.state not in READABLE:
        return ""
    return f"{'' if row.audience is TrafficLight.CLEAR else '/lab'}/advisories/{row.id}"


def _version_row(row: Advisory, version: AdvisoryVersion, names: dict[str, str]) -> VersionRow:
    return VersionRow(
        revision=version.revision,
        at=version.made_at.strftime("%Y-%m-%d %H:%M"),
        written_by=names.get(version.written_by, version.written_by),
        published_by=names.get(version.made_by, version.made_by),
        url=f"{_url_of(row)}?version={version.revision}",
    )

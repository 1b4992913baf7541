"""The form that says what somebody wants to be told of: what it offers, what was typed, and the wish that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import FormData, QueryParams

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.forms import text_of
from nps_registry.localisation import gettext as _
from nps_registry.notices.criteria import ABOUT, LEAST_NEAR, NEAR, Criteria, read_criteria
from nps_registry.notices.subscribing import Wish
from nps_registry.store import substances as stored
from nps_registry.store import visibility
from nps_registry.store.dossiers import class_labels
from nps_registry.store.engine import Session
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.notice import Channel, Frequency, NoticeKind
from nps_registry.vocabulary.place import countries
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import EffectGroup
from nps_registry.vocabulary.term import Term

Options = list[tuple[str, str]]
Kind = TypeVar("Kind", bound=Term)
LISTS = ("about", "classes", "effects", "countries", "kinds", "severities")
_TEXTS = ("email", "address", "label", "substances", "structure", "threshold", "pattern", "channel", "frequency")
_PREFILLED = {
    "substance": "substances", "chemical_class": "classes", "effect": "effects", "country": "countries",
    "structure": "structure", "threshold": "threshold", "pattern": "pattern",
}  # fmt: skip
"""Parameters of a link to the form, by the fields that they fill."""

_SEPARATOR = re.compile(r"[\n;,]+\s*")


@dataclass(frozen=True, slots=True)
class WishForm:
    """The form with what was typed or chosen so far.

    Attributes:
        typed: texts by field.
        chosen: values by list.
    """

    channels: Options
    frequencies: Options
    about: Options
    classes: Options
    effects: Options
    countries: Options
    kinds: Options
    severities: Options
    typed: Mapping[str, str]
    chosen: Mapping[str, list[str]]
    near: float
    least_near: float


def open_form(
    session: Session,
    viewer: Viewer,
    channels: list[Channel],
    given: FormData | QueryParams | None = None,
    *,
    first: Channel | None = None,
) -> WishForm:
    """The form as *viewer* may use it, filled with what was *given* by an earlier try or by a link.

    Until somebody chooses, the channel *first* is chosen, or the first of *channels*.
    """
    typed, chosen = _given(given)
    kinds = [kind for kind in SignalKind if viewer != VISITOR or kind is not SignalKind.ANALOGUE_OF_CONTROLLED]
    about = [kind for kind in ABOUT if viewer != VISITOR or kind is not NoticeKind.LOOK_BACK]
    return WishForm(
        channels=_terms(channels),
        frequencies=_terms(list(Frequency)),
        about=_terms(about),
        classes=sorted(((key, _(label)) for key, label in class_labels(session).items()), key=lambda pair: pair[1]),
        effects=_terms(list(EffectGroup)),
        countries=sorted(countries(), key=lambda pair: pair[1]),
        kinds=_terms(kinds),
        severities=_terms(list(Severity)),
        typed=typed | {"channel": typed["channel"] or (first or channels[0]).value},
        chosen=chosen
        if given is not None and any(chosen.values())
        else chosen | {"about": [each.value for each in about]},
        near=NEAR,
        least_near=LEAST_NEAR,
    )


def _given(given: FormData | QueryParams | None) -> tuple[dict[str, str], dict[str, list[str]]]:
    typed, chosen = dict.fromkeys(_TEXTS, ""), {name: list[str]() for name in LISTS}
    if isinstance(given, FormData):
        for name in _TEXTS:
            value = given.get(name, "")
            typed[name] = value if isinstance(value, str) else ""
        for name in LISTS:
            chosen[name] = [value for value in given.getlist(name) if isinstance(value, str)]
    elif given is not None:
        for parameter, field in _PREFILLED.items():
            value = given.get(parameter, "")[:20_000]
            if field in chosen:
                chosen[field] = [value] if value else []
            else:
                typed[field] = value
        if any(chosen.values()):
            chosen["about"] = [kind.value for kind in ABOUT]
    return typed, chosen


def _terms(terms: Sequence[Term]) -> Options:
    return [(term.value, term.label) for term in terms]


def read_wish(session: Session, form: FormData, viewer: Viewer, language: str) -> Wish:
    """The wish that the *form* makes.

    Raises:
        InvalidInput: naming the fields at fault.
    """
    channel = _term(form, "channel", Channel)
    given: dict[str, object] = {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in LISTS
    }
    given["substances"] = find_substances(session, text_of(form, "substances", most=4_000), viewer)
    for name in ("structure", "pattern"):
        given[name] = text_of(form, name, most=20_000)
    given["threshold"] = text_of(form, "threshold", most=20).replace(",", ".") or None
    criteria: Criteria = read_criteria(given)
    return Wish(
        criteria=criteria,
        channel=channel,
        frequency=_term(form, "frequency", Frequency),
        address=text_of(form, "address" if channel is Channel.WEBHOOK else "email", most=2_000),
        label=text_of(form, "label", most=200),
        language=language,
    )


def _term(form: FormData, name: str, terms: type[Kind]) -> Kind:
    text = text_of(form, name, most=40) or next(iter(terms)).value
    if text not in set(terms):
        message = _("“%(field)s” is one of: %(known)s.") % {"field": name, "known": ", ".join(terms)}
        raise InvalidInput(message, errors=[FieldError(name, message)])
    return terms(text)


def find_substances(session: Session, text: str, viewer: Viewer) -> list[str]:
    """The accessions that *text* names: accessions and names, with commas or lines between them.

    Raises:
        InvalidInput: a name is none, or that of several substances; the sentence names them.
    """
    words = [word.strip() for word in _SEPARATOR.split(text) if word.strip()]
    by_accession = stored.by_accessions(session, [word.upper() for word in words])
    by_name = stored.by_folded_names(session, [fold(word) for word in words if fold(word)])
    every = {row.id for row in by_accession.values()} | {row.id for rows in by_name.values() for row in rows}
    seen = visibility.visible_substance_ids(session, {each for each in every if each is not None}, viewer)
    found: list[str] = []
    for word in words:
        row = by_accession.get(word.upper())
        rows = [row] if row else by_name.get(fold(word), [])
        known = [each for each in rows if each.id in seen]
        if len(known) != 1:
            sentence = (
                _("“%(name)s” is the name of several substances; give the accession: %(which)s.")
                if known
                else _("No substance is called “%(name)s” here; give a name as its page has it, or its accession.")
            )
            which = ", ".join(f"{each.accession} {each.name}" for each in known[:10])
            message = sentence % {"name": word[:80], "which": which}
            raise InvalidInput(message, errors=[FieldError("substances", message)])
        found.append(known[0].accession)
    return found

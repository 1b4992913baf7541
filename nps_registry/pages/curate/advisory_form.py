"""The form of an advisory: its fields as typed, and the text that they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import FormData

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.http.forms import text_of
from nps_registry.localisation import gettext as _
from nps_registry.notices.advisory_text import PROSE, AdvisoryText, name_recipients
from nps_registry.store import accounts
from nps_registry.store.engine import Session
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.signal import TrafficLight

_MOST = 40_000
FIELDS = (
    "title", "severity", "audience", "recipient_countries", "recipient_organisations", "recipient_people",
    "substances", "countries", "summary", *PROSE, "references", "aliases",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """Every field of the form as text, by its name."""

    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The text of one field."""
        return self.fields.get(name, "")


def typed_from(session: Session, text: AdvisoryText) -> Typed:
    """*text* as the form shows it."""
    named = name_recipients(session, text.recipients)
    fields = {name: getattr(text, name) for name in ("title", "summary", *PROSE)}
    return Typed(
        fields
        | {
            "severity": text.severity.value,
            "audience": text.audience.value,
            "recipient_countries": " ".join(key for kind, key, _called in named if kind == "country"),
            "recipient_organisations": "\n".join(called for kind, _key, called in named if kind == "organisation"),
            "recipient_people": "\n".join(called for kind, _key, called in named if kind == "person"),
            "substances": " ".join(text.substances),
            "countries": " ".join(text.countries),
            "references": "\n".join(text.references),
            "aliases": "\n".join(text.aliases),
        }
    )


def typed_of(form: FormData) -> Typed:
    """The form as it was sent.

    Raises:
        InvalidInput: a field is longer than anything that is kept.
    """
    return Typed({name: text_of(form, name, most=_MOST).replace("\r\n", "\n") for name in FIELDS})


def read_typed(session: Session, typed: Typed) -> AdvisoryText:
    """The text that the fields mean.

    Raises:
        InvalidInput: with every field that means nothing.
    """
    errors: list[FieldError] = []
    if typed["severity"] not in set(Severity):
        errors.append(FieldError("severity", _("Choose how severe it is.")))
    if typed["audience"] not in set(TrafficLight):
        errors.append(FieldError("audience", _("Choose for whom it is.")))
    recipients = _recipients(session, typed, errors)
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)
    return AdvisoryText(
        title=typed["title"],
        severity=Severity(typed["severity"]),
        audience=TrafficLight(typed["audience"]),
        recipients=recipients,
        substances=tuple(_words(typed["substances"])),
        countries=tuple(_words(typed["countries"])),
        summary=typed["summary"],
        **{name: typed[name] for name in PROSE},
        references=tuple(_lines(typed["references"])),
        aliases=tuple(_lines(typed["aliases"])),
    )


def _recipients(session: Session, typed: Typed, errors: list[FieldError]) -> tuple[str, ...]:
    """Those that the audience chosen has a use for; the others stay typed as long as the form is not saved."""
    audience = typed["audience"]
    found: list[str] = []

    def take(field: str, entries: list[str], find: Callable[[str], str | None], unknown: str) -> None:
        for entry in entries:
            key = find(entry)
            if key is None:
                errors.append(FieldError(field, unknown % {"name": entry[:80]}))
            else:
                found.append(key)

    if audience == TrafficLight.AMBER:
        told = _("“%(name)s” is not a country's two-letter code.")
        codes = _words(typed["recipient_countries"])
        take("recipient_countries", codes, lambda code: f"country:{code}" if is_country(code) else None, told)
    if audience in {TrafficLight.AMBER, TrafficLight.AMBER_STRICT}:
        told = _("No organisation here is called “%(name)s”.")
        take("recipient_organisations", _lines(typed["recipient_organisations"]), _organisation(session), told)
    if audience == TrafficLight.RED:
        told = _("Nobody here has the address “%(name)s”.")
        addresses = re.split(r"[\s,;]+", typed["recipient_people"].strip()) if typed["recipient_people"] else []
        take("recipient_people", addresses, _person(session), told)
    return tuple(dict.fromkeys(found))


def _organisation(session: Session) -> Callable[[str], str | None]:
    def find(name: str) -> str | None:
        row = accounts.find_organisation(session, name)
        return f"organisation:{row.id}" if row else None

    return find


def _person(session: Session) -> Callable[[str], str | None]:
    def find(address: str) -> str | None:
        row = accounts.find_person(session, address)
        return f"person:{row.id}" if row else None

    return find


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(each.upper() for each in re.split(r"[\s,;]+", text) if each))


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

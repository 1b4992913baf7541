"""The mail that notices come in: one or a day's worth, in plain text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nps_registry.assets import find_web
from nps_registry.localisation import gettext, ngettext
from nps_registry.localisation import gettext as _
from nps_registry.notices.mail import Letter
from nps_registry.notices.telling import Told

_MOST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a letter needs beside its notices.

    Attributes:
        key: stays the same at every attempt.
        criteria: what the subscriber asked for, in words.
        unsubscribe: address that ends the subscription.
    """

    key: str
    to: str
    language: str
    criteria: Sequence[tuple[str, str]]
    unsubscribe: str
    public_url: str
    demonstration: bool


def open_paper() -> Environment:
    """The templates of letters; everything that is filled in is escaped."""
    environment = Environment(
        loader=FileSystemLoader(find_web() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    return environment


def write_notices(paper: Environment, envelope: Envelope, told: Sequence[Told]) -> Letter:
    """The letter that tells *told*, at least one notice, to who subscribed."""
    subject = _subject(told, demonstration=envelope.demonstration)
    why = _("You get this because you subscribed at %(url)s.") % {"url": envelope.public_url}
    html = paper.get_template("letters/notices.html").render(
        subject=subject,
        told=told,
        why=why,
        criteria=envelope.criteria,
        unsubscribe=envelope.unsubscribe,
        demonstration=envelope.demonstration,
        language=envelope.language,
    )
    body = _write_text(envelope, told, why)
    return Letter(envelope.key, envelope.to, subject, body, html, envelope.unsubscribe)


def _subject(told: Sequence[Told], *, demonstration: bool) -> str:
    if len(told) == 1:
        subject = told[0].title
    else:
        subject = ngettext("%(count)d notice of the NPS registry", "%(count)d notices of the NPS registry", len(told))
        subject = subject % {"count": len(told)}
    if demonstration:
        subject = _("[Demonstration] %(subject)s") % {"subject": subject}
    line = " ".join("".join(each if each.isprintable() else " " for each in subject).split())
    return line if len(line) <= _MOST_SUBJECT else line[: _MOST_SUBJECT - 1] + "…"


def _write_text(envelope: Envelope, told: Sequence[Told], why: str) -> str:
    lines: list[str] = []
    if envelope.demonstration:
        lines += [_("Demonstration: everything reported here is invented."), ""]
    for each in told:
        lines += [" ".join(each.title.split()), *(f"  {label}: {text}" for label, text in each.facts)]
        lines += [f"  {each.link}", ""]
    lines += ["-- ", why, *(f"{label}: {text}" for label, text in envelope.criteria)]
    lines += [_("Unsubscribe: %(url)s") % {"url": envelope.unsubscribe}, ""]
    return "\n".join(lines)

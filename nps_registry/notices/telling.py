"""A notice in words and as data: what a mail, a webhook and a feed say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.notices.criteria import Criteria
from nps_registry.store.notices import Subject
from nps_registry.store.tables import Notice, Signal
from nps_registry.vocabulary.notice import CORRECTIONS, Change, NoticeKind
from nps_registry.vocabulary.place import country_name, region_name
from nps_registry.vocabulary.substance import name_with_nature
from nps_registry.vocabulary.term import Term

_SIGNAL_CHANGES = {
    Change.RAISED: mark("%(kind)s: %(substance)s"),
    Change.ESCALATED: mark("%(kind)s, escalated by a reviewer: %(substance)s"),
    Change.DISMISSED: mark("Dismissed after review: %(kind)s, %(substance)s"),
    Change.RETRACTED: mark("No longer so: %(kind)s, %(substance)s"),
}
_ADVISORY_CHANGES = {
    Change.PUBLISHED: mark("Advisory: %(title)s"),
    Change.UPDATED: mark("Advisory, updated: %(title)s"),
    Change.WITHDRAWN: mark("Advisory, withdrawn: %(title)s"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it is told.

    Attributes:
        title: one line.
        facts: what is said beside it, each under a label.
        link: where to read it.
        kind: ``signal.raised``, ``advisory.updated`` …; in a message that says nothing openly, ``notice``.
        data: the same for programs.
    """

    key: str
    title: str
    facts: tuple[tuple[str, str], ...]
    link: str
    kind: str
    data: dict[str, object]


def tell(notice: Notice, subject: Subject, public_url: str, *, openly: bool) -> Told:
    """*notice* in words; not *openly* it says only that something waits, or holds no longer, and where to read it."""
    if notice.kind is NoticeKind.TEST:
        title = _("A test: this is how notices will reach you")
        return Told(notice.id, title, (), f"{public_url}/account/subscriptions", "test", {"id": notice.id})
    if not openly:
        return _tell_closed(notice, public_url)
    if notice.kind is NoticeKind.LOOK_BACK:
        return _tell_look_back(notice, subject, public_url)
    if subject.signal is not None:
        return _tell_signal(notice, subject, subject.signal, public_url)
    return _tell_advisory(notice, subject, public_url)


def _tell_closed(notice: Notice, public_url: str) -> Told:
    link = f"{public_url}/account/notices/{notice.id}"
    if notice.change in CORRECTIONS:
        title = _("A notice that you were sent holds no longer")
    elif notice.kind is NoticeKind.LOOK_BACK:
        title = _("An earlier finding of your laboratory could be identified now")
    else:
        title = _("A notice for you is waiting")
    data: dict[str, object] = {
        "id": notice.id,
        "restricted": True,
        "corrects": notice.change in CORRECTIONS,
        "url": link,
    }
    return Told(notice.id, title, ((_("Read it after signing in"), link),), link, "notice", data)


def _tell_look_back(notice: Notice, subject: Subject, public_url: str) -> Told:
    link = f"{public_url}/lab/look-backs"
    names = ", ".join(f"{each.name} ({each.accession})" for each in subject.substances)
    title = _("Earlier findings of yours could be: %(substance)s") % {"substance": names}
    substances = [{"accession": each.accession, "name": each.name} for each in subject.substances]
    data: dict[str, object] = {"id": notice.id, "look_back": {"substances": substances}, "url": link}
    return Told(notice.id, title, ((_("Substance"), names),), link, "look_back.found", data)


def _tell_signal(notice: Notice, subject: Subject, signal: Signal, public_url: str) -> Told:
    substance = subject.substances[0] if subject.substances else None
    name = name_with_nature(substance.name, substance.nature) if substance else _("no single substance")
    quarter = f"{signal.year} Q{signal.quarter}" if signal.quarter else str(signal.year)
    link = f"{public_url}/signals/{signal.id}"
    explanation = explain_signal(signal)
    pattern = _(_SIGNAL_CHANGES[notice.change])
    title = pattern % {"kind": signal.kind.label, "substance": name}
    if signal.country:
        title = _("%(title)s, %(country)s") % {"title": title, "country": country_name(signal.country)}
    facts = [
        (_("Substance"), f"{name} ({substance.accession})" if substance else name),
        (_("Country"), country_name(signal.country) if signal.country else ""),
        (_("Region"), region_name(signal.region) if signal.region else ""),
        (_("Quarter"), quarter),
        (_("What it means"), explanation),
    ]
    data: dict[str, object] = {
        "id": notice.id,
        "signal": {
            "id": signal.id,
            "kind": signal.kind.value,
            "change": notice.change.value,
            "state": signal.state.value,
            "substance": {"accession": substance.accession, "name": substance.name, "nature": substance.nature.value}
            if substance
            else None,
            "country": signal.country,
            "region": signal.region,
            "year": signal.year,
            "quarter": signal.quarter or None,
            "explanation": explanation,
        },
        "url": link,
    }
    return Told(notice.id, title, _said(facts), link, f"signal.{notice.change.value}", data)


def explain_signal(signal: Signal) -> str:
    """A sentence on what a signal of this kind says: that of its evidence where it has one."""
    given = signal.evidence.get("explanation")
    if isinstance(given, str) and given:
        return given
    sentences = {
        "first_ever": _("No earlier public report of this substance is known to this registry."),
        "first_in_region": _("No earlier public report of this substance from the region is known to this registry."),
        "first_in_country": _("No earlier public report of this substance from the country is known to this registry."),
        "re_emergence": _("The substance is reported again after a long time without any report."),
        "increase": _("More reports than the time before lets expect."),
        "spread": _("The substance has reached several countries within a short time."),
        "harm": _("Severe or fatal cases are reported with this substance."),
        "analogue_of_controlled": _("The structure is close to one under international control."),
    }
    return sentences[signal.kind.value]


def _tell_advisory(notice: Notice, subject: Subject, public_url: str) -> Told:
    advisory = subject.advisory
    assert advisory is not None  # a subject is one of the two
    link = f"{public_url}/advisories/{advisory.id}"
    facts = [
        (_("Severity"), _label(advisory.severity)),
        (_("Audience"), advisory.audience.label),
        (_("Substances"), ", ".join(f"{each.name} ({each.accession})" for each in subject.substances)),
        (_("Countries"), ", ".join(country_name(code) for code in sorted(subject.countries))),
    ]
    data: dict[str, object] = {
        "id": notice.id,
        "advisory": {
            "id": advisory.id,
            "revision": advisory.revision,
            "change": notice.change.value,
            "title": advisory.title,
            "severity": str(advisory.severity) or None,
            "audience": advisory.audience.value,
            "substances": [{"accession": each.accession, "name": each.name} for each in subject.substances],
            "countries": sorted(subject.countries),
        },
        "url": link,
    }
    title = _(_ADVISORY_CHANGES[notice.change]) % {"title": advisory.title}
    return Told(notice.id, title, _said(facts), link, f"advisory.{notice.change.value}", data)


def _label(severity: str) -> str:
    return severity.label if isinstance(severity, Term) else severity.capitalize()


def _said(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(fact for fact in facts if fact[1])


def describe_criteria(criteria: Criteria, names: dict[str, str]) -> list[tuple[str, str]]:
    """What is asked for, each wish under a label; *names* has those of substances and classes by accession and key."""
    facts = [
        (_("About"), ", ".join(kind.label for kind in criteria.about)),
        (_("Substances"), ", ".join(names.get(each, each) for each in criteria.substances)),
        (_("Classes"), ", ".join(names.get(each, each) for each in criteria.classes)),
        (_("Effects"), ", ".join(each.label for each in criteria.effects)),
        (_("Countries"), ", ".join(country_name(code) for code in criteria.countries)),
        (_("Kinds of signal"), ", ".join(each.label for each in criteria.kinds)),
        (_("Severities"), ", ".join(each.label for each in criteria.severities)),
        (_("Resembling"), _within(criteria) if criteria.structure else ""),
        (_("Containing"), criteria.pattern),
    ]
    return list(_said(facts))


def _within(criteria: Criteria) -> str:
    structure = criteria.structure if "\n" not in criteria.structure else _("the structure drawn")
    return _("%(structure)s, from %(threshold)g on") % {"structure": structure, "threshold": criteria.threshold}

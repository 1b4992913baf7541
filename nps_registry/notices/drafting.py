"""A draft prepared from the facts: what a curator begins with, and goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nps_registry.chemistry.masses import ADDUCTS, ion_mz
from nps_registry.localisation import gettext as _
from nps_registry.localisation import ngettext
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.store.advisory_facts import SubstanceFacts, read_facts
from nps_registry.store.engine import Session
from nps_registry.store.tables import Signal, Substance
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.cases import open_cases, tell_cases
from nps_registry.vocabulary.place import country_name, region_name
from nps_registry.vocabulary.signal import SignalKind, TrafficLight
from nps_registry.vocabulary.substance import EffectGroup
from nps_registry.vocabulary.technique import Technique, tells_positional_isomers_apart

_IONS = ("[M+H]+", "[M+Na]+", "[M-H]-")
_SHOWN = 8
_SEVERITIES = {
    SignalKind.HARM: Severity.HIGH,
    SignalKind.INCREASE: Severity.MODERATE,
    SignalKind.SPREAD: Severity.MODERATE,
}


def draft_from(session: Session, substances: Sequence[Substance], signal: Signal | None) -> AdvisoryText:
    """A first text about *substances*, in the light of *signal* where one was raised.

    Everything in it is public, but for the signal itself where that rests on restricted reports: then the audience
    is its country's, to begin with.
    """
    facts = read_facts(session, substances)
    restricted = signal is not None and not signal.public
    countries = list(dict.fromkeys(place.country for each in facts for place in each.places))
    if signal is not None and signal.country and signal.country not in countries:
        countries.insert(0, signal.country)
    audience = TrafficLight.AMBER if restricted else TrafficLight.CLEAR
    return AdvisoryText(
        title=_title(facts, signal),
        severity=_severity(facts, signal),
        audience=audience,
        recipients=(f"country:{signal.country}",) if signal is not None and restricted and signal.country else (),
        substances=tuple(row.accession for row in substances),
        countries=tuple(countries),
        summary=" ".join(_spread(each) for each in facts),
        details=_paragraphs(_what_it_is(each) for each in facts),
        harms=_paragraphs(_harm(each) for each in facts),
        identification=_paragraphs(_identification(each) for each in facts),
        advice=_advice(),
    )


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text)


def _title(facts: Sequence[SubstanceFacts], signal: Signal | None) -> str:
    names = _list([each.substance.name for each in facts])
    if signal is None:
        return names
    of_region = signal.region if signal.kind is SignalKind.FIRST_IN_REGION or not signal.country else None
    where = region_name(of_region) if of_region else country_name(signal.country) if signal.country else ""
    told = {"names": names, "what": signal.kind.label.lower(), "where": where}
    if where and signal.kind is not SignalKind.FIRST_EVER:
        return _("%(names)s: %(what)s (%(where)s)") % told
    return _("%(names)s: %(what)s") % told


def _severity(facts: Sequence[SubstanceFacts], signal: Signal | None) -> Severity:
    if any(each.fatal for each in facts):
        return Severity.CRITICAL
    if any(each.severe for each in facts):
        return Severity.HIGH
    return _SEVERITIES.get(signal.kind, Severity.INFORMATION) if signal is not None else Severity.INFORMATION


def _spread(facts: SubstanceFacts) -> str:
    name = facts.substance.name
    if not facts.places:
        return _("%(name)s: no event has been made public in this registry.") % {"name": name}
    first = min(facts.places, key=lambda place: (place.year, place.quarter or 5))
    when = f"{first.year}-Q{first.quarter}" if first.quarter else str(first.year)
    countries = _list([country_name(place.country) for place in facts.places])
    told = {"name": name, "events": facts.events, "countries": countries, "when": when}
    return (
        ngettext(
            "%(name)s was found in %(events)d public event (%(countries)s), first in %(when)s.",
            "%(name)s was found in %(events)d public events (%(countries)s), first in %(when)s.",
            facts.events,
        )
        % told
    )


def _what_it_is(facts: SubstanceFacts) -> str:
    row = facts.substance
    groups = [EffectGroup(each).label.lower() for each in sorted(row.effect_groups)]
    told = [
        _("%(name)s (%(accession)s) is a substance of the class “%(label)s”.")
        % {"name": row.name, "accession": row.accession, "label": _(facts.class_label)}
        if facts.class_label
        else _("%(name)s (%(accession)s).") % {"name": row.name, "accession": row.accession}
    ]
    if groups:
        told.append(_("Its effects are counted among: %(groups)s.") % {"groups": _list(groups)})
    if facts.names:
        told.append(_("It is also called %(names)s.") % {"names": _list(facts.names)})
    told.append(_control(facts))
    return " ".join(told)


def _control(facts: SubstanceFacts) -> str:
    if not facts.listings:
        return _("It is in none of the lists of control that this registry holds, which does not make it legal.")
    places = [
        f"{_('United Nations') if each.edition.jurisdiction == 'UN' else country_name(each.edition.jurisdiction)}"
        f" ({' '.join(part for part in (each.edition.instrument, each.control.schedule) if part)})"
        for each in facts.listings
    ]
    return _("It is controlled under: %(lists)s.") % {"lists": _list(list(dict.fromkeys(places)))}


def _harm(facts: SubstanceFacts) -> str:
    told = {"name": facts.substance.name, "cases": tell_cases(open_cases(facts.fatal, facts.severe))}
    if not told["cases"]:
        return (
            _("No public report here tells of severe or fatal cases with %(name)s; that is no sign of safety.") % told
        )
    return _("Public reports in which %(name)s was found: %(cases)s") % told


def _identification(facts: SubstanceFacts) -> str:
    row = facts.substance
    if row.mass_da is None:
        return ""
    ions = ", ".join(f"{each.name} {ion_mz(row.mass_da, each):.4f}" for each in ADDUCTS if each.name in _IONS)
    lines = [
        _("%(name)s: formula %(formula)s, monoisotopic mass %(mass).4f Da; ions (m/z): %(ions)s.")
        % {"name": row.name, "formula": row.formula, "mass": row.mass_da, "ions": ions}
    ]
    if facts.isomers:
        alone = [each.in_sentence for each in Technique if tells_positional_isomers_apart(each) is True]
        lines.append(
            _(
                "Positional isomers with the same ions are listed: %(isomers)s. Mass spectrometry alone does not tell"
                " them apart; %(alone)s do, and chromatography does with reference materials of each."
            )
            % {"isomers": _list([name for _accession, name in facts.isomers]), "alone": _list(alone)}
        )
    return " ".join(lines)


def _advice() -> str:
    lines = (
        _("Laboratories: look for it, also where screening finds nothing, and report what you find."),
        _("Health services: treat what you see, and ask a poison centre; samples help to confirm what was taken."),
        _("Services for people who use drugs: tell them that what is sold under other names may hold it."),
    )
    return "\n".join(f"- {line}" for line in lines)


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    left = len(names) - _SHOWN
    return shown if left <= 0 else _("%(shown)s and %(left)d more") % {"shown": shown, "left": left}

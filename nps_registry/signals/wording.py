"""Signals in words: one sentence of what was noticed, and the facts that it rests on, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Mapping

from nps_registry.localisation import gettext as _
from nps_registry.signals import re_emergence, spread
from nps_registry.signals.increase import RULE
from nps_registry.store.tables import Signal
from nps_registry.vocabulary.cases import open_cases, tell_cases
from nps_registry.vocabulary.place import country_name, region_name
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.week import monday_of

_SHOWN = ("observed", "expected", "new_countries", "arrivals", "window_quarters", "since", "silent_quarters")


def headline(signal: Signal) -> str:
    """What was noticed, and the place behind a colon: within a sentence some names need an article."""
    where = _place(signal)
    return {
        SignalKind.FIRST_EVER: _("First report anywhere: %(place)s"),
        SignalKind.FIRST_IN_REGION: _("First report in a region: %(region)s, %(place)s"),
        SignalKind.FIRST_IN_COUNTRY: _("First report: %(place)s"),
        SignalKind.RE_EMERGENCE: _("Seen again after a silence: %(place)s"),
        SignalKind.INCREASE: _("Increase: %(place)s"),
        SignalKind.SPREAD: _("Spread to more countries"),
        SignalKind.HARM: _("Severe or fatal cases: %(place)s"),
        SignalKind.ANALOGUE_OF_CONTROLLED: _("Close to a controlled substance: %(place)s"),
    }[signal.kind] % {"place": where, "region": region_name(signal.region) if signal.region else ""}


def _place(signal: Signal) -> str:
    if signal.country:
        return country_name(signal.country)
    return region_name(signal.region) if signal.region else _("the world")


def tell_evidence(signal: Signal, *, is_reviewer: bool = False) -> list[str]:
    """What the rule observed and expected, in sentences, in quarters and numbers of events only.

    Small counts of deaths are for those who review.
    """
    evidence = signal.evidence
    told: list[str] = []
    if signal.kind is SignalKind.INCREASE:
        told.append(
            _("%(observed)d events became known in the quarter; %(expected)s a quarter in the year before.")
            % {"observed": _number(evidence, "observed"), "expected": f"{_number(evidence, 'expected'):g}"}
        )
    elif signal.kind is SignalKind.RE_EMERGENCE:
        since = evidence.get("since")
        year, quarter = since if isinstance(since, list) else (0, 0)
        told.append(_("The event before was in %(year)d Q%(quarter)d.") % {"year": year, "quarter": quarter})
    elif signal.kind is SignalKind.SPREAD:
        arrivals = evidence.get("arrivals")
        names = [country_name(str(each[0])) for each in arrivals] if isinstance(arrivals, list) else []
        told.append(
            _("%(count)d countries had it for the first time within a year: %(names)s.")
            % {"count": len(names), "names": ", ".join(names)}
        )
    elif signal.kind is SignalKind.HARM:
        told.append(tell_cases(evidence if is_reviewer else _open_harm(evidence)))
    elif signal.kind is SignalKind.ANALOGUE_OF_CONTROLLED:
        other = evidence.get("other")
        accession, name = other if isinstance(other, list) else ("", "")
        told.append(
            _("Similarity %(similarity)s to %(name)s (%(accession)s), which is under international control.")
            % {"similarity": f"{_number(evidence, 'similarity'):.2f}", "name": name, "accession": accession}
        )
    return told


def _open_harm(evidence: Mapping[str, object]) -> dict[str, int | None]:
    return open_cases(int(_number(evidence, "fatal")), int(_number(evidence, "severe")))


def tell_weeks(signal: Signal) -> str:
    """The weeks of an increase, for those who review; empty for all other signals."""
    rise = signal.evidence.get("rise")
    if not isinstance(rise, dict) or "week" not in rise:
        return ""
    return _(
        "In the %(weeks)d weeks from %(monday)s on %(observed)d events became known, %(expected)s expected, p = %(p)s."
    ) % {
        "weeks": RULE.judged,
        "monday": monday_of(int(rise["week"]) - RULE.judged + 1).isoformat(),
        "observed": rise.get("observed", 0),
        "expected": f"{rise.get('expected', 0.0):g}",
        "p": f"{rise.get('p_value', 1.0):.2g}",
    }


def open_evidence(signal: Signal, *, is_reviewer: bool) -> dict[str, object]:
    """The evidence as data: without weeks, weights and small counts of deaths for all but those who review."""
    if is_reviewer:
        return dict(signal.evidence)
    told = {name: signal.evidence[name] for name in _SHOWN if name in signal.evidence}
    return told | _open_harm(signal.evidence) if signal.kind is SignalKind.HARM else told


def _number(evidence: Mapping[str, object], name: str) -> float:
    value = evidence.get(name, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0


def explain_rule(kind: SignalKind) -> str:
    """What the rule behind a signal looks for, in words."""
    first = _(
        "Exact: the earliest event that has been accepted, by quarter. Of two in one quarter, the one told first."
    )
    return {
        SignalKind.FIRST_EVER: first,
        SignalKind.FIRST_IN_REGION: first,
        SignalKind.FIRST_IN_COUNTRY: first,
        SignalKind.RE_EMERGENCE: _("An event after %(months)d months without one in the country, or in the world.")
        % {"months": re_emergence.SILENCE_MONTHS},
        SignalKind.INCREASE: _(
            "More events became known within %(weeks)d weeks than the past of the place, what it reports otherwise and"
            " the substance elsewhere let one expect, and so many more that it stands out among all substances and"
            " places of the same week."
        )
        % {"weeks": RULE.judged},
        SignalKind.SPREAD: _("%(count)d countries or more that never had it before, within a year.")
        % {"count": spread.NEW_COUNTRIES},
        SignalKind.HARM: _("Fatal and severe cases, and serious adverse events, in which it had a part."),
        SignalKind.ANALOGUE_OF_CONTROLLED: _(
            "A structure that the catalogue does not have, close to one under international control."
        ),
    }[kind]

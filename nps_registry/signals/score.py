"""The triage score: what a signal weighs for those who decide what to look at first, and why, in words.

The score is a sum of weights, 0 to 100. The weights are judgements and not measurements; they order a list and
mean nothing else. Which of them apply is kept with the signal, so that the words say what the number is made of.
That an adulterant, a medicine or a classic was met somewhere takes off most of what its arrival weighs; that it does
harm, increases or spreads weighs as for any other substance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.signals.noticed import FIRSTS, Noticed
from nps_registry.store.signal_facts import SubstanceFacts
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import EffectGroup, Nature, Status

MOST = 100.0
_OF_KIND = {
    SignalKind.FIRST_EVER: 45,
    SignalKind.HARM: 35,
    SignalKind.INCREASE: 30,
    SignalKind.SPREAD: 30,
    SignalKind.ANALOGUE_OF_CONTROLLED: 30,
    SignalKind.RE_EMERGENCE: 20,
    SignalKind.FIRST_IN_REGION: 20,
    SignalKind.FIRST_IN_COUNTRY: 10,
}
_REASONS = {
    "fatal": mark("somebody died"),
    "several_cases": mark("more than one case"),
    "opioid": mark("a synthetic opioid: small amounts kill"),
    "uncontrolled": mark("under no international control"),
    "provisional": mark("a structure that the catalogue does not have yet"),
    "steep": mark("at least three times what was expected"),
    "far": mark("ten new countries or more"),
    "close": mark("very close to the controlled substance"),
    "world": mark("nowhere in the world meanwhile"),
    "old": mark("an adulterant, a medicine or a classic: that it came is little news"),
}
_OLD = frozenset({Nature.ADULTERANT, Nature.MEDICINE, Nature.CONTROLLED_CLASSIC})
_ARRIVALS = FIRSTS | {SignalKind.RE_EMERGENCE}
_OF_ARRIVAL_OFF = 0.8
Weights = list[tuple[str, int]]


def weigh(noticed: Noticed, substance: SubstanceFacts | None) -> Weights:
    """The weights of a signal: what for, and how much."""
    weights: Weights = [(noticed.kind.value, _OF_KIND[noticed.kind])]
    evidence = noticed.evidence
    told = (
        ("fatal", 25, _number(evidence, "fatal") > 0),
        ("several_cases", 5, _number(evidence, "cases") > 1),
        ("steep", 10, _number(evidence, "observed") >= 3 * max(_number(evidence, "expected"), 0.5)),
        ("far", 10, _number(evidence, "new_countries") >= 10),
        ("close", 10, _number(evidence, "similarity") >= 0.8),
        ("world", 10, noticed.kind is SignalKind.RE_EMERGENCE and noticed.country is None),
    )
    weights += [(name, points) for name, points, holds in told if holds]
    if substance is not None:
        about = (
            ("opioid", 15, EffectGroup.SYNTHETIC_OPIOID.value in substance.effect_groups),
            ("uncontrolled", 10, not substance.is_controlled),
            ("provisional", 5, substance.status is Status.PROVISIONAL),
            ("old", -_arrival_off(noticed.kind), noticed.kind in _ARRIVALS and substance.nature in _OLD),
        )
        weights += [(name, points) for name, points, holds in about if holds]
    return weights


def _arrival_off(kind: SignalKind) -> int:
    return int(_OF_ARRIVAL_OFF * _OF_KIND[kind])


def score_of(weights: Collection[tuple[str, int]]) -> float:
    """Their sum, 100 at most."""
    return min(float(sum(points for _name, points in weights)), MOST)


def explain(weights: object) -> list[tuple[str, int]]:
    """*weights*, as they are kept, in words: the reason and its points, the weightiest first."""
    told: list[tuple[str, int]] = []
    for each in weights if isinstance(weights, Sequence) else ():
        name, points = str(each[0]), int(each[1])
        if name in set(SignalKind):
            told.append((SignalKind(name).label, points))
        elif name in _REASONS:
            told.append((_(_REASONS[name]), points))
    return sorted(told, key=lambda pair: -pair[1])


def _number(evidence: Mapping[str, object], name: str) -> float:
    value = evidence.get(name, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0

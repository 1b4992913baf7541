"""Criteria: fields combine by AND, values within one by OR; whatever matches is also looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.errors import InvalidInput
from nps_registry.notices.criteria import ABOUT, Criteria, gates_of, matches, read_criteria
from nps_registry.store.notices import Subject, SubstanceFacts
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.notice import NoticeKind
from nps_registry.vocabulary.place import region_of
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import EffectGroup

COUNTRIES = ("DE", "AT", "JP", "XK")
CLASSES = ("synthetic_cathinone", "nitazene")
ACCESSIONS = ("NPS-000001", "NPS-000002", "P-1")
EFFECTS = tuple(EffectGroup)[:3]
KINDS = tuple(SignalKind)[:3]


def some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


criteria = st.builds(
    Criteria,
    about=st.one_of(st.just(ABOUT), st.sampled_from([(kind,) for kind in ABOUT])),
    substances=some(ACCESSIONS),
    classes=some(CLASSES),
    effects=some(EFFECTS),
    countries=some(COUNTRIES),
    kinds=some(KINDS),
    severities=some(tuple(Severity)),
    structure=st.sampled_from(["", "CCO"]),
    pattern=st.sampled_from(["", "C"]),
)
facts = st.builds(
    SubstanceFacts,
    id=st.integers(1, 9),
    accession=st.sampled_from(ACCESSIONS),
    name=st.just("a name"),
    accessions=st.frozensets(st.sampled_from(ACCESSIONS), min_size=1),
    chemical_class=st.sampled_from(("", *CLASSES)),
    effect_groups=st.frozensets(st.sampled_from(EFFECTS)),
    smiles=st.sampled_from(["CCO", "CCN"]),
)
places: st.SearchStrategy[tuple[frozenset[str], str | None]] = st.one_of(
    st.tuples(st.frozensets(st.sampled_from(COUNTRIES)), st.none()),
    st.tuples(st.just(frozenset()), st.sampled_from([region_of(code) for code in COUNTRIES])),
)


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    kind = draw(st.sampled_from(ABOUT))
    countries, region = draw(places)
    return Subject(
        kind,
        tuple(draw(st.lists(facts, max_size=3))),
        countries,
        region,
        draw(st.sampled_from(KINDS)) if kind is NoticeKind.SIGNAL else None,
        draw(st.sampled_from(list(Severity))) if kind is NoticeKind.ADVISORY else "",
    )


def has_structure(substance: SubstanceFacts) -> bool:
    return substance.smiles == "CCO"


def wanted_by_definition(asked: Criteria, subject: Subject) -> bool:
    """The rule, said once more and slowly."""

    def concerns(code: str) -> bool:
        if subject.countries:
            return code in subject.countries
        return subject.region is None or region_of(code) == subject.region

    def fits(substance: SubstanceFacts) -> bool:
        holds = [
            not asked.substances or any(each in substance.accessions for each in asked.substances),
            not asked.classes or substance.chemical_class in asked.classes,
            not asked.effects or any(each in substance.effect_groups for each in asked.effects),
            not (asked.structure or asked.pattern) or has_structure(substance),
        ]
        return all(holds)

    about_substances = asked.substances or asked.classes or asked.effects or asked.structure or asked.pattern
    return all([
        subject.kind in asked.about,
        subject.kind is not NoticeKind.SIGNAL or not asked.kinds or subject.signal_kind in asked.kinds,
        subject.kind is not NoticeKind.ADVISORY or not asked.severities or subject.severity in asked.severities,
        not asked.countries or any(map(concerns, asked.countries)),
        not about_substances or any(map(fits, subject.substances)),
    ])  # fmt: skip


@given(criteria, subjects())
def test_a_notice_matches_exactly_by_the_rule(asked: Criteria, subject: Subject) -> None:
    assert matches(asked, subject, has_structure) is wanted_by_definition(asked, subject)


@given(criteria, subjects())
def test_what_matches_opens_a_gate_of_the_subscription(asked: Criteria, subject: Subject) -> None:
    if matches(asked, subject, has_structure):
        assert set(asked.gates()) & set(gates_of(subject)), "else nobody would look at it"


@given(criteria, subjects())
def test_another_field_never_brings_more(asked: Criteria, subject: Subject) -> None:
    if matches(replace(asked, countries=("DE",)), subject, has_structure):
        assert matches(replace(asked, countries=()), subject, has_structure)


@given(criteria)
def test_criteria_survive_being_kept_as_json(asked: Criteria) -> None:
    assert read_criteria(json.loads(json.dumps(asked.told()))) == asked


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"countries": ["ZZ"]}, "countries"),
        ({"countries": "DE"}, "countries"),
        ({"kinds": ["rumour"]}, "kinds"),
        ({"about": ["test"]}, "about"),
        ({"severities": ["dreadful"]}, "severities"),
        ({"effects": [1]}, "effects"),
        ({"classes": ["x"] * 61}, "classes"),
        ({"threshold": 0.1, "structure": "C"}, "threshold"),
        ({"threshold": "much"}, "threshold"),
        ({"threshold": float("nan")}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"structure": 7}, "structure"),
        ({"pattern": "C" * 20_001}, "pattern"),
        ({"pattern": "C\x00"}, "pattern"),
        ({"wishes": []}, "wishes"),
    ],
)
def test_what_is_no_criterion_is_refused_with_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_criteria(given)
    assert field in [error.field for error in refused.value.errors]

"""The class rules that the catalogue states, on the structures that it names."""

from __future__ import annotations

import pytest

from nps_registry.assets import find_substances
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.classes import suggest, suggest_class, suggest_from_neighbours
from nps_registry.catalogue.files import read_classes
from nps_registry.catalogue.records import ClassRecord, CounterexampleRecord, ExampleRecord
from nps_registry.chemistry.depict import draw_svg
from nps_registry.chemistry.reading import read
from nps_registry.chemistry.screening import Mol

CLASSES = read_classes(find_substances())
WANTED = {
    "lysergamide", "nitazene", "fentanyl_analogue", "orphine", "benzodiazepine", "semi_synthetic_cannabinoid",
    "arylcyclohexylamine", "aminorex", "phenmetrazine", "synthetic_cathinone", "phenidate", "tropane", "other_opioid",
    "diarylethylamine", "aminoindane", "tryptamine", "synthetic_cannabinoid", "piperazine", "methaqualone_type",
    "etomidate_analogue", "barbiturate", "alkyl_nitrite", "ghb_type", "gabapentinoid", "arylalkylamine",
    "phenethylamine", "plant_derived", "other",
}  # fmt: skip
MATCHES = [(each, example) for each in CLASSES for example in each.must_match]
NON_MATCHES = [(each, example) for each in CLASSES for example in each.must_not_match]


@pytest.fixture(scope="module")
def rules() -> ClassRules:
    return ClassRules(CLASSES)


def parent_of(smiles: str) -> Mol:
    return read(smiles).standardised.parent


def id_of(value: object) -> str:
    return value.key if isinstance(value, ClassRecord) else getattr(value, "name", "")


def test_every_class_of_the_vocabulary_has_a_file() -> None:
    assert {each.key for each in CLASSES} == WANTED


@pytest.mark.parametrize("found", CLASSES, ids=id_of)
def test_a_class_says_what_it_is_and_shows_it(found: ClassRecord) -> None:
    assert len(found.definition) > 40
    assert found.unodc_group
    assert found.eu_group
    assert found.effect_groups
    assert found.must_not_match
    assert found.key == "other" or (found.rules and found.must_match)


@pytest.mark.parametrize(("found", "example"), MATCHES, ids=id_of)
def test_an_example_is_recognised(found: ClassRecord, example: ExampleRecord, rules: ClassRules) -> None:
    suggestion = suggest_class(parent_of(example.smiles), rules)
    assert suggestion is not None
    assert (suggestion.key, suggestion.subclass) == (found.key, example.subclass)


@pytest.mark.parametrize(("found", "example"), NON_MATCHES, ids=id_of)
def test_a_counterexample_goes_where_it_belongs(
    found: ClassRecord, example: CounterexampleRecord, rules: ClassRules
) -> None:
    suggestion = suggest_class(parent_of(example.smiles), rules)
    assert (suggestion.key if suggestion else "other") == example.is_a != found.key


@pytest.mark.parametrize("found", CLASSES, ids=id_of)
def test_every_subclass_can_be_reached(found: ClassRecord) -> None:
    named = {rule.subclass for rule in found.rules}
    for position, subclass in enumerate(found.subclasses):
        has_patterns = subclass.all_of or subclass.any_of or subclass.none_of
        assert has_patterns or subclass.key in named or position == len(found.subclasses) - 1, subclass.key


def test_the_first_class_that_matches_wins(rules: ClassRules) -> None:
    # MT-45 is a diarylethylamine and a piperazine too; both come later than the opioids.
    mt_45 = parent_of("c1ccc(CC(c2ccccc2)N2CCN(C3CCCCC3)CC2)cc1")
    later = ClassRules(each for each in CLASSES if each.key != "other_opioid")
    first, second = suggest_class(mt_45, rules), suggest_class(mt_45, later)
    assert first is not None
    assert second is not None
    assert (first.key, second.key) == ("other_opioid", "diarylethylamine")


def test_a_suggestion_names_the_rule_and_marks_its_atoms(rules: ClassRules) -> None:
    suggestion = suggest_class(parent_of("CNC(C)C(=O)c1cccc(C)c1"), rules)
    assert suggestion is not None
    assert suggestion.rule == "aminoketone"
    assert "aryl ketone" in suggestion.why
    mol = parent_of("CNC(C)C(=O)c1cccc(C)c1")
    marked = {mol.GetAtomWithIdx(index).GetSymbol() for index in suggestion.atoms}
    assert marked == {"C", "N", "O"}


def test_a_drawing_of_each_example_can_follow_its_class(rules: ClassRules) -> None:
    for found, example in MATCHES:
        assert "<svg" in draw_svg(parent_of(example.smiles), scaffold=rules.scaffold(found.key))


def test_close_neighbours_decide_where_no_rule_fits(rules: ClassRules) -> None:
    zopiclone = parent_of("CN1CCN(C(=O)OC2c3nccnc3C(=O)N2c2ccc(Cl)cn2)CC1")
    assert suggest(zopiclone, rules) is None
    neighbours = [(0.7, "benzodiazepine", "NPS-000002"), (0.6, "other", "NPS-000001"), (0.6, "other", "NPS-000003")]
    suggestion = suggest(zopiclone, rules, neighbours)
    assert suggestion is not None
    assert (suggestion.key, suggestion.neighbour) == ("other", "NPS-000001")
    assert "NPS-000001" in suggestion.why


def test_one_close_analogue_outvotes_several_distant_ones(rules: ClassRules) -> None:
    neighbours = [(0.9, "orphine", "NPS-000001"), *((0.5, "nitazene", f"NPS-00001{n}") for n in range(4))]
    suggestion = suggest_from_neighbours(neighbours, rules)
    assert suggestion is not None
    assert suggestion.key == "orphine"


def test_distant_neighbours_say_nothing(rules: ClassRules) -> None:
    assert suggest_from_neighbours([(0.3, "orphine", "NPS-000001")], rules) is None
    assert suggest_from_neighbours([], rules) is None


def test_neighbours_in_any_order_give_the_same_suggestion(rules: ClassRules) -> None:
    neighbours = [(0.6, "nitazene", "NPS-000003"), (0.8, "orphine", "NPS-000001"), (0.8, "orphine", "NPS-000002")]
    assert suggest_from_neighbours(neighbours, rules) == suggest_from_neighbours(neighbours[::-1], rules)


def test_a_curators_class_gets_its_subclass_by_rule(rules: ClassRules) -> None:
    mephedrone = parent_of("CNC(C)C(=O)c1ccc(C)cc1")
    assert rules.subclass_in("synthetic_cathinone", mephedrone) == "ring_substituted"
    assert rules.subclass_in("nitazene", mephedrone) is None
    assert rules.subclass_in("no_such_class", mephedrone) is None

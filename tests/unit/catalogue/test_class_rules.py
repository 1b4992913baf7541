"""Rules are compiled from records; what is wrong in a record is said with the class and the rule."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.records import ClassRecord, Range, RuleRecord, SubclassRecord, Within
from nps_registry.chemistry.reading import read
from nps_registry.chemistry.screening import count, find_first, screen
from nps_registry.chemistry.structure import parse
from nps_registry.errors import CatalogueFault

AMPHETAMINE = "CC(N)Cc1ccccc1"


def make_class(*rules: RuleRecord, key: str = "amine", order: int = 1, **more: object) -> ClassRecord:
    return ClassRecord.model_validate(
        {"key": key, "label": key, "definition": "A class for tests.", "order": order, "rules": rules} | more
    )


def rule(**clauses: object) -> RuleRecord:
    return RuleRecord.model_validate({"name": "rule", "why": "something"} | clauses)


def matches(smiles: str, record: ClassRecord) -> bool:
    return ClassRules([record]).first_match(read(smiles).standardised.parent) is not None


def test_all_patterns_of_all_of_must_be_there() -> None:
    record = make_class(rule(all_of=("[NX3]", "c")))
    assert matches(AMPHETAMINE, record)
    assert not matches("CC(C)N", record)


def test_one_pattern_of_any_of_is_enough() -> None:
    record = make_class(rule(any_of=("S", "[NX3]")))
    assert matches(AMPHETAMINE, record)
    assert not matches("CCO", record)


def test_a_pattern_of_none_of_forbids_the_match() -> None:
    assert not matches(AMPHETAMINE, make_class(rule(any_of=("[NX3]",), none_of=("c",))))


def test_limits_are_included() -> None:
    def bounded(least: int, most: int) -> ClassRecord:
        return make_class(rule(any_of=("N",), within=Within(carbons=Range(at_least=least, at_most=most))))

    assert matches(AMPHETAMINE, bounded(9, 9))
    assert not matches(AMPHETAMINE, bounded(10, 20))
    assert not matches(AMPHETAMINE, bounded(0, 8))


def test_a_fragment_stands_for_its_pattern() -> None:
    record = make_class(rule(any_of=("c-[CX4]-[CX4]-{amine}",)), fragments={"amine": "[NX3;!$(N-C=O)]"})
    assert matches(AMPHETAMINE, record)
    assert not matches("CC(NC(C)=O)Cc1ccccc1", record)


def test_the_class_with_the_lower_order_is_asked_first() -> None:
    wide, narrow = rule(any_of=("N",)), rule(any_of=("c",))
    rules = ClassRules([make_class(wide, key="wide", order=2), make_class(narrow, key="narrow", order=1)])
    found = rules.first_match(read(AMPHETAMINE).standardised.parent)
    assert found is not None
    assert found.chemical_class.key == "narrow"


def test_the_last_subclass_takes_what_the_others_leave() -> None:
    subclasses = (
        SubclassRecord(key="sulfur", label="Sulfur", definition="With sulfur.", any_of=("S",)),
        SubclassRecord(key="rest", label="Rest", definition="Without."),
    )
    rules = ClassRules([make_class(rule(any_of=("N",)), subclasses=subclasses)])
    for smiles, expected in ((AMPHETAMINE, "rest"), ("NCCS", "sulfur")):
        found = rules.first_match(read(smiles).standardised.parent)
        assert found is not None
        assert found.subclass == expected


def test_two_classes_with_one_order_are_refused() -> None:
    with pytest.raises(CatalogueFault, match="first and second have the same order 3"):
        ClassRules([make_class(key="first", order=3), make_class(key="second", order=3)])


def test_a_pattern_that_cannot_be_read_is_named_with_its_class() -> None:
    with pytest.raises(CatalogueFault, match=r"Class amine, rule: c1ccccc cannot be read"):
        ClassRules([make_class(rule(any_of=("c1ccccc",)))])


def test_an_unknown_fragment_is_named() -> None:
    with pytest.raises(CatalogueFault, match=r"there is no fragment \{amine\}"):
        ClassRules([make_class(rule(any_of=("c-{amine}",)))])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rules", ({"name": "empty", "why": "nothing"},)),
        ("rules", (rule(any_of=("N",)), rule(any_of=("O",)))),
        ("rules", (rule(any_of=("N",), subclass="missing"),)),
        ("must_match", ({"name": "a", "smiles": "N", "subclass": "missing"},)),
    ],
    ids=["a rule without patterns", "two rules of one name", "a rule to no subclass", "an example of no subclass"],
)
def test_a_record_that_contradicts_itself_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        make_class(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["[#7]", "c1ccccc1", "[C,N]~[O,S]", "[$([NX3]C=O)]", "[!#6]", "*~*~*", "C1CCC1"])
@pytest.mark.parametrize("smiles", [AMPHETAMINE, "CC(=O)Nc1ccccc1", "C1CCC1", "[OH-].[Na+]", "O", "NCC#N"])
def test_putting_a_pattern_aside_by_its_counts_never_loses_a_match(pattern: str, smiles: str) -> None:
    screened, mol = screen(pattern), parse(smiles).mol
    if mol.HasSubstructMatch(screened.pattern.query):
        assert find_first(screened, mol, count(mol)) is not None

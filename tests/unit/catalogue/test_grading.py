"""Evidence grades, as the catalogue's definition of them has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.catalogue.grading import derive_status, grade, grade_substance
from nps_registry.catalogue.records import ClaimRecord
from nps_registry.vocabulary.catalogue import Agreement, Basis, SourceKind
from nps_registry.vocabulary.substance import Evidence, Status
from tests.unit.catalogue.records import claims as any_claims
from tests.unit.catalogue.records import make_claim, make_source, make_substance

SOURCES = {
    source.id: source
    for source in (
        make_source("fda-unii"),
        make_source("massbank"),
        make_source("amber-nps"),
        make_source("cn-catalogue", group="china"),
        make_source("cn-supplements", group="china"),
        make_source("generated-names", kind=SourceKind.NOMENCLATURE),
        make_source("curation", kind=SourceKind.CURATION),
    )
}


def test_two_groups_with_one_name_for_the_structure_are_grade_a() -> None:
    graded = grade([make_claim("fda-unii", "3-MMC"), make_claim("massbank", "3-mmc")], SOURCES)

    assert graded.evidence is Evidence.A
    assert graded.groups == ("fda-unii", "massbank")


def test_two_sources_of_one_group_are_one_source() -> None:
    graded = grade([make_claim("cn-catalogue", "3-MMC"), make_claim("cn-supplements", "3-MMC")], SOURCES)

    assert graded.evidence is Evidence.C


def test_a_second_groups_structure_without_a_name_is_grade_b() -> None:
    assert grade([make_claim("fda-unii", "3-MMC"), make_claim("amber-nps")], SOURCES).evidence is Evidence.B


def test_two_groups_with_different_names_are_grade_b() -> None:
    graded = grade([make_claim("fda-unii", "3-MMC"), make_claim("massbank", "metaphedrone")], SOURCES)

    assert graded.evidence is Evidence.B


def test_two_structures_without_any_name_are_grade_c() -> None:
    assert grade([make_claim("massbank"), make_claim("amber-nps")], SOURCES).evidence is Evidence.C


@pytest.mark.parametrize("basis", Basis)
def test_a_laboratorys_finding_with_reference_standard_or_nmr_is_grade_b_alone(basis: Basis) -> None:
    assert grade([make_claim("massbank", "3-MMC", basis=basis)], SOURCES).evidence is Evidence.B


@pytest.mark.parametrize("source", ["generated-names", "curation"])
def test_a_generated_name_and_a_curators_word_prove_nothing(source: str) -> None:
    graded = grade([make_claim("fda-unii", "3-MMC"), make_claim(source, "3-MMC")], SOURCES)

    assert graded.evidence is Evidence.C


def test_names_that_differ_in_stereo_descriptors_are_not_the_same_name() -> None:
    graded = grade([make_claim("fda-unii", "(R)-methadone"), make_claim("massbank", "methadone")], SOURCES)

    assert graded.evidence is Evidence.B


def test_a_flat_structure_lifts_a_name_to_b_and_no_further() -> None:
    flat = make_claim("massbank", "3-MMC", agreement=Agreement.FLAT)

    assert grade([make_claim("fda-unii", "3-MMC"), flat], SOURCES).evidence is Evidence.B
    assert grade([flat, make_claim("amber-nps")], SOURCES).evidence is Evidence.C


def test_a_structure_with_other_stereochemistry_supports_nothing() -> None:
    other = make_claim("massbank", "3-MMC", agreement=Agreement.SKELETON)

    assert grade([make_claim("fda-unii", "3-MMC"), other], SOURCES).evidence is Evidence.C


def test_a_name_that_the_entry_does_not_carry_supports_nothing() -> None:
    both = [make_claim("fda-unii", "PHP"), make_claim("massbank", "PHP")]
    record = make_substance(claims=[claim.model_dump() for claim in both])

    graded = grade_substance(record, SOURCES)

    assert graded is not None
    assert graded.evidence is Evidence.C
    assert derive_status(record, graded) is Status.UNCONFIRMED


def test_a_claim_of_an_unknown_source_counts_for_nothing() -> None:
    assert grade([make_claim("fda-unii", "3-MMC"), make_claim("nowhere", "3-MMC")], SOURCES).evidence is Evidence.C


def test_a_withdrawn_entry_stays_withdrawn_whatever_its_grade() -> None:
    record = make_substance(status="withdrawn")

    assert derive_status(record, grade_substance(record, SOURCES)) is Status.WITHDRAWN


@given(st.lists(any_claims, max_size=4), any_claims)
def test_one_more_claim_never_lowers_the_grade(claims: list[ClaimRecord], more: ClaimRecord) -> None:
    assert grade([*claims, more], SOURCES).evidence.value <= grade(claims, SOURCES).evidence.value


@given(st.lists(any_claims, max_size=4))
def test_the_order_of_claims_does_not_matter(claims: list[ClaimRecord]) -> None:
    assert grade(claims, SOURCES) == grade(list(reversed(claims)), SOURCES)

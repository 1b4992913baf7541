"""The lint: each rule finds its fault, at its place, and nothing in a catalogue without faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from nps_registry.catalogue.lint import RULES, Severity, lint
from nps_registry.catalogue.records import Catalogue, ClassRecord, RetiredAccession
from nps_registry.vocabulary.substance import Stereo
from tests.unit.catalogue.small import (
    FLUOROFENTANYLS,
    LEVO,
    MEPHEDRONE,
    MERGED,
    MITRAGYNINE,
    MMC,
    NALOXONE,
    RACE,
    WITHDRAWN,
    altered,
    small,
    with_control,
    with_more,
    with_name,
    with_part,
    with_preferred,
    with_structure,
)

GONE = "NPS-000024"
RULE_BY_NAME = {rule.name: rule for rule in RULES}


def _with_class(key: str, **changes: object) -> Catalogue:
    classes = [
        ClassRecord.model_validate(each.model_dump() | changes) if each.key == key else each for each in small().classes
    ]
    return replace(small(), classes=tuple(classes))


def _tautomers() -> Catalogue:
    """Two entries that are a diketone and its enol."""
    catalogue = small()
    records = []
    forms = ((MMC, "CC(=O)CC(C)=O", Stereo.ACHIRAL), (MEPHEDRONE, "CC(O)=CC(C)=O", Stereo.UNDEFINED))
    for accession, smiles, stereo in forms:
        record = catalogue.by_accession[accession]
        assert record.structure is not None
        structure = record.structure.model_copy(update={"smiles": smiles, "stereo": stereo})
        records.append(record.model_copy(update={"structure": structure}))
    return replace(catalogue, substances=tuple(records))


def _amphetamine(name: str) -> Catalogue:
    """An entry for (S)-amphetamine that carries *name*."""
    structure = {"smiles": "C[C@H](N)Cc1ccccc1", "stereo": "absolute", "inchi": "InChI=1S/C9H13N/t8-/m0/s1"}
    record = small().by_accession[MMC].structure
    assert record is not None
    names = [each.model_dump() for each in small().by_accession[MMC].names[:1]]
    names.append({"name": name, "kind": "synonym", "sources": ["curation"]})
    return altered(MMC, structure=record.model_dump() | structure, names=names)


def _levomethorphan(*further: str) -> Catalogue:
    """The entry for levomethorphan with *further* names."""
    names = [each.model_dump() for each in small().by_accession[LEVO].names]
    return altered(
        LEVO, names=[*names, *({"name": name, "kind": "synonym", "sources": ["curation"]} for name in further)]
    )


def _without_path() -> Catalogue:
    return replace(small(), paths={**small().paths, MMC: "other/NPS-000001.toml"})


def retired_as(accession: str, instead: str | None = None) -> RetiredAccession:
    reason, on = "Given to something else once.", date(2026, 10, 1)
    return RetiredAccession(accession=accession, reason=reason, on=on, instead=instead)


def _retired() -> Catalogue:
    return replace(small(), retired={MMC: retired_as(MMC)})


# For each rule a fault, and the end of the place where it is found.
FAULTS: dict[str, tuple[Callable[[], Catalogue], str]] = {
    "structure-readable": (lambda: with_structure(MMC, smiles="CNC(C)C(=O)c1cccc(C)c"), "structure.smiles"),
    "structure-standardised": (lambda: with_structure(MMC, formula="C11H16NO"), "structure.formula"),
    "structure-canonical": (lambda: with_structure(MMC, smiles="Cc1cccc(c1)C(=O)C(C)NC"), "structure.smiles"),
    "identity-unique": (lambda: altered(MERGED, status=None, merged_into=None), "structure"),
    "amide-drawn": (lambda: with_structure(MMC, smiles="CC(O)=NCc1ccccc1", stereo="achiral"), "structure.smiles"),
    "tautomers-apart": (_tautomers, "structure"),
    "name-whole": (lambda: with_name(MMC, "MMC) (3-methyl"), "names[4].name"),
    "name-of-this-substance": (lambda: with_name(MMC, "3-MMC-d3"), "names[4].name"),
    "name-of-no-form": (lambda: with_name(MMC, "3-MMC orotate"), "names[4].name"),
    "preferred-name-style": (lambda: with_preferred(MEPHEDRONE, "MEPHEDRONE"), "name"),
    "name-signs": (lambda: with_name(MMC, "3\u2011MMC"), "names[4].name"),
    "name-once": (lambda: with_name(MMC, "3-mmc"), "names[4].name"),
    "abbreviation-short": (lambda: with_name(MEPHEDRONE, "Meowing", kind="abbreviation"), "names[4].kind"),
    "generated-name-kind": (lambda: with_part(MMC, "names", 0, sources=["generated-names"]), "name"),
    "name-stereo": (lambda: with_name(LEVO, "rac-3-methoxymorphinan"), "names[2].name"),
    "name-configuration": (lambda: _amphetamine("(R)-amphetamine"), "names[1].name"),
    "name-sides": (lambda: _levomethorphan("(+)-methorphan", "(-)-methorphan"), "names"),
    "name-elements": (lambda: with_name(MMC, "3-chloromethcathinone"), "names[4].name"),
    "name-ester": (lambda: with_name(MMC, "metaphedrone decanoate"), "names[4].name"),
    "name-ambiguous": (lambda: with_name(MMC, "4-MMC"), "names[1].ambiguous"),
    "preferred-name-unique": (lambda: with_preferred(MEPHEDRONE, "3-MMC"), "name"),
    "cas-check-digit": (lambda: with_part(MMC, "identifiers", 0, value="1246911-86-4"), "identifiers[0].value"),
    "identifier-shape": (lambda: with_part(MMC, "identifiers", 1, value="73q9"), "identifiers[1].value"),
    "identifier-unique": (
        lambda: with_part(MEPHEDRONE, "identifiers", 0, value="1246911-86-3"),
        "identifiers[0].value",
    ),
    "unii-single": (
        lambda: with_more(MMC, "identifiers", scheme="unii", value="AAAAAAAAA1", sources=["fda-unii"]),
        "identifiers",
    ),
    "cas-single": (
        lambda: with_more(MMC, "identifiers", scheme="cas", value="7732-18-5", sources=["fda-unii"]),
        "identifiers",
    ),
    "source-known": (lambda: with_part(MMC, "names", 0, sources=["nowhere"]), "names[0].sources"),
    "claim-agrees": (lambda: with_part(MMC, "claims", 0, agreement="skeleton"), "claims[0].agreement"),
    "stereo-claimed": (
        lambda: altered(
            LEVO,
            claims=[each.model_dump() for each in small().by_accession[LEVO].claims if each.agreement != "full"],
        ),
        "structure.stereo",
    ),
    "claims-present": (lambda: altered(MMC, claims=[]), "claims"),
    "name-claimed": (lambda: with_name(MMC, "Metaphedrone", sources=["fda-unii"]), "names[4].sources"),
    "source-used": (lambda: replace(small(), substances=()), "fda-unii"),
    "class-known": (lambda: altered(MMC, chemical_class="cathinone"), "chemical_class"),
    "class-by-rule": (lambda: altered(MMC, chemical_class="other"), "chemical_class"),
    "group-class": (lambda: altered(FLUOROFENTANYLS, chemical_class="nitazene"), "chemical_class"),
    "effects-stated": (lambda: altered(MMC, effect_groups=["stimulant"]), "effect_groups"),
    "class-examples": (
        lambda: _with_class("nitazene", must_match=[{"name": "Caffeine", "smiles": "Cn1c(=O)c2c(ncn2C)n(C)c1=O"}]),
        "must_match[0]",
    ),
    "file-place": (_without_path, "chemical_class"),
    "accession-once": (_retired, "accession"),
    "merge-resolves": (lambda: altered(MERGED, merged_into=WITHDRAWN), "merged_into"),
    "relation-resolves": (
        lambda: with_more(MMC, "relations", kind="metabolite_of", to="NPS-999999", sources=["curation"]),
        "relations[0].to",
    ),
    "member-resolves": (lambda: altered(FLUOROFENTANYLS, members=[{"accession": "NPS-000006"}]), "members"),
    "isomers-have-one-formula": (lambda: with_more(FLUOROFENTANYLS, "members", accession="NPS-000005"), "members"),
    "metabolite-has-parent": (lambda: altered(MMC, nature="metabolite"), "relations"),
    "control-resolves": (lambda: with_control(0, accessions=["NPS-999999"]), "entries[0].accessions"),
    "control-once": (lambda: with_control(1, accessions=["NPS-000005"]), "entries[1].accessions"),
    "control-source-known": (lambda: with_control(0, sources=["nowhere"]), "entries[0].sources"),
    "control-verified": (lambda: with_control(0, verified_by=["incb-yellow-list"]), "entries[0].verified_by"),
    "control-dated": (lambda: with_control(0, in_force_on=None), "entries[0].in_force_on"),
    "control-exclusion": (lambda: with_control(0, accessions=["NPS-000010"]), "entries[0].accessions"),
    "occurrence-by-lists": (lambda: altered(MMC, occurrence="controlled"), "occurrence"),
    "prose-clean": (lambda: altered(MMC, comment="A common dose is not given here."), "comment"),
}


def test_a_catalogue_without_faults_has_no_findings() -> None:
    assert lint(small()) == []


def test_every_rule_has_a_fault_that_it_finds() -> None:
    assert set(FAULTS) == set(RULE_BY_NAME)


def test_rules_have_names_of_their_own_and_explanations_of_a_sentence() -> None:
    assert len(RULE_BY_NAME) == len(RULES)
    for rule in RULES:
        assert rule.explanation.endswith("."), rule.name
        assert len(rule.explanation.split()) > 5, rule.name


@pytest.mark.parametrize("name", FAULTS)
def test_each_rule_finds_its_fault_at_its_place(name: str) -> None:
    make, place = FAULTS[name]

    findings = lint(make(), [RULE_BY_NAME[name]])

    assert findings, f"{name} found nothing"
    assert any(finding.field.endswith(place) for finding in findings), [finding.place for finding in findings]
    assert all(finding.message and finding.path for finding in findings)


@pytest.mark.parametrize(("instead", "faults"), [(MMC, []), (None, []), (MERGED, ["instead"]), (GONE, ["instead"])])
def test_a_retired_number_leads_to_a_living_entry_or_to_none(instead: str | None, faults: list[str]) -> None:
    catalogue = replace(small(), retired={GONE: retired_as(GONE, instead)})
    assert [finding.field for finding in lint(catalogue, [RULE_BY_NAME["merge-resolves"]])] == faults


def test_errors_come_before_warnings_and_notes_last() -> None:
    severities = [finding.severity for finding in lint(altered(MMC, nature="metabolite", claims=[]))]

    assert {Severity.ERROR, Severity.NOTE} <= set(severities)
    assert severities == sorted(severities, key=list(Severity).index)


def test_a_progress_bar_is_told_of_every_rule() -> None:
    told: list[str] = []

    lint(small(), on_rule=lambda rule: told.append(rule.name))

    assert told == list(RULE_BY_NAME)


@pytest.mark.parametrize(
    "name", ["N", "1", "DMT) (3-", "2-(4-bromo", "25", "3,4-", "(-)", "4-methyl]aminorex", "ALPHA ("]
)
def test_fragments_of_badly_split_lists_are_no_names(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-whole"]])


@pytest.mark.parametrize("name", ["2C-B", "W-15", "LSD", "2-(4-bromophenyl)ethan-1-amine", "α-PVP", "N,N-DMT", "J-147"])
def test_short_and_bracketed_names_are_whole(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-whole"]]) == []


@pytest.mark.parametrize(
    "name",
    ["fentanyl-d5", "FENTANYL IMPURITY A", "NSC-12345", "SCHEMBL10203", "UF599785JZ", "437-38-7",
     "PJMPHNIQZUBGLI-UHFFFAOYSA-N", "C22H28N2O", "DEA No. 9801"],
)  # fmt: skip
def test_standards_codes_and_identifiers_are_no_names_of_the_substance(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-of-this-substance"]])


@pytest.mark.parametrize(
    "name", ["AM-2201", "JWH-018", "U-47700", "2C-D", "MT-45", "WIN 55,212-2", "5-MeO-DMT", "D2PM"]
)
def test_codes_that_the_field_uses_are_names(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-of-this-substance"]]) == []


@pytest.mark.parametrize(
    "name", ["METONITAZENE", "MA, (R)-", "AMPHETAMINE, P-CHLORO-", "methadone, D-", "FLUBROMAZOLAM"]
)
def test_a_registrys_capitals_and_inversions_are_not_preferred(name: str) -> None:
    assert lint(with_preferred(MMC, name), [RULE_BY_NAME["preferred-name-style"]])


@pytest.mark.parametrize(
    "name",
    ["5F-MDMB-PICA", "ADB-FUBINACA", "CUMYL-PEGACLONE", "metonitazene", "3-MMC", "CUMYL-CBMEGACLONE", "MDPHP",
     "25I-NBOMe", "ADB-BUTINACA", "4F-MDMB-BICA", "DOITFM", "MMDPPO"],
)  # fmt: skip
def test_names_as_the_field_writes_them_are_preferred(name: str) -> None:
    assert lint(with_preferred(MMC, name), [RULE_BY_NAME["preferred-name-style"]]) == []


@pytest.mark.parametrize(
    "name", ["rac-methorphan", "(±)-methorphan", "DL-methorphan", "racemorphan", "(RS)-methorphan"]
)
def test_a_racemates_name_does_not_stand_on_an_enantiomer(name: str) -> None:
    assert lint(with_name(LEVO, name), [RULE_BY_NAME["name-stereo"]])


@pytest.mark.parametrize(
    "name", ["levomethorphan", "(R)-methorphan", "dextromethorphan", "L-methorphan", "(-)-methorphan"]
)
def test_an_enantiomers_name_does_not_stand_on_the_racemate(name: str) -> None:
    assert lint(with_name(RACE, name), [RULE_BY_NAME["name-stereo"]])


@pytest.mark.parametrize("name", ["(R)-3-MMC", "rac-3-MMC"])
def test_a_stereo_descriptor_does_not_stand_where_nothing_is_stated(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-stereo"]])


def test_a_name_marked_ambiguous_that_nobody_shares_is_found() -> None:
    assert lint(with_part(MMC, "names", 1, ambiguous=True), [RULE_BY_NAME["name-ambiguous"]])


def test_an_overruled_class_needs_no_rule_and_a_needless_reason_is_found() -> None:
    rule = [RULE_BY_NAME["class-by-rule"]]

    assert lint(altered(MMC, chemical_class="other", class_overruled="Only to try the rule."), rule) == []
    assert lint(altered(MMC, class_overruled="Only to try the rule."), rule)


def test_a_curated_class_needs_no_reason_where_no_rule_speaks() -> None:
    assert small().by_accession[MITRAGYNINE].class_overruled is None
    assert lint(small(), [RULE_BY_NAME["class-by-rule"]]) == []


def test_a_merged_entry_is_not_checked_as_a_substance() -> None:
    assert lint(altered(MERGED, claims=[]), [RULE_BY_NAME["claims-present"]]) == []


def test_naloxone_shows_no_control_in_the_small_catalogue() -> None:
    assert not any(list(controls.entries_of(NALOXONE)) for controls in small().controls)


def test_the_side_of_an_alkene_may_be_named_on_an_achiral_entry() -> None:
    record = small().by_accession[MMC].structure
    assert record is not None
    alkene = record.model_dump() | {"stereo": "achiral", "inchi": f"{record.inchi}/b8-7+"}
    names = [name.model_dump() for name in small().by_accession[MMC].names]
    names.append({"name": "(E)-crotonylfentanyl", "kind": "synonym", "sources": ["curation"]})

    assert lint(altered(MMC, structure=alkene, names=names), [RULE_BY_NAME["name-stereo"]]) == []


@pytest.mark.parametrize("name", ["(S)-amphetamine", "(2S)-1-phenylpropan-2-amine", "S-amphetamine", "amphetamine"])
def test_a_name_with_the_configuration_of_the_structure_stands(name: str) -> None:
    assert lint(_amphetamine(name), [RULE_BY_NAME["name-configuration"]]) == []


@pytest.mark.parametrize("name", ["(R)-amphetamine", "(2R)-1-phenylpropan-2-amine", "R-amphetamine"])
def test_a_name_with_the_other_configuration_does_not(name: str) -> None:
    assert lint(_amphetamine(name), [RULE_BY_NAME["name-configuration"]])


@pytest.mark.parametrize("name", ["calcium 3-MMC", "3-MMC melting point standard", "metaphedrone sulfate"])
def test_a_salt_or_a_standard_is_not_the_substances_name(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-of-no-form"]])


@pytest.mark.parametrize("name", ["3-MMC A", "metaphedrone acetate", "3-MMCs"])
def test_a_letter_or_an_esters_name_makes_no_form(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-of-no-form"]]) == []


@pytest.mark.parametrize(
    "name",
    ["alpha-meth-ylbenzeneethanamine", "4-ethylamphet-amine", "3-MMC base #", "mmc_1233", "p-chloro-N--N-methylamide"],
)
def test_what_print_and_tables_leave_on_a_name_is_found(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-whole"]])


@pytest.mark.parametrize("names", [("D-methorphan", "L-methorphan"), ("(R)-methorphan", "(S)-methorphan")])
def test_mirror_images_are_not_names_of_one_form(names: tuple[str, str]) -> None:
    assert lint(_levomethorphan(*names), [RULE_BY_NAME["name-sides"]])


@pytest.mark.parametrize("names", [("(-)-methorphan", "L-methorphan"), ("D-(-)-methorphan", "L-methorphan")])
def test_the_sign_of_rotation_and_the_side_of_a_sugar_are_two_things(names: tuple[str, str]) -> None:
    assert lint(_levomethorphan(*names), [RULE_BY_NAME["name-sides"]]) == []


@pytest.mark.parametrize("name", ["deschloro-MMC", "de(chloro)-MMC", "methiodone", "fluorenyl-MMC"])
def test_a_halogen_that_a_name_takes_away_is_not_missed(name: str) -> None:
    assert lint(with_name(MMC, name), [RULE_BY_NAME["name-elements"]]) == []


def test_what_a_list_names_is_not_known_from_literature_only() -> None:
    listed = small().controls[0].entries[0].accessions[0]

    assert lint(altered(listed, occurrence="literature_only"), [RULE_BY_NAME["occurrence-by-lists"]])


@pytest.mark.parametrize("name", ["levamfetamine", "levomethorphan", "levacetylmethadol"])
def test_an_international_name_with_lev_is_one_enantiomers(name: str) -> None:
    assert lint(with_name(RACE, name), [RULE_BY_NAME["name-stereo"]])


@pytest.mark.parametrize("name", ["pMeOPP", "QUCHIC", "5F-ADB", "THJ"])
def test_letters_that_spell_a_substance_are_an_abbreviation(name: str) -> None:
    assert lint(with_name(MMC, name, kind="abbreviation"), [RULE_BY_NAME["abbreviation-short"]]) == []

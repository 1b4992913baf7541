"""The texts of the laws are read into entries without their exclusions, headings and misprints."""

from __future__ import annotations

from nps_registry.catalogue.compiling.controls.canada import read_canadian_schedules
from nps_registry.catalogue.compiling.controls.china import date_entries, read_batches, read_chinese_lists
from nps_registry.catalogue.compiling.controls.germany import read_german_annexes
from nps_registry.catalogue.compiling.controls.wording import peel_brackets, split_aliases
from nps_registry.vocabulary.catalogue import ControlScope


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _annex(*rows: str) -> str:
    head = _row("INN", "andere Namen", "chemische Namen")
    return f"# Anlage II – (zu § 1)\n<table>{head}{''.join(rows)}</table>\n"


def _canada(*texts: str, schedule: str = "SCHEDULE I(Sections 2)", since: str = "2018-04-04") -> list[dict[str, str]]:
    return [{"schedule": schedule, "text": text, "inforce_start": since} for text in texts]


class TestGermany:
    def test_a_nonproprietary_name_comes_before_other_names_and_the_chemical_name(self) -> None:
        (entry,) = read_german_annexes(_annex(_row("Mefenorex", "Name (AB, C-D)", "3-Chlor-N-methylpropan-1-amin")))
        assert entry.names == ("Mefenorex", "Name", "AB", "C-D", "3-Chlor-N-methylpropan-1-amin")

    def test_an_entry_without_names_is_listed_under_its_chemical_name(self) -> None:
        (entry,) = read_german_annexes(_annex(_row("-", "-", "(2-Methoxyethyl)(1-phenyl-cyclohexyl)azan")))
        assert entry.names == ("(2-Methoxyethyl)(1-phenyl-cyclohexyl)azan",)

    def test_a_name_broken_over_lines_is_joined(self) -> None:
        (entry,) = read_german_annexes(
            _annex(_row("-", "Alpha-PVT <br />( α-PVT)", "1- <br />(thiophen-2-yl)pentan-1-on"))
        )
        assert entry.names == ("Alpha-PVT", "α-PVT", "1-(thiophen-2-yl)pentan-1-on")

    def test_a_row_over_all_columns_restricts_the_entry_before_it(self) -> None:
        first, second = read_german_annexes(
            _annex(_row("A", "-", "a"), "<tr><td>- ausgenommen in Zubereitungen -</td></tr>", _row("B", "-", "b"))
        )
        assert first.exclusions == ("Certain preparations are exempt; the annex says which.",)
        assert second.exclusions == ()

    def test_no_amount_of_an_exempt_preparation_is_carried_over(self) -> None:
        (entry,) = read_german_annexes(
            _annex(_row("A", "-", "a"), "<tr><td>- ausgenommen in Zubereitungen bis zu 20 mg A -</td></tr>")
        )
        assert not any(character.isdigit() for character in " ".join(entry.exclusions))

    def test_a_heading_over_isomers_is_no_entry(self) -> None:
        entries = read_german_annexes(_annex(_row("-", "folgende Isomeren:", ""), _row("-", "Δ7-THC", "x")))
        assert [entry.listed_as for entry in entries] == ["Δ7-THC"]

    def test_what_restricts_a_list_under_a_heading_restricts_all_of_it(self) -> None:
        entries = read_german_annexes(
            _annex(
                _row("A", "-", "a"),
                _row("-", "folgende Isomeren:", ""),
                _row("-", "Δ7-THC", "x"),
                _row("-", "Δ8-THC", "y"),
                "<tr><td>– ausgenommen, wenn es sich um Cannabis handelt –</td></tr>",
                _row("B", "-", "b"),
            )
        )
        assert [bool(entry.exclusions) for entry in entries] == [False, True, True, False]


class TestCanada:
    def test_what_is_not_included_is_an_exclusion_until_the_next_heading(self) -> None:
        read = read_canadian_schedules(
            _canada(
                "Morphinans, their salts, derivatives and salts of derivatives including:",
                "Levorphanol (l-3-hydroxy-17-methylmorphinan)",
                "but not including",
                "Dextromethorphan (d-1,2) and its salts",
                "Benzazocines, their salts, derivatives and salts of derivatives including:",
                "Pentazocine (1,2,3)",
            )
        )
        assert [entry.listed_as for entry in read.entries] == ["Levorphanol", "Pentazocine"]
        assert [one.listed_as for one in read.excluded] == ["Dextromethorphan"]
        assert read.excluded[0].from_heading == "Schedule I: Morphinans"

    def test_an_item_under_a_heading_has_its_scope(self) -> None:
        read = read_canadian_schedules(
            _canada("Fentanyls, their salts, derivatives, and analogues, including:", "Fentanyl")
        )
        assert read.entries[0].scope == (ControlScope.DERIVATIVES, ControlScope.ANALOGUES, ControlScope.SALTS)

    def test_an_item_with_a_scope_of_its_own_stands_by_itself(self) -> None:
        read = read_canadian_schedules(
            _canada("Fentanyls, their salts, derivatives, and analogues, including:", "Tilidine (x), its salts", "Next")
        )
        assert [entry.scope for entry in read.entries] == [(ControlScope.SALTS,), ()]

    def test_an_item_added_later_is_not_under_the_heading_before_it(self) -> None:
        rows = [
            *_canada(
                "Salvia divinorum (S. divinorum), its preparations and derivatives, including:", "Salvinorin A (x)"
            ),
            *_canada("Carisoprodol (y)", since="2025-12-19"),
        ]
        *_, carisoprodol = read_canadian_schedules(rows).entries
        assert (carisoprodol.place, carisoprodol.scope) == ("Schedule I", ())

    def test_a_described_structure_is_a_definition_and_no_entry(self) -> None:
        read = read_canadian_schedules(
            _canada(
                "Any substance that has a 3-benzoylindole structure with substitution, including",
                "1-pentyl-3-x (RCS-4)",
                schedule="SCHEDULE II(Sections 2)",
            )
        )
        assert [one.title for one in read.definitions] == ["Substances with a 3-benzoylindole structure"]
        assert read.entries[0].names == ("1-pentyl-3-x", "RCS-4")

    def test_amendments_that_are_not_in_force_and_devices_are_left_out(self) -> None:
        rows = _canada("MDMA", schedule="AMENDMENTS NOT IN FORCE") + _canada("Die", schedule="SCHEDULE IX(Sections 2)")
        assert read_canadian_schedules(rows).entries == ()

    def test_the_age_of_a_wording_is_no_day_of_control(self) -> None:
        (entry,) = read_canadian_schedules(_canada("Heroin")).entries
        assert (entry.worded_since, entry.in_force_on, entry.decided_on) == ("2018-04-04", None, None)


class TestChina:
    TEXT = "\n".join(
        (
            "## 非药用类麻醉药品和精神药品目录",
            "| 1 | 甲 | 1-(4-Chlorophenyl)-2- methylaminopropan-1-one | 1225843-86-6 | 4-CMC |",
            "| 305 | 乙 | Acetorphine | 25333-77-1 | |",
            "### 第二类",
            "| 31 | 依托咪酯* | Etomidate | 33125-97-2 | 在中国境内批准上市的含依托咪酯的药品制剂除外 |",
        )
    )

    def test_an_entry_has_its_english_name_first_then_abbreviation_and_chinese_name(self) -> None:
        first = read_chinese_lists(self.TEXT)[0]
        assert first.names == ("1-(4-Chlorophenyl)-2-methylaminopropan-1-one", "4-CMC", "甲")
        assert first.cas == "1225843-86-6"

    def test_esters_and_ethers_are_covered_from_the_number_on_that_the_notes_say(self) -> None:
        first, later, _ = read_chinese_lists(self.TEXT)
        assert ControlScope.ESTERS not in first.scope
        assert ControlScope.ESTERS in later.scope

    def test_a_remark_that_exempts_preparations_is_an_exclusion(self) -> None:
        etomidate = read_chinese_lists(self.TEXT)[-1]
        assert etomidate.schedule == "Psychotropic substances, class II"
        assert len(etomidate.exclusions) == 1

    def test_an_entry_is_dated_by_the_batch_that_first_named_it(self) -> None:
        batches = read_batches(
            [
                {"english": "x", "note": "4-CMC", "cas": "", "effective_date": "2015-10-01"},
                {"english": "y", "note": "", "cas": "1225843-86-6", "effective_date": "2024-07-01"},
            ]
        )
        first, second, _ = date_entries(read_chinese_lists(self.TEXT), batches)
        assert (first.in_force_on, second.in_force_on) == ("2024-07-01", None)


def test_brackets_that_belong_to_a_name_stay_with_it() -> None:
    assert peel_brackets("Diphenidine (DEP) (1-(1,2-diphenylethyl)piperidine)") == (
        "Diphenidine",
        ("DEP", "1-(1,2-diphenylethyl)piperidine"),
    )
    assert peel_brackets("2-methyl-3-(2-methylphenyl)") == ("2-methyl-3-(2-methylphenyl)", ())


def test_the_commas_of_a_chemical_name_part_no_aliases() -> None:
    assert split_aliases("2-MeO-Diphenidine, MXP") == ("2-MeO-Diphenidine", "MXP")
    assert split_aliases("N,α-dimethylbenzeneethanamine") == ("N,α-dimethylbenzeneethanamine",)

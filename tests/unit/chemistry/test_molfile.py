"""Reading molfiles, V2000 and V3000, and the line of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.depict import write_molblock
from nps_registry.chemistry.structure import Drawn, Notation, parse
from nps_registry.errors import UnreadableStructure
from tests.unit.chemistry.samples import MEPHEDRONE_3, canonical, outcome_of

V2000 = write_molblock(Chem.MolFromSmiles(MEPHEDRONE_3))
V3000 = Chem.MolToV3KMolBlock(Chem.MolFromSmiles("C[N+](C)(C)[C@H](C)C(=O)[O-]"))
ATOM_LINE = "    0.0000    0.0000    0.0000 C   0  0\n"


def with_line(number: int, line: str, block: str = V2000) -> str:
    lines = block.split("\n")
    lines[number - 1] = line
    return "\n".join(lines)


def refusal_of(text: str) -> UnreadableStructure:
    with pytest.raises(UnreadableStructure) as caught:
        parse(text)
    return caught.value


def test_both_forms_are_read() -> None:
    assert parse(V2000).notation is Notation.MOLFILE
    assert Chem.MolToSmiles(parse(V2000).mol) == canonical(MEPHEDRONE_3)
    assert Chem.MolToSmiles(parse(V3000).mol) == canonical("C[N+](C)(C)[C@H](C)C(=O)[O-]")


def test_line_ends_of_any_system_and_a_record_of_an_sd_file_are_read() -> None:
    assert parse(V2000.replace("\n", "\r\n")).mol.GetNumAtoms() == 13
    assert parse(V2000 + "\n> <Name>\n3-MMC\n\n$$$$\n").mol.GetNumAtoms() == 13


@pytest.mark.parametrize(
    ("block", "line", "words"),
    [
        (with_line(4, "garbage"), 4, "counts line"),
        (with_line(4, " 99 13  0  0  0  0  0  0  0  0999 V2000"), 32, "announces 99 atoms"),
        (with_line(4, " x3 13  0  0  0  0  0  0  0  0999 V2000"), 4, "numbers of atoms"),
        (with_line(4, "999 13  0  0  0  0  0  0  0  0999 V2000"), 4, "999 atoms"),
        (with_line(6, "       nan    0.0000    0.0000 C   0  0"), 6, "nan"),
        (with_line(6, "       inf    0.0000    0.0000 C   0  0"), 6, "inf"),
        (with_line(6, "    1.0e30    0.0000    0.0000 C   0  0"), 6, "1.0e30"),
        (with_line(6, "    0.0000    0.0000    0.0000 Qq  0  0"), 6, "no chemical element"),
        (with_line(6, "    0.0000    0.0000    0.0000 R#  0  0"), 6, "placeholder"),
        (with_line(20, "  1 99  1  0"), 20, "there are only 13 atoms"),
        (with_line(20, "  1  1  1  0"), 20, "to itself"),
        (with_line(20, "  1  x  1  0"), 20, "cannot be read"),
        (with_line(18, "  1  2  8  0"), 18, "no definite kind"),
        (with_line(20, "  2  1  1  0"), 20, "second time"),
        (V3000.replace("V30 1 C", "V30 1 [C,N]"), 8, "placeholder"),
        (V3000.replace("COUNTS 9", "COUNTS 8"), 4, "not what its counts line says"),
    ],
)
def test_a_fault_is_told_with_its_line(block: str, line: int, words: str) -> None:
    refused = refusal_of(block)
    assert refused.line == line
    assert words in refused.detail


def test_too_many_bonds_on_an_atom_are_told_with_its_line() -> None:
    block = "\n\n\n  6  5  0  0  0  0            999 V2000\n" + ATOM_LINE * 6
    block += "".join(f"  1  {other}  1  0\n" for other in range(2, 7)) + "M  END\n"
    refused = refusal_of(block)
    assert refused.line == 5
    assert "carbon on line 5 has 5 bonds" in refused.detail


def test_a_file_cut_off_or_with_two_structures_is_refused() -> None:
    assert "M  END" in refusal_of(V2000.replace("M  END", "")).detail
    assert "more than one" in refusal_of(f"{V2000}\n$$$$\n{V2000}").detail


def test_half_a_character_and_a_number_without_end_are_refused() -> None:
    assert "control character" in refusal_of("\ud800" + V2000).detail
    assert refusal_of(V3000.replace("COUNTS 9", "COUNTS " + "9" * 5_000)).line == 6


def test_a_polymer_is_refused() -> None:
    block = "\n\n\n  3  2  0  0  0  0            999 V2000\n" + ATOM_LINE * 3 + "  1  2  1  0\n  2  3  1  0\n"
    block += "M  STY  1   1 SRU\nM  SAL   1  1   2\nM  SBL   1  2   1   2\nM  SMT   1 n\nM  END\n"
    assert "repeating unit" in refusal_of(block).detail


def test_no_path_or_trace_of_the_library_reaches_the_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    broken = [with_line(number, "x" * 40) for number in range(4, 32)]
    for block in [*broken, V2000.replace("M  END", "M  CHG  1  99   1\nM  END")]:
        detail = refusal_of(block).detail
        assert "/" not in detail.replace("V2000/V3000", "")
        assert "Violation" not in detail
        assert "\n" not in detail
    assert capfd.readouterr() == ("", "")


@given(st.integers(0, len(V2000) - 1), st.characters(codec="utf-8"))
@settings(max_examples=300, deadline=None)
def test_any_one_changed_character_is_read_or_refused(index: int, character: str) -> None:
    outcome = outcome_of(V2000[:index] + character + V2000[index + 1 :])
    assert isinstance(outcome, Drawn) or outcome.detail.endswith(".")

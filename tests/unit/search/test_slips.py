"""A typing slip is forgiven; the name of another substance is not taken for one."""

from __future__ import annotations

import pytest

from nps_registry.search.slips import are_transposed, is_slip
from nps_registry.vocabulary.folding import words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("mehpedrone", "Mephedrone"),
        ("metonitazine", "Metonitazene"),
        ("Methylon", "Methylone"),
        ("flualprazolm", "Flualprazolam"),
        ("4-flourofentanyl", "4-fluorofentanyl"),
        ("isotonitazenne", "Isotonitazene"),
        ("cumyl pegaclon", "CUMYL-PEGACLONE"),
    ],
)
def test_a_typing_slip_is_forgiven(typed: str, written: str) -> None:
    assert is_slip(words(typed), words(written))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2-FMA", "3-FMA"),
        ("JWH-018", "JWH-081"),
        ("2-fluorofentanyl", "3-fluorofentanyl"),
        ("ethylone", "methylone"),
        ("4-methylethcathinone", "4-methylmethcathinone"),
        ("ethylphenidate", "methylphenidate"),
        ("ADB-BUTINACA", "MDMB-BUTINACA"),
        ("AB-FUBINACA", "ADB-FUBINACA"),
        ("MDA", "MDMA"),
        ("pentedrone", "hexedrone"),
        ("protonitazene", "isotonitazene"),
        ("4F-PVP", "4-MPVP"),
        ("flmodafinil", "fluorafinil"),
    ],
)
def test_another_substance_is_no_slip(typed: str, written: str) -> None:
    assert not is_slip(words(typed), words(written))


def test_words_may_stand_in_another_order() -> None:
    assert are_transposed(words("MMC-3"), words("3-MMC"))
    assert are_transposed(words("PVP alpha"), words("α-PVP"))


def test_two_numbers_keep_their_places() -> None:
    assert not are_transposed(words("3-chloro-4-methyl"), words("4-chloro-3-methyl"))

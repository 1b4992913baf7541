"""What is typed into the one search box is taken for what the person meant."""

from __future__ import annotations

import pytest

from nps_registry.search.interpretation import interpret
from nps_registry.vocabulary.search import TextSort
from tests.unit.search.library import library


@pytest.mark.parametrize(
    ("typed", "sort", "text"),
    [
        ("PCP", TextSort.NAME, "PCP"),
        ("3-MMC", TextSort.NAME, "3-MMC"),
        ("a name nobody knows", TextSort.NAME, "a name nobody knows"),
        ("2-(methylamino)-1-phenylpropan-1-one", TextSort.NAME, "2-(methylamino)-1-phenylpropan-1-one"),
        ("nps 12", TextSort.ACCESSION, "NPS-000012"),
        ("NPS-000123", TextSort.ACCESSION, "NPS-000123"),
        ("P-7K3F-9Q2M", TextSort.ACCESSION, "P-7K3F-9Q2M"),
        (" 1189805-46-6 ", TextSort.CAS, "1189805-46-6"),
        ("CAS 50-36-2", TextSort.CAS, "50-36-2"),
        ("1189805466", TextSort.CAS, "1189805-46-6"),
        ("VNGWMBSRKKFNRW-UHFFFAOYSA-N", TextSort.INCHIKEY, "VNGWMBSRKKFNRW-UHFFFAOYSA-N"),
        ("InChI=1S/CH4/h1H4", TextSort.INCHI, "InChI=1S/CH4/h1H4"),
        ("C11H15NO", TextSort.FORMULA, "C11H15NO"),
        ("C11 H15 N O", TextSort.FORMULA, "C11H15NO"),
        ("CCO", TextSort.SMILES, "CCO"),
        ("CNC(C)C(=O)c1cccc(C)c1", TextSort.SMILES, "CNC(C)C(=O)c1cccc(C)c1"),
        ("CC(=O", TextSort.SMILES, "CC(=O"),
        ("C1CC(", TextSort.SMILES, "C1CC("),
        ("c1ccccc", TextSort.SMILES, "c1ccccc"),
        ("CNC(", TextSort.SMILES, "CNC("),
        ("CP47497", TextSort.NAME, "CP47497"),
        ("P2NB", TextSort.NAME, "P2NB"),
        ("PB22", TextSort.NAME, "PB22"),
        ("spice(", TextSort.NAME, "spice("),
    ],
)
def test_a_text_is_taken_for_what_it_is(typed: str, sort: TextSort, text: str) -> None:
    found = interpret(library(), typed)
    assert (found.sort, found.text) == (sort, text)


def test_a_text_that_is_a_structure_and_a_name_is_a_name_only_where_somebody_carries_it() -> None:
    assert interpret(library(), "PCP").sort is TextSort.NAME
    assert interpret(library(), "PCCP").sort is TextSort.SMILES

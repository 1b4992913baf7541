"""Names of small groups, as drug chemists say them; ``*`` is where the group is bound."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem

from nps_registry.localisation import mark

GROUP_NAMES: dict[str, str] = {
    "*F": mark("fluorine"),
    "*Cl": mark("chlorine"),
    "*Br": mark("bromine"),
    "*I": mark("iodine"),
    "*C": mark("methyl"),
    "*CC": mark("ethyl"),
    "*CCC": mark("propyl"),
    "*C(C)C": mark("isopropyl"),
    "*CCCC": mark("butyl"),
    "*CC(C)C": mark("isobutyl"),
    "*C(C)CC": mark("sec-butyl"),
    "*C(C)(C)C": mark("tert-butyl"),
    "*CCCCC": mark("pentyl"),
    "*CCCCCC": mark("hexyl"),
    "*C=C": mark("vinyl"),
    "*CC=C": mark("allyl"),
    "*C1CC1": mark("cyclopropyl"),
    "*C1CCC1": mark("cyclobutyl"),
    "*C1CCCC1": mark("cyclopentyl"),
    "*C1CCCCC1": mark("cyclohexyl"),
    "*c1ccccc1": mark("phenyl"),
    "*Cc1ccccc1": mark("benzyl"),
    "*O": mark("hydroxy"),
    "*OC": mark("methoxy"),
    "*OCC": mark("ethoxy"),
    "*OCCC": mark("propoxy"),
    "*OC(C)C": mark("isopropoxy"),
    "*OC(F)(F)F": mark("trifluoromethoxy"),
    "*OC(C)=O": mark("acetoxy"),
    "*CO": mark("hydroxymethyl"),
    "*C=O": mark("formyl"),
    "*C(C)=O": mark("acetyl"),
    "*C(=O)CC": mark("propionyl"),
    "*C(=O)O": mark("carboxy"),
    "*C(=O)OC": mark("methoxycarbonyl"),
    "*C(=O)OCC": mark("ethoxycarbonyl"),
    "*C(N)=O": mark("carbamoyl"),
    "*C(F)(F)F": mark("trifluoromethyl"),
    "*C#N": mark("cyano"),
    "*N": mark("amino"),
    "*NC": mark("methylamino"),
    "*N(C)C": mark("dimethylamino"),
    "*N(CC)CC": mark("diethylamino"),
    "*N1CCCC1": mark("pyrrolidinyl"),
    "*N1CCCCC1": mark("piperidinyl"),
    "*[N+](=O)[O-]": mark("nitro"),
    "*S": mark("sulfanyl"),
    "*SC": mark("methylsulfanyl"),
    "*SCC": mark("ethylsulfanyl"),
}


@lru_cache(maxsize=1)
def _names_by_canonical_smiles() -> dict[str, str]:
    return {Chem.MolToSmiles(Chem.MolFromSmiles(smiles)): name for smiles, name in GROUP_NAMES.items()}


def group_name(canonical_smiles: str) -> str | None:
    """The message key of the group's name, or None where it has no short one."""
    return _names_by_canonical_smiles().get(canonical_smiles)

"""Counter-ions and solvents that laboratories draw beside a substance, with the names people use.

Each is written neutral and without stereochemistry; a fragment is looked up in that form. The
selection follows the salts and solvates of marketed medicines (Stahl and Wermuth, *Handbook of
Pharmaceutical Salts*, 2nd ed., 2011); the names are those of salt forms ("hydrochloride").
"""

from __future__ import annotations

from nps_registry.localisation import mark

COUNTER_IONS: dict[str, str] = {
    "Cl": mark("hydrochloride"),
    "Br": mark("hydrobromide"),
    "I": mark("hydroiodide"),
    "F": mark("hydrofluoride"),
    "O=S(=O)(O)O": mark("sulfate"),
    "O=S(O)O": mark("sulfite"),
    "O=P(O)(O)O": mark("phosphate"),
    "O=[N+]([O-])O": mark("nitrate"),
    "[O-][Cl+3]([O-])([O-])O": mark("perchlorate"),
    "O=C(O)O": mark("carbonate"),
    "OB(O)O": mark("borate"),
    "C(#N)S": mark("thiocyanate"),
    "FB(F)F": mark("fluoroborate"),
    "O=CO": mark("formate"),
    "CC(=O)O": mark("acetate"),
    "O=C(O)C(F)(F)F": mark("trifluoroacetate"),
    "CCC(=O)O": mark("propionate"),
    "CC(O)C(=O)O": mark("lactate"),
    "O=C(O)CO": mark("glycolate"),
    "O=C(O)C(=O)O": mark("oxalate"),
    "O=C(O)CC(=O)O": mark("malonate"),
    "O=C(O)CCC(=O)O": mark("succinate"),
    "O=C(O)C=CC(=O)O": mark("fumarate or maleate"),
    "O=C(O)CC(O)C(=O)O": mark("malate"),
    "O=C(O)C(O)C(O)C(=O)O": mark("tartrate"),
    "O=C(O)CC(O)(CC(=O)O)C(=O)O": mark("citrate"),
    "O=C(O)CCCCC(=O)O": mark("adipate"),
    "OCC(O)C(O)C(O)C(O)C(=O)O": mark("gluconate"),
    "O=C(O)c1ccccc1": mark("benzoate"),
    "O=C(O)c1ccccc1O": mark("salicylate"),
    "O=C(O)C(O)c1ccccc1": mark("mandelate"),
    "CS(=O)(=O)O": mark("mesylate"),
    "CCS(=O)(=O)O": mark("esylate"),
    "O=S(=O)(O)c1ccccc1": mark("besylate"),
    "Cc1ccc(S(=O)(=O)O)cc1": mark("tosylate"),
    "O=S(=O)(O)C(F)(F)F": mark("triflate"),
    "CC1(C)C2CCC1(CS(=O)(=O)O)C(=O)C2": mark("camsylate"),
    "O=C(O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O": mark("pamoate"),
    "O=C(O)c1ccc2ccccc2c1O": mark("xinafoate"),
    "Cc1ccc(C(=O)OC(C(=O)O)C(OC(=O)c2ccc(C)cc2)C(=O)O)cc1": mark("ditoluoyltartrate"),
    "O=C(O)C(OC(=O)c1ccccc1)C(OC(=O)c1ccccc1)C(=O)O": mark("dibenzoyltartrate"),
    "[Li+]": mark("lithium"),
    "[Na+]": mark("sodium"),
    "[K+]": mark("potassium"),
    "[Mg+2]": mark("magnesium"),
    "[Ca+2]": mark("calcium"),
    "[Zn+2]": mark("zinc"),
    "[Al+3]": mark("aluminium"),
    "N": mark("ammonium"),
    "NC(CO)(CO)CO": mark("tromethamine"),
    "CNCC(O)C(O)C(O)C(O)CO": mark("meglumine"),
}

# Beside a quaternary ammonium the halide is a halide: there is no proton to name an acid after.
HALIDES: dict[str, str] = {
    "F": mark("fluoride"),
    "Cl": mark("chloride"),
    "Br": mark("bromide"),
    "I": mark("iodide"),
}

# Geometry tells these two apart; where it is drawn, the name is exact.
GEOMETRIC_COUNTER_IONS: dict[str, str] = {
    "O=C(O)/C=C/C(=O)O": mark("fumarate"),
    "O=C(O)/C=C\\C(=O)O": mark("maleate"),
}

SOLVENTS: dict[str, str] = {
    "O": mark("water"),
    "CO": mark("methanol"),
    "CCO": mark("ethanol"),
    "CC(C)O": mark("2-propanol"),
    "CC(C)=O": mark("acetone"),
    "CC#N": mark("acetonitrile"),
    "CCOC(C)=O": mark("ethyl acetate"),
    "CCOCC": mark("diethyl ether"),
    "ClCCl": mark("dichloromethane"),
    "ClC(Cl)Cl": mark("chloroform"),
    "CN(C)C=O": mark("N,N-dimethylformamide"),
    "CS(C)=O": mark("dimethyl sulfoxide"),
    "C1CCOC1": mark("tetrahydrofuran"),
    "C1COCCO1": mark("1,4-dioxane"),
    "Cc1ccccc1": mark("toluene"),
    "CCCCCC": mark("hexane"),
}

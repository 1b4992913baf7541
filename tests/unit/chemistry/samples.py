"""Structures that the tests draw from: one of each kind that behaves in its own way."""

from __future__ import annotations

import random

from hypothesis import strategies as st
from rdkit import Chem

from nps_registry.chemistry.rdkit_options import set_options
from nps_registry.chemistry.structure import Drawn, parse
from nps_registry.errors import UnreadableStructure

MEPHEDRONE_3 = "CNC(C)C(=O)c1cccc(C)c1"  # 3-MMC
MEPHEDRONE_4 = "CNC(C)C(=O)c1ccc(C)cc1"  # 4-MMC
DEXTROMETHORPHAN = "CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13"
LEVOMETHORPHAN = "CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(OC)cc13"
RACEMETHORPHAN = "CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13 |&1:4,9,10|"

DIVERSE = (
    MEPHEDRONE_3,
    "C[C@H](N)Cc1ccccc1",
    DEXTROMETHORPHAN,
    "CCN(CC)CCn1c(Cc2ccc(OCC)cc2)nc2cc([N+](=O)[O-])ccc12",
    "CC(C)(C)[C@H](NC(=O)c1nn(CCCCCF)c2ccccc12)C(=O)OC",
    "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1",
    "CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc12",
    "CCN(CC)C(=O)[C@@H]1C=C2c3cccc4[nH]cc(C[C@H]2N(C)C1)c34",
    "COC(=O)[C@H]1[C@@H](OC(=O)c2ccccc2)C[C@@H]2CC[C@H]1N2C",
    "CN(C)CCc1c[nH]c2cccc(OP(=O)(O)O)c12",
    "CC1=C[C@@H]2[C@@H](CC1)C(C)(C)Oc1cc(CCCCC)cc(O)c12",
    "Cc1onc(-c2ccccc2)c1C(=O)NCCCO",
    "O=C(O)CCCO",
    "C[N+](C)(C)CCO",
    "CC(=O)/C=C/c1ccccc1",
    "O[C@H](C(=O)O)[C@@H](O)C(=O)O",
    "CS(=O)CC(N)=O",
    "CN=[N+]=[N-]",
    "ON=C1CCN(Cc2ccccc2)CC1",
    "C[n+]1ccccc1",
    "C[N+]1([O-])CCC(O)CC1",
    "Nc1nc(=O)[nH]cc1F",
    "BrC1=CC2=C(S1)C(c1ccccc1Cl)=NCc1nnc(C)n1-2",
    "CC(C)ON=O",
    "NCC1(CC(=O)O)CCCCC1",
)

SALTS = (
    f"{MEPHEDRONE_3}.Cl",
    "C[NH2+]C(C)Cc1ccccc1.C[NH2+]C(C)Cc1ccccc1.[O-]S(=O)(=O)[O-]",
    "CC(N)Cc1ccccc1.OC(=O)/C=C/C(O)=O.O",
    "[Na]OC(=O)CCCO",
    "CC(=O)[O-].[Na+]",
    "[2H]C([2H])([2H])NC(C)C(=O)c1cccc(C)c1.Cl",
    "C[S+]([O-])CC(N)=O",
    "C[N+](C)(C)CCO.[Cl-]",
    "[NH3+]CC([O-])=O",
    "C[N-][N+]#N",
    "[Na+].[Cl-]",
)

# A biaryl with four ortho groups, one ring bond wedged: the drawing fixes the rotation about the bond 8-9.
HINDERED_MOLFILE = """
     RDKit          2D

 16 17  0  0  0  0  0  0  0  0999 V2000
    0.7500   -2.5981    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.5000   -1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    3.0000   -1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    3.7500   -0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    3.0000    1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.5000    1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    0.7500    2.5981    0.0000 I   0  0  0  0  0  0  0  0  0  0  0  0
    0.7500    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -0.7500    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -1.5000    1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -0.7500    2.5981    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -3.0000    1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -3.7500    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -3.0000   -1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -1.5000   -1.2990    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -0.7500   -2.5981    0.0000 Br  0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  2  3  1  0
  3  4  2  0
  4  5  1  0
  5  6  2  0
  6  7  1  0
  8  9  1  0
  9 10  2  0
 10 11  1  0
 10 12  1  0
 12 13  2  0
 13 14  1  0
 14 15  2  0
 15 16  1  0
  8  2  2  0
 15  9  1  0
  8  6  1  1
M  END
"""

diverse = st.sampled_from(DIVERSE)
anything = st.sampled_from(DIVERSE + SALTS)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def outcome_of(text: str) -> Drawn | UnreadableStructure:
    """What reading *text* gives: the drawing, or the refusal itself."""
    try:
        return parse(text)
    except UnreadableStructure as refused:
        return refused


def canonical(smiles: str) -> str:
    """*smiles* as RDKit writes it."""
    return str(Chem.MolToSmiles(Chem.MolFromSmiles(smiles)))


def shuffled(mol: Chem.Mol, seed: int) -> Chem.Mol:
    """*mol* with its atoms in another order."""
    order = list(range(mol.GetNumAtoms()))
    random.Random(seed).shuffle(order)
    return Chem.RenumberAtoms(mol, order)


def rewritten(mol: Chem.Mol, seed: int) -> str:
    """Another SMILES of *mol*, with its stereo groups."""
    again = shuffled(mol, seed)
    parameters = Chem.SmilesWriteParams()
    root = seed % mol.GetNumAtoms() if len(Chem.GetMolFrags(mol)) == 1 else -1
    set_options(parameters, canonical=False, rootedAtAtom=root)
    return Chem.MolToCXSmiles(again, parameters, Chem.CXSmilesFields.CX_ENHANCEDSTEREO)

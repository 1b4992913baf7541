"""Functional groups with more than one drawing, and the one drawing that is kept.

The transforms are those of MolVS and RDKit's ``rdMolStandardize`` that bear on drug chemistry, with
two differences: a sulfoxide stays S=O, and a transform that only moves a charge between tautomers is
left out, because the InChI treats these as one already.
"""

from __future__ import annotations

TRANSFORMS: tuple[tuple[str, str], ...] = (
    ("nitro group", "[N,P,As,Sb;X3:1](=[O,S,Se,Te:2])=[O,S,Se,Te:3]>>[*+1:1](=[*:2])[*-1:3]"),
    ("sulfone", "[S+2:1]([O-:2])([O-:3])>>[S+0:1](=[O-0:2])(=[O-0:3])"),
    ("sulfoxide", "[!O:1][S+1;X3:2]([O-:3])[!O:4]>>[*:1][S+0:2](=[O-0:3])[*:4]"),
    ("phosphoryl group", "[P+1;X4:1][O-1:2]>>[P+0:1]=[O-0:2]"),
    ("N-oxide", "[n:1]=[O:2]>>[n+:1][O-:2]"),
    ("azide", "[N:1]=[N:2]#[N:3]>>[N:1]=[N+:2]=[N-:3]"),
    ("azide, drawn with separated charges", "[N-:1][N+:2]#[N:3]>>[N-0:1]=[N+:2]=[N-:3]"),
    ("diazo group", "[*:1]=[N:2]#[N:3]>>[*:1]=[N+:2]=[N-:3]"),
    ("amidinium", "[C,S;X3+1:1]([NX3:2])[NX3!H0:3]>>[*+0:1]([N:2])=[N+:3]"),
    (
        "charges on both ends of a double bond",
        "[N,P,As,Sb,O,S,Se,Te;-1:1]-[A+0:2]=[N,P,As,Sb,O,S,Se,Te;+1:3]>>[*-0:1]=[A+0:2]-[*+0:3]",
    ),
    (
        "charges on both ends of an aromatic bond",
        "[n,o,p,s;-1:1]:[a:2]=[N,O,P,S;+1:3]>>[n,o,p,s;-0:1]:[a:2]-[*+0:3]",
    ),
)

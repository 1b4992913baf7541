"""What a curator has decided about single wordings, where the names alone mislead or say too little.

Each decision names its list and its reason. ``MISREAD`` are structures that reading a name by machine got wrong:
the German names of heroin, buprenorphine and meprobamate, and three complexes in a list of the United States'
schedules of which only the other part was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nps_registry.catalogue.compiling.controls.anchors import EVERY_LIST, Decision
from nps_registry.vocabulary.substance import Stereo

MISREAD = frozenset(
    {
        ("btmg_opsin", "WRALCBIGVSYDSV"),  # heroin
        ("btmg_opsin", "JHAAEWWPCXRWQE"),  # buprenorphine
        ("btmg_opsin", "UVFZLXGZYRYQSZ"),  # meprobamate
        ("globalchem", "CYTYCFOTNPOANT"),  # "PCE" is tetrachloroethylene there
        ("globalchem", "KWIUHFFTVRNATP"),  # "chloral betaine" without its chloral
        ("globalchem", "VEQOALNAAJBPNY"),  # "dichloralphenazone" without its chloral
    }
)

_COMMON_NAME = "the common name is unambiguous; the chemical name was misread"
_SIMPLE = "a simple compound with one structure"
_ISOMERS = "the isomers that the entry names, drawn without configuration"

_CONFIGURED = "the configuration that the name states"
_RACEMATE = "the racemate that the name states"
_OPEN = "the wording states no configuration"

_MORPHINAN = "CN1CC[C@]23c4c5ccc({})c4O[C@H]2{}[C@H]3[C@H]1C5){}"
_METHYLDIHYDROMORPHINE = "C[C@@]1(CC[C@H]2[C@H]3CC4=C5[C@]2([C@H]1OC5=C(C=C4)O)CCN3C)O"

# Names that tell stereoisomers apart, and morphinans whose names machines misread. Sources that read names by
# machine have put dextrorphan on levorphanol and alphaprodine on betaprodine, so each is drawn here.
_STEREOISOMERS: tuple[tuple[str, Stereo | None, tuple[str, ...]], ...] = (
    ("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13", None, ("Levomethorphan",)),
    ("CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(OC)cc13", None, ("Dextromethorphan",)),
    ("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(OC)cc13", Stereo.RACEMIC, ("Racemethorphan",)),
    ("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(O)cc13", None, ("Levorphanol",)),
    ("CN1CC[C@@]23CCCC[C@@H]2[C@@H]1Cc1ccc(O)cc13", None, ("Dextrorphan",)),
    ("CN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(O)cc13", Stereo.RACEMIC, ("Racemorphan",)),
    ("C=CCN1CC[C@]23CCCC[C@H]2[C@H]1Cc1ccc(O)cc13", None, ("Levallorphan",)),
    ("C[C@@H](C(C(=O)N1CCCC1)(c1ccccc1)c1ccccc1)CN1CCOCC1", None, ("Dextromoramide", "Dextromoramid")),
    ("C[C@H](C(C(=O)N1CCCC1)(c1ccccc1)c1ccccc1)CN1CCOCC1", None, ("Levomoramide", "Levomoramid")),
    ("C[C@H](C(C(=O)N1CCCC1)(c1ccccc1)c1ccccc1)CN1CCOCC1", Stereo.RACEMIC, ("Racemoramide", "Racemoramid")),
    ("CCC(=O)O[C@@]1([C@@H](CN(CC1)C)C)c1ccccc1", Stereo.RACEMIC, ("Alphaprodine", "Alphaprodin")),
    ("CCC(=O)O[C@]1([C@@H](CN(CC1)C)C)c1ccccc1", Stereo.RACEMIC, ("Betaprodine", "Betaprodin")),
    ("CCC(=O)O[C@@]1([C@@H](CN(CC1)C)CC)c1ccccc1", Stereo.RACEMIC, ("Alphameprodine", "Alphameprodin")),
    ("CCC(=O)O[C@]1([C@@H](CN(CC1)C)CC)c1ccccc1", Stereo.RACEMIC, ("Betameprodine", "Betameprodin")),
    ("CCOC(=O)[C@@]1(c2ccccc2)CCC=C[C@@H]1N(C)C", Stereo.RACEMIC, ("Tilidine", "Tilidin")),
    ("COC(=O)[C@H](c1ccccc1)[C@@H]1CCCCN1", Stereo.RACEMIC, ("(RS;SR)-Methylphenidat",)),
    (_MORPHINAN.format("OC", "[C@H](C=C", "OC(=O)c1cccnc1"), None, ("Nicocodine", "Nicocodin")),
    (_METHYLDIHYDROMORPHINE, None, ("Methyldihydromorphine", "Methyldihydromorphin")),
)

_THC = {
    "Δ3": "CCCCCc1cc(O)c2C3=C(CCC(C)C3)C(C)(C)Oc2c1",
    "Δ6a": "CCCCCc1cc(O)c2C3CC(C)CC=C3C(C)(C)Oc2c1",
    "Δ7": "CCCCCc1cc(O)c2C3CC(C)C=CC3C(C)(C)Oc2c1",
    "Δ8": "CCCCCc1cc(O)c2C3CC(C)=CCC3C(C)(C)Oc2c1",
    "Δ10": "CCCCCc1cc(O)c2C3=CC(C)CCC3C(C)(C)Oc2c1",
    "Δ9(11)": "CCCCCc1cc(O)c2C3CC(=C)CCC3C(C)(C)Oc2c1",
}

_SIMPLE_COMPOUNDS = (
    ("Acetic anhydride", "CC(=O)OC(C)=O"),
    ("Anthranilic acid", "Nc1ccccc1C(O)=O"),
    ("Isosafrole", "CC=Cc1ccc2OCOc2c1"),
    ("Phenylacetic acid", "OC(=O)Cc1ccccc1"),
    ("Piperidine", "C1CCNCC1"),
    ("Piperonal", "O=Cc1ccc2OCOc2c1"),
    ("Safrole", "C=CCc1ccc2OCOc2c1"),
    ("Gamma-butyrolactone", "O=C1CCCO1"),
    ("Alpha-phenylacetoacetonitrile", "CC(=O)C(C#N)c1ccccc1"),
    ("Propionyl chloride", "CCC(Cl)=O"),
    ("Propionic anhydride", "CCC(=O)OC(=O)CC"),
    ("4-Piperidone", "O=C1CCNCC1"),
    ("1-boc-4-piperidone", "CC(C)(C)OC(=O)N1CCC(=O)CC1"),
    ("3-methyl-4-piperidone", "CC1CNCCC1=O"),
    ("1-benzyl-4-piperidone", "O=C1CCN(Cc2ccccc2)CC1"),
    ("1-Phenethylpiperidin-4-ylidenephenylamine", "C1CC(=Nc2ccccc2)CCN1CCc1ccccc1"),
    ("4-anilino-1-boc-piperidine", "CC(C)(C)OC(=O)N1CCC(Nc2ccccc2)CC1"),
    ("4-fluoro anilino-1-boc-piperidine", "CC(C)(C)OC(=O)N1CCC(Nc2ccc(F)cc2)CC1"),
    ("4-bromo anilino-1-boc-piperidine", "CC(C)(C)OC(=O)N1CCC(Nc2ccc(Br)cc2)CC1"),
    ("N-(4-fluorophenyl)-4-piperidinamine", "Fc1ccc(NC2CCNCC2)cc1"),
    ("N1,N1,N2-trimethylcyclohexane-1,2-diamine", "CNC1CCCCC1N(C)C"),
    ("Phenethyl bromide", "BrCCc1ccccc1"),
    ("Phenethyl iodide", "ICCc1ccccc1"),
    ("Phenethyl chloride", "ClCCc1ccccc1"),
    ("Benzyl chloride", "ClCc1ccccc1"),
    ("Acetone", "CC(C)=O"),
    ("Ethyl ether", "CCOCC"),
    ("Methyl ethyl ketone", "CCC(C)=O"),
    ("Toluene", "Cc1ccccc1"),
    ("methyl 3-(1,3 benzodioxol-5-yl)-2-methyloxirane-2-carboxylate", "COC(=O)C1(C)OC1c1ccc2OCOc2c1"),
    ("methyl 2-methyl-3-phenyloxirane-2-carboxylate", "COC(=O)C1(C)OC1c1ccccc1"),
    ("1-Phenyl-N-propylcyclohexanamine", "CCCNC1(CCCCC1)c1ccccc1"),
    ("1-[1-(Phenylmethyl)cyclohexyl]piperidine", "C1CCC(CC1)(Cc1ccccc1)N1CCCCC1"),
    ("1-[1-(4-Methylphenyl)cyclohexyl]piperidine", "Cc1ccc(cc1)C1(CCCCC1)N1CCCCC1"),
)


def decide() -> tuple[Decision, ...]:
    """Every decision, for :class:`.anchors.AnchorFinder`."""
    return (*_everywhere(), *_german(), *_chinese(), *_canadian())


def _everywhere() -> Iterator[Decision]:
    for smiles, stereo, names in _STEREOISOMERS:
        why = _RACEMATE if stereo is Stereo.RACEMIC else _CONFIGURED
        for name in names:
            yield Decision(EVERY_LIST, name, why, smiles=(smiles,), stereo=stereo)


def _german() -> Iterator[Decision]:
    for german, english in (
        ("Diamorphin", "heroin"),
        ("Heroin", "heroin"),
        ("Buprenorphin", "buprenorphine"),
        ("Meprobamat", "meprobamate"),
        ("Psilocybin-(eth)", "ethocybin"),
        ("Diampromid", "diampromide"),
        ("Tetrahydrothebain", "tetrahydrothebaine"),
    ):
        yield Decision("de_btmg", german, _COMMON_NAME, named=english)
    yield Decision(
        "de_btmg",
        "Myrophin",
        _COMMON_NAME,
        smiles=("CCCCCCCCCCCCCC(=O)O[C@H]1C=C[C@H]2[C@H]3Cc4ccc(OCc5ccccc5)c5c4[C@@]2(CCN3C)[C@H]1O5",),
    )
    yield Decision(
        "de_btmg",
        "Pentazocin",
        "the common name is that of the racemate, the chemical name that of one enantiomer: both are meant",
        smiles=(
            "CC(C)=CCN1CCC2(C)c3cc(O)ccc3CC1C2C",
            "CC(C)=CCN1CC[C@@]2(C)c3cc(O)ccc3C[C@@H]1[C@@H]2C",
        ),
    )
    yield Decision(
        "de_btmg",
        "AKB-48F",
        "the chemical name is clear; elsewhere the short name stands for another halogen",
        smiles=("FCCCCCn1nc(C(=O)NC23CC4CC(CC(C4)C2)C3)c2ccccc12",),
    )
    yield from _chlordiazepoxide("de_btmg", "Chlordiazepoxid")
    yield Decision("de_btmg", "4-Allyloxy-3,5-dimethoxy-phenethylazan", _SIMPLE, smiles=("C=CCOc1c(OC)cc(CCN)cc1OC",))
    yield Decision("de_btmg", "(2-Methoxyethyl)(1-phenyl-cyclohexyl)azan", _SIMPLE, smiles=("COCCNC1(CCCCC1)c1ccccc1",))
    yield Decision(
        "de_btmg", "(3-Methoxypropyl)(1-phenyl-cyclohexyl)azan", _SIMPLE, smiles=("COCCCNC1(CCCCC1)c1ccccc1",)
    )
    for isomer, smiles in _THC.items():
        german = f"{'Δ6a(10a)' if isomer == 'Δ3' else isomer}-Tetrahydrocannabinol"
        yield Decision("de_btmg", german, _ISOMERS, smiles=(smiles,), with_variants=True)


def _chinese() -> Iterator[Decision]:
    swapped = "the number and the common name of the entry; its chemical name belongs to the entry beside it"
    yield Decision(
        "cn_2025",
        "N-(1-(2-Hydroxy-2-phenylethyl)piperidin-4-yl)-N-phenylpropionamide",
        swapped,
        smiles=("CCC(=O)N(c1ccccc1)C1CCN(CC(O)c2ccccc2)CC1C",),
    )
    yield Decision(
        "cn_2025",
        "N-(1-(2-Hydroxy-2-phenylethyl)-3-methylpiperidin-4-yl)-N-phenylpropionamide",
        swapped,
        smiles=("CCC(=O)N(c1ccccc1)C1CCN(CC(O)c2ccccc2)CC1",),
    )
    yield Decision(
        "cn_2025",
        "6,6,9-Trimethyl-3-pentyl-7,8,9,10-tetrahydro-6H-benzo[c]chromen-1-ol",
        _ISOMERS,
        smiles=tuple(_THC.values()),
        with_variants=True,
    )
    yield from _chlordiazepoxide("cn_2025", "Chlordiazepoxide")


def _canadian() -> Iterator[Decision]:
    yield Decision("ca_cdsa", "Lefetamine", _CONFIGURED, smiles=("CN(C)[C@H](Cc1ccccc1)c1ccccc1",))
    for listed_as, smiles in _UNCONFIGURED:
        yield Decision("ca_cdsa", listed_as, _OPEN, smiles=(smiles,))
    yield Decision("ca_cdsa", "Butorphanol", _COMMON_NAME, named="butorphanol")
    yield Decision(
        "ca_cdsa",
        "Diphenylmorpholinoisovaleric acid",
        "the moramide intermediate, by its common name; the chemical name was misread",
        smiles=("CC(CN1CCOCC1)C(C(=O)O)(c1ccccc1)c1ccccc1",),
    )
    yield Decision("ca_cdsa", "Ethylestrenol", _COMMON_NAME, smiles=(_ETHYLESTRENOL,))
    yield Decision("ca_cdsa", "Androstenediol", _COMMON_NAME, smiles=(_ANDROSTENEDIOL,))
    for name, smiles in _SIMPLE_COMPOUNDS:
        yield Decision("ca_cdsa", name, _SIMPLE, smiles=(smiles,))


def _chlordiazepoxide(list_id: str, listed_as: str) -> Iterable[Decision]:
    yield Decision(
        list_id,
        listed_as,
        "the tautomer that the chemical name of the lists describes",
        smiles=("CNC1=Nc2ccc(Cl)cc2C(=[N+]([O-])C1)c1ccccc1",),
    )


_UNCONFIGURED = (
    ("1-(1-methylpiperidin-2-ylmethyl)-3-(2-iodobenzoyl)indole", "CN1CCCCC1Cn1cc(C(=O)c2ccccc2I)c2ccccc21"),
    (
        "N-(1-amino-3-methyl-1-oxobutan-2-yl)-1-pentyl-1H-indazole-3-carboxamide",
        "CCCCCn1nc(C(=O)NC(C(N)=O)C(C)C)c2ccccc21",
    ),
    ("Norephedrine", "CC(N)C(O)c1ccccc1"),
)
_ETHYLESTRENOL = "CC[C@]1(O)CC[C@H]2[C@@H]3CCC4=CCCC[C@@H]4[C@H]3CC[C@@]21C"
_ANDROSTENEDIOL = "C[C@]12CC[C@H]3[C@@H](CC=C4C[C@@H](O)CC[C@]34C)[C@@H]1CC[C@@H]2O"

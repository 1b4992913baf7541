"""Who may appear in the invented reports: well-known substances first, then others of the best evidence."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.store import substances
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Evidence, Nature, Stereo

MOST = 320
"""Most substances that appear; the others of the catalogue stay unreported, as most are anywhere."""

WELL_KNOWN = """
3-MMC|mephedrone|2-MMC|3-CMC|4-CMC|4-MEC|methylone|eutylone|dipentylone|N-cyclohexylmethylone|pentedrone|
alpha-PVP|alpha-PHP|alpha-PiHP|MDPV|MDPHP|N-ethylhexedrone|N-ethylpentedrone|putylone|3-FPM|4-FA|4-FMA|2-FMA|3-FA|
metonitazene|isotonitazene|protonitazene|etonitazepyne|N-pyrrolidino protonitazene|butonitazene|etodesnitazene|
N-desethyl isotonitazene|brorphine|U-47700|AP-237|2-methyl-AP-237|furanylfentanyl|acrylfentanyl|para-fluorofentanyl|
ortho-fluorofentanyl|carfentanil|cyclopropylfentanyl|methoxyacetylfentanyl|
MDMB-4en-PINACA|ADB-BUTINACA|5F-MDMB-PICA|5F-ADB|AMB-FUBINACA|ADB-4en-PINACA|MDMB-FUBINACA|4F-MDMB-BINACA|
5F-EMB-PICA|CUMYL-PEGACLONE|5F-CUMYL-PEGACLONE|MDMB-INACA|ADB-INACA|JWH-018|AM-2201|UR-144|5F-PB-22|
HHC|HHC-P|THCP|delta-8-THC|THC-O|
bromazolam|flualprazolam|etizolam|clonazolam|flubromazolam|flubromazepam|diclazepam|phenazepam|flubrotizolam|
clobromazolam|rilmazafone|desalkylgidazepam|
2-FDCK|deschloroketamine|methoxetamine|3-MeO-PCP|3-HO-PCP|MXiPr|2-oxo-PCE|diphenidine|methoxphenidine|
1P-LSD|1V-LSD|1cP-LSD|ALD-52|AL-LAD|2C-B|2C-B-FLY|2C-E|25B-NBOMe|25C-NBOMe|25I-NBOMe|DOC|DOB|
4-AcO-DMT|4-HO-MET|5-MeO-DMT|5-MeO-MiPT|5-MeO-DALT|4-HO-MiPT|alpha-MT|
6-APB|5-MAPB|5-APB|MEAI|4,4'-DMAR|methiopropamine|isopropylphenidate|ethylphenidate|4F-MPH|mCPP|TFMPP|
SL-164|methylmethaqualone|mitragynine|phenibut|propoxate
"""
ADULTERANTS = "caffeine|phenacetin|lidocaine|levamisole|xylazine|mannitol|paracetamol|procaine|benzocaine|starch"
# What gas chromatography with mass spectrometry often cannot tell apart.
LOOK_ALIKES = (
    "2-MMC|3-MMC|mephedrone", "3-CMC|4-CMC", "2-FMA|3-FMA|4-FMA", "2-FA|3-FA|4-FA",
    "ortho-fluorofentanyl|para-fluorofentanyl", "protonitazene|isotonitazene", "3-MeO-PCP|4-MeO-PCP",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Player:
    """A substance that the invented reports may name."""

    name: str
    smiles: str
    chemical_class: str
    is_well_known: bool
    stereo_is_open: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """All that the invented reports may name.

    Attributes:
        players: the new psychoactive substances, well-known ones first.
        adulterants: names of cutting agents found beside them.
        look_alikes: sets of names that an analysis may leave open.
    """

    players: tuple[Player, ...]
    adulterants: tuple[str, ...]
    look_alikes: tuple[tuple[str, ...], ...]


def gather_cast(session: Session) -> Cast:
    """The cast from what the catalogue lists; the same catalogue gives the same cast."""
    listed = {row.id: row for row in substances.list_with_structure(session, Nature.NPS)}
    named = _find_named(session, _split(WELL_KNOWN))
    known = [row for row in named.values() if row.id in listed]
    chosen = list({row.id: row for row in known}.values())
    met = {row.id for row in chosen}
    others = [row for row in listed.values() if row.id not in met and row.evidence is Evidence.A]
    step = max(1, len(others) // max(1, MOST - len(chosen)))
    chosen_others = others[::step][: MOST - len(chosen)]
    adulterants = _find_named(session, _split(ADULTERANTS))
    sets = [_find_named(session, _split(each)) for each in LOOK_ALIKES]
    return Cast(
        players=tuple(_player(row, row.id in met) for row in (*chosen, *chosen_others)),
        adulterants=tuple(adulterants),
        look_alikes=tuple(tuple(each) for each in sets if len(each) > 1),
    )


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.replace("\n", "").split("|") if name.strip()]


def _find_named(session: Session, names: list[str]) -> dict[str, Substance]:
    """Those of *names* that mean one substance, in their order."""
    found = substances.by_folded_names(session, {fold(name) for name in names})
    return {name: found[fold(name)][0] for name in names if len(found.get(fold(name), ())) == 1}


def _player(row: Substance, is_well_known: bool) -> Player:
    return Player(
        name=row.name,
        smiles=row.smiles or "",
        chemical_class=row.chemical_class or "",
        is_well_known=is_well_known,
        stereo_is_open=row.stereo is Stereo.UNDEFINED,
    )

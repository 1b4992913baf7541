"""Names in the field's own casing: ``5F-MDMB-PICA``, ``metonitazene``, ``4-HO-MiPT``, not a registry's capitals."""

from __future__ import annotations

import re
from collections.abc import Collection

_EXACT = {
    spelling.casefold(): spelling
    for spelling in (
        "MeO AcO PrO EtO BuO iPrO HO Me Et Pr iPr Bu iBu tBu sBu Br Cl iP cP MiPT DiPT DiBT EiPT PiPT MsBT "
        "McPT MAL DALT MALT EcPT "
        "NBOMe NBOH NBF NBMD NBBr NBCl NB3OMe NB4OMe NBMe25 THC CBD HHC LSD MCPhP MiPLA EiPLA MeOP PeGaClone "
        "fentFur tBuONE MePPP MoPPP MeAMT "
        "MPHP MDPHP MDPV PCEEA PCPr PCMo PCPy 3F 4F 5F nor bis iso seco tert sec para meta ortho ring des "
        "alpha beta gamma delta omega psi "
        "cis trans threo erythro exo endo rac meso ent epi dimethoxy bk OMe MeO-PCP DOx MXiPr MXPr MXE DCK "
        "TMA MDMA MDA LAD FLY DragonFLY Bromo "
        "BromoDragonFLY dragonfly FUBIMINA CUMYL PEGACLONE GEGACLONE"
    ).split()
}
_ABBREVIATION = re.compile(
    r"^(?:[A-Z]*(?:NACA|ICA|AICA|PYCA|CZCA|INAC|IPO|IMO|OXIZID|GACLONE|PYRA|DORA|PAIC|QUPIC|QUCHIC)|"
    r"ADB|APP|AMB|MMB|MDMB|CUMYL|FUB|PVP|PHP|PBP|PPP|AKB|CP|MN|NPB)$"
)
_WORDS = frozenset(
    "acid acids yl en one ol oic pent but hex methyl ethyl ester amide amine oxide "
    "ring isomer analog analogue homolog".split()
)
_VOWEL = re.compile(r"[AEIOUY]")
_PIECE = re.compile(r"[A-Za-z]+|[^A-Za-z]+")
_LOWERED_NITROGEN = re.compile(r"(?<![A-Za-z(])n(?=,|-(?!(?:propyl|butyl|pentyl|hexyl|amyl)\b))")
"""The locant of a substituent on nitrogen; before the name of a straight chain alone it may mean *normal*."""
_LOWERED_HYDROGEN = re.compile(r"(?<=\d)h(?=[-,\[(])")
"""Indicated hydrogen: ``1h-indole``."""


def recase(name: str, words: Collection[str]) -> str:
    """Write *name*, which came in capitals, as the field does; *words* are those met in lower case elsewhere."""
    if name != name.upper() or not re.search(r"[A-Z]", name):
        return name
    if re.fullmatch(r"[A-Z]{1,6}[- ]?\d[\dA-Z,./-]*", name):
        return name
    pieces = _PIECE.findall(name)
    text = "".join(_recase_piece(piece, place, pieces, words) for place, piece in enumerate(pieces))
    return _finish(text)


def sentence(name: str) -> str:
    """*name* with a capitalised common word at its start in lower case (``Butyrfentanyl`` -> ``butyrfentanyl``)."""

    def lower(word: re.Match[str]) -> str:
        return word[0].lower()

    return re.sub(r"(?<![A-Za-z])[A-Z][a-z]{4,}(?![A-Z])", lower, name)


def locants(name: str) -> str:
    """*name* from a source without capitals, its locants in capitals again (``n,n-dimethyl``, ``1h-indole``)."""
    return _LOWERED_HYDROGEN.sub("H", _LOWERED_NITROGEN.sub("N", name))


def _recase_piece(piece: str, place: int, pieces: list[str], words: Collection[str]) -> str:
    if not piece.isalpha() or len(piece) == 1 or _ABBREVIATION.match(piece):
        return piece
    folded = piece.casefold()
    if folded in _EXACT:
        return _EXACT[folded]
    can_be_spoken = len(piece) >= 6 and len(_VOWEL.findall(piece)) >= 2
    return piece.lower() if can_be_spoken or folded in _WORDS or folded in words else piece


def _finish(text: str) -> str:
    text = re.sub(r"\b([PM])-(?=[a-z]{4,})", lambda place: f"{place[1].lower()}-", text)
    text = re.sub(r"\bO-(?=methoxy|fluoro|chloro|bromo|iodo|ethoxy|hydroxy|nitro|tolyl)", "o-", text)
    text = re.sub(r"\b([NS])(?=-)", lambda locant: locant[1].upper(), text)
    text = re.sub(r"(?<![A-Za-z])(alpha|beta|gamma|delta|omega|psi)(?=[A-Z])", r"\1-", text)
    return re.sub(r"(?<=\d)(meo|aco|ho|cl|br|me)(?=-)", lambda part: _EXACT.get(part[1], part[1]), text)

"""Analytical techniques, their SWGDRUG category, and how far each can take an identification.

Categories follow the table of analytical techniques in part IIIB of the SWGDRUG Recommendations,
edition 8.1 (2022-08-19). How far a technique reaches (its rung) is this registry's own reading:
screening devices and presumptive tests name a class or raise a suspicion, whatever physics they use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term

SWGDRUG_EDITION = "8.1 (2022-08-19)"


class Category(StrEnum):
    """SWGDRUG's categories by discriminating power; ``NONE`` for what the table does not hold."""

    A = "A"
    B = "B"
    C = "C"
    NONE = ""


class Rung(IntEnum):
    """How far a technique alone can take an identification."""

    SUSPICION = 0
    CHEMICAL_CLASS = 1
    FORMULA = 2
    ISOMER_SET = 3
    STRUCTURE = 4


class Technique(Term):
    """One technique that exploits one property of the analyte; hyphenated methods are several."""

    INFRARED = "infrared", _("Infrared spectroscopy")
    MASS_SPECTROMETRY = "mass_spectrometry", _("Mass spectrometry")
    NMR = "nmr", _("Nuclear magnetic resonance spectroscopy")
    RAMAN = "raman", _("Raman spectroscopy")
    X_RAY_DIFFRACTION = "x_ray_diffraction", _("X-ray diffractometry")
    CAPILLARY_ELECTROPHORESIS = "capillary_electrophoresis", _("Capillary electrophoresis")
    GAS_CHROMATOGRAPHY = "gas_chromatography", _("Gas chromatography")
    ION_MOBILITY = "ion_mobility", _("Ion mobility spectrometry")
    LIQUID_CHROMATOGRAPHY = "liquid_chromatography", _("Liquid chromatography")
    MICROCRYSTALLINE = "microcrystalline", _("Microcrystalline test")
    SUPERCRITICAL_FLUID = "supercritical_fluid", _("Supercritical fluid chromatography")
    THIN_LAYER = "thin_layer", _("Thin-layer chromatography")
    ULTRAVIOLET = "ultraviolet", _("Ultraviolet/visible spectroscopy, full spectrum")
    COLOUR_TEST = "colour_test", _("Colour test")
    FLUORESCENCE = "fluorescence", _("Fluorescence spectroscopy")
    IMMUNOASSAY = "immunoassay", _("Immunoassay")
    MELTING_POINT = "melting_point", _("Melting point")
    PHARMACEUTICAL_IDENTIFIERS = "pharmaceutical_identifiers", _("Pharmaceutical identifiers")
    PORTABLE_INFRARED = "portable_infrared", _("Portable infrared scan")
    PORTABLE_RAMAN = "portable_raman", _("Portable Raman scan")
    TEST_STRIP = "test_strip", _("Test strip")

    @property
    def in_sentence(self) -> str:
        """The label within a sentence: small, but for what bears a person's name or a letter."""
        keeps = self in {Technique.RAMAN, Technique.X_RAY_DIFFRACTION, Technique.PORTABLE_RAMAN}
        return self.label if keeps else self.label.lower()


USUAL_TECHNIQUES = (
    "GC-MS", "GC-MS/MS", "GC-FID", "LC-MS", "LC-MS/MS", "LC-HRMS", "LC-UV", "NMR", "FTIR", "Raman", "XRD", "TLC",
    "Ion mobility", "Immunoassay", "Colour test", "Portable IR", "Portable Raman", "Test strip",
)  # fmt: skip
"""What laboratories mostly write, offered by a form; each is recognised, and what else they write is kept too."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a technique counts as, and how far it goes."""

    category: Category
    rung: Rung


REACH: dict[Technique, Reach] = {
    Technique.INFRARED: Reach(Category.A, Rung.STRUCTURE),
    Technique.MASS_SPECTROMETRY: Reach(Category.A, Rung.ISOMER_SET),
    Technique.NMR: Reach(Category.A, Rung.STRUCTURE),
    Technique.RAMAN: Reach(Category.A, Rung.STRUCTURE),
    Technique.X_RAY_DIFFRACTION: Reach(Category.A, Rung.STRUCTURE),
    Technique.CAPILLARY_ELECTROPHORESIS: Reach(Category.B, Rung.ISOMER_SET),
    Technique.GAS_CHROMATOGRAPHY: Reach(Category.B, Rung.ISOMER_SET),
    Technique.ION_MOBILITY: Reach(Category.B, Rung.CHEMICAL_CLASS),
    Technique.LIQUID_CHROMATOGRAPHY: Reach(Category.B, Rung.ISOMER_SET),
    Technique.MICROCRYSTALLINE: Reach(Category.B, Rung.ISOMER_SET),
    Technique.SUPERCRITICAL_FLUID: Reach(Category.B, Rung.ISOMER_SET),
    Technique.THIN_LAYER: Reach(Category.B, Rung.CHEMICAL_CLASS),
    Technique.ULTRAVIOLET: Reach(Category.B, Rung.CHEMICAL_CLASS),
    Technique.COLOUR_TEST: Reach(Category.C, Rung.CHEMICAL_CLASS),
    Technique.FLUORESCENCE: Reach(Category.C, Rung.CHEMICAL_CLASS),
    Technique.IMMUNOASSAY: Reach(Category.C, Rung.CHEMICAL_CLASS),
    Technique.MELTING_POINT: Reach(Category.C, Rung.SUSPICION),
    Technique.PHARMACEUTICAL_IDENTIFIERS: Reach(Category.C, Rung.SUSPICION),
    Technique.PORTABLE_INFRARED: Reach(Category.NONE, Rung.CHEMICAL_CLASS),
    Technique.PORTABLE_RAMAN: Reach(Category.NONE, Rung.CHEMICAL_CLASS),
    Technique.TEST_STRIP: Reach(Category.NONE, Rung.CHEMICAL_CLASS),
}


def tells_positional_isomers_apart(technique: Technique) -> bool | None:
    """Whether *technique* tells positional isomers apart: yes, no, or (``None``) with reference materials of each.

    Spectra that see the whole molecule do. Mass spectrometry by itself does not, because the isomers share
    their formula and mostly their fragments; a separation does when each isomer's retention is known.
    """
    if technique is Technique.MASS_SPECTROMETRY:
        return False
    reach = REACH[technique]
    if reach.rung is Rung.STRUCTURE:
        return True
    return None if reach.category is Category.B and reach.rung is Rung.ISOMER_SET else False


_MS = (Technique.MASS_SPECTROMETRY,)
_TOKENS: dict[str, tuple[Technique, ...]] = {
    **dict.fromkeys(
        "ms msms ms2 msn hrms tof qtof qqq qtrap trap orbitrap maldi dart desi esi ei ci tofms qtofms msd eims "
        "tandem quadrupole ".split(),
        _MS,
    ),
    **dict.fromkeys("gc gcgc fid npd gcfid".split(), (Technique.GAS_CHROMATOGRAPHY,)),
    **dict.fromkeys("lc hplc uhplc uplc".split(), (Technique.LIQUID_CHROMATOGRAPHY,)),
    **dict.fromkeys("tlc hptlc".split(), (Technique.THIN_LAYER,)),
    **dict.fromkeys("sfc upc2".split(), (Technique.SUPERCRITICAL_FLUID,)),
    **dict.fromkeys("ce cze mekc".split(), (Technique.CAPILLARY_ELECTROPHORESIS,)),
    **dict.fromkeys("ims".split(), (Technique.ION_MOBILITY,)),
    **dict.fromkeys("uv vis uvvis dad pda".split(), (Technique.ULTRAVIOLET,)),
    **dict.fromkeys("ir ftir atr atrir gcir ird".split(), (Technique.INFRARED,)),
    **dict.fromkeys("raman sers".split(), (Technique.RAMAN,)),
    **dict.fromkeys("nmr hnmr cnmr qnmr 1hnmr 13cnmr".split(), (Technique.NMR,)),
    **dict.fromkeys("xrd xrpd pxrd".split(), (Technique.X_RAY_DIFFRACTION,)),
    **dict.fromkeys("elisa emit cedia kims immunoassay".split(), (Technique.IMMUNOASSAY,)),
}
_PHRASES: tuple[tuple[str, Technique], ...] = (
    (r"(portable|handheld|hand held|mobile|field).*(ir|ftir|infrared)\b", Technique.PORTABLE_INFRARED),
    (r"(portable|handheld|hand held|mobile|field).*raman", Technique.PORTABLE_RAMAN),
    (r"\bstrips?\b", Technique.TEST_STRIP),
    (r"infrared", Technique.INFRARED),
    (r"mass spectrometry", Technique.MASS_SPECTROMETRY),
    (r"nuclear magnetic resonance", Technique.NMR),
    (r"x ?ray", Technique.X_RAY_DIFFRACTION),
    (r"gas chromatography", Technique.GAS_CHROMATOGRAPHY),
    (r"thin layer", Technique.THIN_LAYER),
    (r"liquid chromatography", Technique.LIQUID_CHROMATOGRAPHY),
    (r"supercritical", Technique.SUPERCRITICAL_FLUID),
    (r"electrophoresis", Technique.CAPILLARY_ELECTROPHORESIS),
    (r"ion mobility", Technique.ION_MOBILITY),
    (r"ultraviolet|spectrophotometry", Technique.ULTRAVIOLET),
    (r"microcrystal", Technique.MICROCRYSTALLINE),
    (r"colou?r|marquis|mandelin|mecke|ehrlich|reagent|presumptive|spot test", Technique.COLOUR_TEST),
    (r"fluorescence", Technique.FLUORESCENCE),
    (r"immuno", Technique.IMMUNOASSAY),
    (r"melting", Technique.MELTING_POINT),
    (r"logo|imprint|pharmaceutical identifier|tablet identification", Technique.PHARMACEUTICAL_IDENTIFIERS),
)


_BY_NAME = {technique.value.replace("_", " "): technique for technique in Technique}


@lru_cache(maxsize=2_000)  # the same few words stand in every row of a table
def recognise(text: str) -> tuple[Technique, ...]:
    """The techniques that a laboratory's words name (``GC-MS`` is two); empty where none is known."""
    folded = re.sub(r"\s+", " ", text.casefold().replace("_", " ")).strip()
    if folded in _BY_NAME:
        return (_BY_NAME[folded],)
    spaced = re.sub(r"[-‐-―/,+&()]", " ", folded)
    for pattern, technique in _PHRASES[:3]:
        if re.search(pattern, spaced):
            return (technique,)
    found: list[Technique] = []
    for token in spaced.replace("uv vis", "uvvis").replace("q tof", "qtof").replace("ms ms", "msms").split():
        found += [technique for technique in _TOKENS.get(token, ()) if technique not in found]
    for pattern, technique in _PHRASES[3:]:
        if re.search(pattern, spaced) and technique not in found:
            found.append(technique)
    return tuple(found)

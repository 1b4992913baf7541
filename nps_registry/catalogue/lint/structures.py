"""Rules about structures: readable, standardised, consistent, and each identity once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, Severity, each_substance, whole_catalogue
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.chemistry.patterns import has_match, parse_pattern
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

_IMIDIC_ACID = "[OX2H][CX3]=[NX2]"
MASS_DECIMALS = 4
MASS_TOLERANCE_DA = 0.0001
"""Rounding at the last decimal may go either way between releases of the tables of isotopes."""


@each_substance(
    "structure-readable",
    mark("The SMILES must be readable, and what stereo says must be possible for it; otherwise nothing can find it."),
)
def readable(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """The structure cannot be read, or contradicts its stated stereochemistry."""
    if error := context.fault_of_structure(record):
        yield Issue("structure.smiles", error.detail)


@each_substance(
    "structure-standardised",
    mark(
        "An entry holds the standardised parent: neutral, without counter-ions and solvents. The InChI, formula and "
        "mass beside it must be the ones computed from it, because other programs read them without computing."
    ),
)
def standardised(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """What stands beside the SMILES is not what the standardised structure gives."""
    reading = context.read_structure(record)
    if reading is None or record.structure is None:
        return
    identity = reading.identity
    computed = {
        "inchi": identity.inchi,
        "inchikey": identity.inchikey,
        "formula": identity.formula,
        "stereo": identity.stereo,
    }
    for field, value in computed.items():
        stated = getattr(record.structure, field)
        if stated != value:
            message = _("it is {stated}, but the structure gives {value}").format(stated=stated, value=value)
            yield Issue(f"structure.{field}", message)
    if abs(record.structure.mass_da - identity.mass_da) > MASS_TOLERANCE_DA:
        message = _("it is {stated}, but the structure gives {value}").format(
            stated=record.structure.mass_da, value=round(identity.mass_da, MASS_DECIMALS)
        )
        yield Issue("structure.mass_da", message)


@each_substance(
    "structure-canonical",
    mark("One spelling of SMILES keeps diffs small; a new release of the chemistry toolkit may spell some anew."),
    Severity.WARNING,
)
def canonical(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """The SMILES is another spelling of the same structure."""
    reading = context.read_structure(record)
    if reading and record.structure and record.structure.smiles != reading.identity.smiles:
        yield Issue("structure.smiles", _("write it as {smiles}").format(smiles=reading.identity.smiles))


@each_substance(
    "amide-drawn",
    mark("An amide and its imidic acid have one InChI; people draw and expect the amide."),
    Severity.WARNING,
)
def amide(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """An amide is drawn as its imidic acid."""
    reading = context.read_structure(record)
    if reading and has_match(parse_pattern(_IMIDIC_ACID), reading.standardised.parent):
        yield Issue("structure.smiles", _("it draws an imidic acid, N=C-OH; draw the amide"))


@whole_catalogue(
    "identity-unique",
    mark(
        "A substance is its full InChI together with its stated stereochemistry: two entries with both the same are "
        "one substance. Merge the younger into the older."
    ),
)
def unique(context: Context) -> Iterable[PlacedIssue]:
    """Two entries are one substance."""
    entries = defaultdict(list)
    for record in context.active:
        if record.structure:
            entries[record.structure.inchi, record.structure.stereo].append(record)
    for records in entries.values():
        for record in records[1:]:
            message = _("it is the same substance as {other}").format(other=records[0].accession)
            yield PlacedIssue(context.path_of(record), "structure", message, record.accession)


@whole_catalogue(
    "tautomers-apart",
    mark("Two entries that differ only by the place of a hydrogen may be one substance drawn twice: look at both."),
    Severity.WARNING,
)
def tautomers(context: Context) -> Iterable[PlacedIssue]:
    """Two entries are tautomers of each other."""
    entries = defaultdict(list)
    for record in context.active:
        if reading := context.read_structure(record):
            entries[reading.identity.tautomer_key].append((record, reading.identity.skeleton))
    for pairs in entries.values():
        first, skeleton = pairs[0]
        for record, other in pairs[1:]:
            if other != skeleton:
                message = _("it is a tautomer of {other}").format(other=first.accession)
                yield PlacedIssue(context.path_of(record), "structure", message, record.accession)


RULES = (readable, standardised, canonical, amide, unique, tautomers)

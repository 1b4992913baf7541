"""Rules about sources and claims: each fact has a source that exists, each claim fits the structure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Issue, PlacedIssue, Severity, each_substance, whole_catalogue
from nps_registry.catalogue.records import StructureRecord, SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Stereo

_FLAT_BLOCK = "UHFFFAOYSA"
# The forms whose InChI is one enantiomer's by convention: a key of the claim may be the other one's or a flat one.
_OF_A_PAIR = frozenset({Stereo.RACEMIC, Stereo.RELATIVE, Stereo.MIXTURE})


@each_substance("source-known", mark("Every source id stands in sources.toml, with its title, licence and edition."))
def known(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A source id is not in sources.toml."""
    for field, source in _cited(record):
        if source not in context.catalogue.source_by_id:
            yield Issue(field, _("there is no source {source!r} in sources.toml").format(source=source))


@each_substance(
    "claim-agrees",
    mark(
        "A claim is full where its InChIKey is the entry's, flat where it has the skeleton without stereochemistry, "
        "skeleton where it states other stereochemistry; a claim for another skeleton belongs to another entry."
    ),
)
def agrees(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A claim's agreement is not what its InChIKey shows."""
    if record.structure is None:
        return
    for position, claim in enumerate(record.claims):
        field = f"claims[{position}]"
        if claim.inchikey[:14] != record.structure.skeleton:
            yield Issue(field, _("{key} is another skeleton than the entry's").format(key=claim.inchikey))
        elif claim.agreement not in _possible_agreements(claim.inchikey, record.structure):
            message = _("agreement is {agreement}, but {key} does not stand so to {entry}").format(
                agreement=claim.agreement.value, key=claim.inchikey, entry=record.structure.inchikey
            )
            yield Issue(f"{field}.agreement", message)


@each_substance(
    "stereo-claimed",
    mark("Stereochemistry is stated, not guessed: a form other than undefined needs a claim that gives it in full."),
)
def claimed(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """No source gives the entry's stereochemistry."""
    if record.structure is None or record.structure.stereo in (Stereo.UNDEFINED, Stereo.ACHIRAL):
        return
    if not any(claim.agreement is Agreement.FULL for claim in record.claims):
        message = _("no claim gives {stereo} in full; without one the entry is undefined").format(
            stereo=record.structure.stereo.value
        )
        yield Issue("structure.stereo", message)


@each_substance(
    "claims-present", mark("A chemical has at least one claim: what is not claimed by anybody is no entry.")
)
def present(record: SubstanceRecord, _context: Context) -> Iterable[Issue]:
    """A chemical has no claim."""
    if record.structure is not None and not record.claims:
        yield Issue("claims", _("no source claims this structure; add a claim with its source"))


@each_substance(
    "name-claimed",
    mark(
        "A name's sources are those whose claims give it: a source that names the substance without a claim here, or "
        "whose claim lacks the name, cannot be checked."
    ),
    Severity.WARNING,
)
def name_claimed(record: SubstanceRecord, context: Context) -> Iterable[Issue]:
    """A source is said to use a name, and its claim does not have it."""
    claimed_names: dict[str, set[str]] = {}
    for claim in record.claims:
        claimed_names.setdefault(claim.source, set()).update(fold(name) for name in claim.names)
    for position, name in enumerate(record.names):
        for source_id in name.sources:
            source = context.catalogue.source_by_id.get(source_id)
            if record.structure is None or source is None or not source.kind.is_evidence:
                continue
            if fold(name.name) not in claimed_names.get(source_id, set()):
                message = _("no claim of {source} has {name!r}").format(source=source_id, name=name.name)
                yield Issue(f"names[{position}].sources", message)


@whole_catalogue(
    "source-used",
    mark("A source that no fact names any more may be an oversight."),
    Severity.WARNING,
)
def used(context: Context) -> Iterable[PlacedIssue]:
    """A source is named by no entry and no control list."""
    cited = {source for record in context.catalogue.substances for _field, source in _cited(record)}
    for control_list in context.catalogue.controls:
        cited.add(control_list.header.source)
        for entry in control_list.entries:
            cited.update(entry.sources, entry.verified_by)
    for source in context.catalogue.sources:
        if source.id not in cited:
            yield PlacedIssue("sources.toml", source.id, _("nothing names this source"))


def _possible_agreements(key: str, structure: StructureRecord) -> frozenset[Agreement]:
    """What a claim of *key*, of the entry's skeleton, may be said to be."""
    is_flat = key[15:25] == _FLAT_BLOCK
    if structure.stereo in _OF_A_PAIR:
        return frozenset({Agreement.FULL, Agreement.FLAT if is_flat else Agreement.SKELETON})
    if key == structure.inchikey:
        return frozenset({Agreement.FULL})
    if key[:25] == structure.inchikey[:25]:
        return frozenset({Agreement.SKELETON})  # another state of protonation, which the last letter tells
    return frozenset({Agreement.FLAT if is_flat else Agreement.SKELETON})


def _cited(record: SubstanceRecord) -> Iterator[tuple[str, str]]:
    """Every source id of the entry with the field that names it."""
    for position, name in enumerate(record.names):
        yield from ((f"names[{position}].sources", source) for source in name.sources)
    for position, identifier in enumerate(record.identifiers):
        yield from ((f"identifiers[{position}].sources", source) for source in identifier.sources)
    for position, relation in enumerate(record.relations):
        yield from ((f"relations[{position}].sources", source) for source in relation.sources)
    yield from ((f"claims[{position}].source", claim.source) for position, claim in enumerate(record.claims))


RULES = (known, agrees, claimed, present, name_claimed, used)

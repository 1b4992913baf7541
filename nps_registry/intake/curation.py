"""What curators decide of provisional substances: merge one into a listed one, list it, split it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.chemistry.depict import draw_svg, write_molblock
from nps_registry.chemistry.stored import restore
from nps_registry.errors import Conflict, FieldError, InvalidInput, NotFound, NotPermitted
from nps_registry.intake.receive import publish
from nps_registry.intake.standing import Why, require_reasons
from nps_registry.localisation import gettext as _
from nps_registry.store import audit, changes, identifications, outbox, review
from nps_registry.store import catalogue as catalogue_stored
from nps_registry.store import curation as stored
from nps_registry.store import substances as substances_stored
from nps_registry.store.audit import AuditEntry
from nps_registry.store.curation import Listing
from nps_registry.store.engine import Session, take_turn
from nps_registry.store.tables import ChemicalClass, Proposal, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.report import Role
from nps_registry.vocabulary.review import ProposalKind
from nps_registry.vocabulary.substance import Nature, Status

MOST_SOURCES = 20


@dataclass(frozen=True, slots=True)
class Curated:
    """Which substance a decision is for, as which revision it was read, and by whom."""

    accession: str
    viewer: Viewer
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ListingPart:
    """What is said of a substance that is to be listed.

    Attributes:
        note: on what structure and name rest.
        sources: citations.
        class_reason: why the class is another than the rules say.
    """

    name: str
    nature: Nature
    chemical_class: str
    note: str
    sources: tuple[str, ...]
    class_reason: str = ""


def merge(session: Session, curated: Curated, into: str, why: Why) -> Substance:
    """Let a provisional substance be the listed one *into*: it redirects, and its reports count there.

    Raises:
        InvalidInput: no reason.
        NotFound: one of the two is not there.
        Conflict: it is not provisional (any more), changed meanwhile, or known from restricted reports only, since the
            public would be told where its structure leads; or *into* is not listed.
    """
    why = require_reasons(why, _("Say why the two are one substance."))
    source = _require_provisional(session, curated)
    target = _find(session, into)
    if target.id == source.id:
        raise Conflict(_("A substance cannot be merged into itself."))
    if target.status not in {Status.LISTED, Status.UNCONFIRMED}:
        raise Conflict(
            _("%(accession)s is not listed (%(status)s): merge into a listed substance.")
            % {"accession": target.accession, "status": target.status.label.lower()}
        )
    _require_public(session, source)
    assert source.id is not None  # both are stored
    assert target.id is not None
    source.revision += 1
    session.add(source)
    session.flush()
    catalogue_stored.set_merges(session, {source.id: (target.id, source.identity)})
    identifications.move(session, {source.id: target.id})
    changes.touch(session, [source.id, target.id])
    after: dict[str, object] = {"into": target.accession, "reason": why.reason}
    _tell(session, curated, "substance.merged", source, after)
    outbox.add(session, "substance.merged", [{"substance": source.accession, "into": target.accession}])
    publish(session)
    return target


def propose_listing(session: Session, curated: Curated, part: ListingPart) -> Proposal:
    """Propose how a provisional substance is to be listed; it is once another person agrees.

    Raises:
        InvalidInput: a field that lacks something.
        Conflict: it is not provisional, known from restricted reports only, or the name is taken.
    """
    substance = _require_provisional(session, curated)
    part = _require_listing(session, part)
    _require_public(session, substance)
    _require_free_name(session, substance, part.name)
    proposal = Proposal(
        kind=ProposalKind.LIST,
        substance_id=substance.id,
        revision=substance.revision,
        content={
            "name": part.name,
            "nature": part.nature.value,
            "chemical_class": part.chemical_class,
            "class_reason": part.class_reason,
            "note": part.note,
            "sources": list(part.sources),
        },
        reason=part.note,
        made_by=curated.viewer.actor,
    )
    session.add(proposal)
    session.flush()
    _tell(session, curated, "substance.listing_proposed", substance, dict(proposal.content))
    return proposal


def agree_to_listing(session: Session, curated: Curated, rules: ClassRules) -> Substance:
    """A second person agrees to the listing that was proposed last.

    Raises:
        Conflict: nothing is proposed, it changed since, or the same person proposed it.
    """
    substance = _require_provisional(session, curated)
    proposal = review.open_proposal(session, ProposalKind.LIST, substance=substance)
    if proposal is None:
        raise Conflict(_("No listing of this substance is proposed."))
    if proposal.made_by == curated.viewer.actor:
        raise Conflict(_("You proposed this yourself: another person than you has to agree."))
    _require_public(session, substance)
    part = part_of(proposal)
    _require_free_name(session, substance, part.name)
    assert substance.id is not None  # stored
    stored.write_listing(session, substance, _listing(session, substance, part, rules))
    proposal.ended_by, proposal.ended_at = curated.viewer.actor, datetime.now(UTC)
    session.add(proposal)
    changes.touch(session, [substance.id])
    _tell(session, curated, "substance.listed", substance, dict(proposal.content))
    outbox.add(session, "substance.listed", [{"substance": substance.accession}])
    return substance


def part_of(proposal: Proposal) -> ListingPart:
    """What a proposal says of the substance."""
    content = proposal.content
    sources = content["sources"]
    assert isinstance(sources, list)
    return ListingPart(
        name=str(content["name"]),
        nature=Nature(str(content["nature"])),
        chemical_class=str(content["chemical_class"]),
        note=str(content["note"]),
        sources=tuple(str(each) for each in sources),
        class_reason=str(content.get("class_reason", "")),
    )


def require_curator(viewer: Viewer) -> None:
    """Refuse everybody but curators and administrators.

    Raises:
        NotPermitted: *viewer* is neither.
    """
    if viewer.role not in {Role.CURATOR, Role.ADMINISTRATOR}:
        raise NotPermitted(_("Substances are curated by curators."))


def _require_provisional(session: Session, curated: Curated) -> Substance:
    require_curator(curated.viewer)
    take_turn(session)
    substance = _find(session, curated.accession)
    session.refresh(substance)
    if substance.status is not Status.PROVISIONAL:
        raise Conflict(
            _("%(accession)s is not provisional any more: %(status)s.")
            % {"accession": substance.accession, "status": substance.status.label.lower()}
        )
    if curated.revision is not None and curated.revision != substance.revision:
        raise Conflict(
            _("%(accession)s is at revision %(now)d, not %(expected)d: look at it again.")
            % {"accession": substance.accession, "now": substance.revision, "expected": curated.revision}
        )
    return substance


def _find(session: Session, accession: str) -> Substance:
    wanted = accession.strip().upper()
    found = substances_stored.by_accessions(session, [wanted]).get(wanted)
    if found is None:
        raise NotFound(_("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]})
    return found


def _require_listing(session: Session, part: ListingPart) -> ListingPart:
    errors: list[FieldError] = []
    name, note = part.name.strip(), part.note.strip()
    sources = tuple(source.strip() for source in part.sources if source.strip())
    if not 1 <= len(name) <= 200 or not fold(name):
        errors.append(FieldError("name", _("Give the name that the field uses, 200 characters at most.")))
    if not 1 <= len(note) <= 4_000:
        errors.append(FieldError("note", _("Say on what structure and name rest, in 4,000 characters at most.")))
    if not 1 <= len(sources) <= MOST_SOURCES or any(len(source) > 500 for source in sources):
        errors.append(FieldError("sources", _("Name one to twenty sources, a line of 500 characters at most each.")))
    if part.chemical_class and session.get(ChemicalClass, part.chemical_class) is None:
        message = _("“%(key)s” is not the key of a chemical class here.") % {"key": part.chemical_class[:64]}
        errors.append(FieldError("chemical_class", message))
    if errors:
        raise InvalidInput(errors[0].message, errors=errors)
    return ListingPart(name, part.nature, part.chemical_class, note, sources, part.class_reason.strip()[:1_000])


def _require_public(session: Session, substance: Substance) -> None:
    assert substance.id is not None  # stored
    if not stored.has_public_events(session, substance.id):
        raise Conflict(
            _("Only restricted reports know %(accession)s, and this would tell the public of it; correct them instead.")
            % {"accession": substance.accession}
        )


def _require_free_name(session: Session, substance: Substance, name: str) -> None:
    for other in substances_stored.by_folded_names(session, [fold(name)]).get(fold(name), []):
        if other.id != substance.id:
            message = _("“%(name)s” is a name of %(other)s (%(accession)s) already.") % {
                "name": name,
                "other": other.name,
                "accession": other.accession,
            }
            raise Conflict(message, errors=[FieldError("name", message)])


def _listing(session: Session, substance: Substance, part: ListingPart, rules: ClassRules) -> Listing:
    same_class = part.chemical_class == (substance.chemical_class or "")
    chemical_class = session.get(ChemicalClass, part.chemical_class) if part.chemical_class else None
    svg = molblock = ""
    if substance.smiles:
        mol = restore(substance.smiles)
        scaffold = rules.scaffold(part.chemical_class) if part.chemical_class else None
        svg = draw_svg(mol, scaffold=scaffold, title=part.name)
        molblock = write_molblock(mol, scaffold=scaffold, name=substance.accession)
    return Listing(
        name=part.name,
        nature=part.nature,
        chemical_class=part.chemical_class or None,
        subclass=substance.subclass if same_class else None,
        effect_groups=tuple(chemical_class.effect_groups) if chemical_class else (),
        class_overruled="" if same_class else part.class_reason or part.note,
        note=part.note,
        sources=tuple((source_id_of(source), source) for source in part.sources),
        svg=svg,
        molblock=molblock,
    )


def source_id_of(citation: str) -> str:
    """The id of a source that this registry cites; the same citation has the same one."""
    return f"instance-{hashlib.sha256(citation.encode()).hexdigest()[:16]}"


def _tell(session: Session, curated: Curated, action: str, substance: Substance, after: dict[str, object]) -> None:
    before: dict[str, object] = {"status": Status.PROVISIONAL.value}
    entry = AuditEntry(curated.viewer.actor, action, "substance", substance.accession, before, after)
    audit.append(session, [entry])


def sources_in(text: str) -> Sequence[str]:
    """The citations of a text field, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]

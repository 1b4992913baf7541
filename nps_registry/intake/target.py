"""What something is to be identified as: an entry of the registry, or a structure that gets one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nps_registry.chemistry import reading as chemistry
from nps_registry.errors import FieldError, InvalidInput, NotFound, UnreadableStructure
from nps_registry.intake import provisional
from nps_registry.intake.matching import look_up_names, pair_of
from nps_registry.intake.understanding import Desk
from nps_registry.localisation import gettext as _
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Detection, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.substance import Status, Stereo


@dataclass(frozen=True, slots=True)
class TargetPart:
    """What was given: one of an accession, a structure and a name."""

    accession: str = ""
    structure: str = ""
    stereo: Stereo | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The entry that is meant, and how a report says so.

    Attributes:
        statement: the fields of a detection that state it, for the report's own text.
    """

    id: int
    accession: str
    name: str
    formula: str
    match: Match
    statement: dict[str, Any]

    def write_to(self, detection: Detection) -> None:
        """Let *detection* be of this entry; the laboratory's words stay."""
        detection.substance_id, detection.arrived_as_id, detection.match = self.id, None, self.match
        detection.structure_given = self.statement.get("structure", "")
        stereo = self.statement.get("stereo")
        detection.stereo_given = Stereo(stereo) if stereo else None
        detection.name_given = self.statement.get("name", "")
        detection.formula, detection.chemical_class = self.formula, ""
        detection.candidates, detection.candidate_ids, detection.unidentified = [], [], False


def find_substance(session: Session, viewer: Viewer, accession: str) -> Substance:
    """The entry with *accession*, or where it went; as far as *viewer* may know of it.

    Raises:
        NotFound: there is none.
    """
    met = stored.by_accessions(session, [accession.strip().upper()])
    visible = visible_substance_ids(session, [row.id for row in met.values() if row.id is not None], viewer)
    for row in met.values():
        if row.id in visible:
            end = stored.follow_merges(session, [row])[row.id]
            if end.status is not Status.WITHDRAWN:
                return end
    raise NotFound(_("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]})


def resolve(session: Session, desk: Desk, viewer: Viewer, part: TargetPart) -> Target:
    """The entry that *part* means; a structure that has none gets one.

    Raises:
        InvalidInput: none or several of accession, structure and name; a name of no or of several substances.
        UnreadableStructure: the structure cannot be read.
        NotFound: no entry with this accession.
    """
    given = [text for text in (part.accession, part.structure, part.name) if text.strip()]
    if len(given) != 1:
        raise _refuse("to", _("Say what it is by one of accession, structure and name."))
    if part.accession.strip():
        return _of_entry(find_substance(session, viewer, part.accession))
    if part.name.strip():
        return _of_entry(_by_name(session, viewer, part.name.strip()))
    return _by_structure(session, desk, part)


def _by_name(session: Session, viewer: Viewer, name: str) -> Substance:
    names = look_up_names(session, [name])
    visible = visible_substance_ids(session, [row.id for row in names.met if row.id is not None], viewer)
    meanings = names.restricted_to(visible).meanings(name)
    if len(meanings) == 1:
        return meanings[0]
    if not meanings:
        raise _refuse("to.name", _("“%(name)s” is not a name in the registry.") % {"name": name[:80]})
    which = ", ".join(f"{meaning.name} ({meaning.accession})" for meaning in meanings)
    raise _refuse("to.name", _("“%(name)s” is a name of %(which)s: give the accession.") % {
        "name": name[:80], "which": which,
    })  # fmt: skip


def _by_structure(session: Session, desk: Desk, part: TargetPart) -> Target:
    try:
        reading = chemistry.read(part.structure, part.stereo)
    except UnreadableStructure as refusal:
        raise refusal.at("to.structure") from None
    pair = pair_of(reading)
    known = stored.by_identities(session, [pair]).get(pair)
    if known is None:
        known = provisional.create(session, {pair: provisional.describe(reading, desk.index, desk.rules)}, desk.rules)[
            pair
        ]
    statement: dict[str, Any] = {"structure": part.structure}
    if part.stereo is not None:
        statement["stereo"] = part.stereo.value
    return _target(known, statement)


def _of_entry(substance: Substance) -> Target:
    if not substance.smiles:
        return _target(substance, {"name": substance.accession if substance.from_catalogue else substance.name})
    statement: dict[str, Any] = {"structure": substance.smiles}
    if substance.stereo is not None:
        statement["stereo"] = substance.stereo.value
    return _target(substance, statement)


def _target(substance: Substance, statement: dict[str, Any]) -> Target:
    assert substance.id is not None  # stored
    match = Match.EXACT if "structure" in statement else Match.NAME
    return Target(substance.id, substance.accession, substance.name, substance.formula or "", match, statement)


def _refuse(field: str, sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError(field, sentence)])

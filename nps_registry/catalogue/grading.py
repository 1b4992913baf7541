"""Evidence: how well the claims of sources support an entry. Derived from the claims, never typed.

* **A**: two or more independent groups give this structure for the same name.
* **B**: one group's structure for a name, and a second group's structure; or a laboratory's own finding
  under a name, with reference standard or NMR.
* **C**: whatever is less.

Claims of one independence group count once. Names are the same when they fold to the same key, stereo
descriptors kept, and only names that the entry carries count: a name that a curator took off the entry as
foreign supports nothing. A structure without its stereochemistry ("flat") supports an entry that has one
only as a second group's structure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nps_registry.catalogue.records import ClaimRecord, SourceRecord, SubstanceRecord
from nps_registry.localisation import gettext as _
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import Evidence, Kind, NameKind, Status


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of an entry and why it has it.

    Attributes:
        evidence: the grade.
        reason: one sentence for people.
        groups: the independence groups that the grade rests on, in order.
    """

    evidence: Evidence
    reason: str
    groups: tuple[str, ...]


def grade(
    claims: Iterable[ClaimRecord], sources: Mapping[str, SourceRecord], *, names: Iterable[str] | None = None
) -> Grade:
    """The grade that *claims* reach.

    Args:
        claims: what sources say about one structure.
        sources: every source by its id; a claim of an unknown source counts for nothing.
        names: the names that the entry carries; without them every name of a claim counts.
    """
    carried = None if names is None else {fold(name) for name in names}
    counted = [claim for claim in claims if claim.source in sources and sources[claim.source].kind.is_evidence]
    groups_of_name: dict[str, set[str]] = {}
    named_groups, structure_groups, measured_groups = set[str](), set[str](), set[str]()
    for claim in counted:
        group = sources[claim.source].independence_group
        if claim.agreement in (Agreement.FULL, Agreement.FLAT):
            structure_groups.add(group)
        if claim.agreement is not Agreement.FULL:
            continue
        folded = {fold(name) for name in claim.names}
        for name in folded if carried is None else folded & carried:
            groups_of_name.setdefault(name, set()).add(group)
            named_groups.add(group)
            if claim.basis:
                measured_groups.add(group)
    return _judge(groups_of_name, named_groups, structure_groups, measured_groups)


def grade_substance(record: SubstanceRecord, sources: Mapping[str, SourceRecord]) -> Grade | None:
    """The grade of *record*; nothing for a kind that has no structure to be graded."""
    if record.kind is not Kind.CHEMICAL:
        return None
    names = (name.name for name in record.names if name.kind is not NameKind.GENERATED)
    return grade(record.claims, sources, names=names)


def derive_status(record: SubstanceRecord, graded: Grade | None) -> Status:
    """Where the entry stands: a curator's decision if there is one, else what its grade allows."""
    if record.status is not None:
        return record.status
    if graded is not None and graded.evidence is Evidence.C:
        return Status.UNCONFIRMED
    return Status.LISTED


def _judge(groups_of_name: Mapping[str, set[str]], named: set[str], structures: set[str], measured: set[str]) -> Grade:
    agreeing = max(groups_of_name.values(), key=lambda groups: (len(groups), sorted(groups)), default=set())
    if len(agreeing) > 1:
        reason = _("{count} independent groups of sources give this structure for the same name.")
        return Grade(Evidence.A, reason.format(count=len(agreeing)), tuple(sorted(agreeing)))
    if named and len(named | structures) > 1:
        reason = _("One group of sources gives this structure for the name, another one the structure.")
        return Grade(Evidence.B, reason, tuple(sorted(named | structures)))
    if measured:
        reason = _("A laboratory identified this structure with a reference standard or by NMR.")
        return Grade(Evidence.B, reason, tuple(sorted(measured)))
    reason = _("No second, independent source gives this structure.")
    return Grade(Evidence.C, reason, tuple(sorted(named | structures)))

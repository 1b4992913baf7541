"""Entries become records: names, identifiers, claims, nature and class, each with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from nps_registry.catalogue.agreement import SOURCE_CLASSES
from nps_registry.catalogue.compiling.claims import Claim
from nps_registry.catalogue.compiling.classification import Classifier
from nps_registry.catalogue.compiling.curation import Curation, FactDecision, NameDecision
from nps_registry.catalogue.compiling.evidence import MergedRow
from nps_registry.catalogue.compiling.identities import Attached, Entry
from nps_registry.catalogue.compiling.naming import (
    MAXIMUM_NAMES,
    Naming,
    choose_preferred,
    collect_names,
    kind_of,
    spell_greek,
)
from nps_registry.catalogue.compiling.natures import nature_by_rule, occurrence_by_rule
from nps_registry.catalogue.compiling.registrations import without_other_registrations
from nps_registry.catalogue.compiling.structures import Structure
from nps_registry.catalogue.forms import form_of
from nps_registry.catalogue.records import ClaimRecord, IdentifierRecord, NameRecord, StructureRecord, SubstanceRecord
from nps_registry.vocabulary.catalogue import Agreement
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.substance import IdentifierScheme, NameKind, Stereo

CURATION = "curation"
GENERATED = "generated-names"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Decisions:
    """The curator's decisions by key: InChIKey (with ``/racemic``), or skeleton for every stereo form."""

    names: Mapping[str, Sequence[NameDecision]]
    facts: Mapping[str, Sequence[FactDecision]]
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, curation: Curation) -> Decisions:
        """Index *curation*."""
        names: dict[str, list[NameDecision]] = {}
        for decision in curation.decisions:
            names.setdefault(decision.key, []).append(decision)
        facts: dict[str, list[FactDecision]] = {}
        for fact in curation.facts:
            for key in fact.keys:
                facts.setdefault(key, []).append(fact)
        return cls(names, facts)

    def names_of(self, structure: Structure) -> list[NameDecision]:
        """Decisions on the names of *structure*."""
        self.asked.add(structure.curation_key)
        return list(self.names.get(structure.curation_key, ()))

    def facts_of(self, structure: Structure) -> list[FactDecision]:
        """Decisions on its facts: those for the whole skeleton first, so that the particular ones win."""
        self.asked.update((structure.skeleton, structure.curation_key))
        return [*self.facts.get(structure.skeleton, ()), *self.facts.get(structure.curation_key, ())]

    def unused(self) -> list[str]:
        """Keys that no entry has: a decision that decides nothing is a mistake."""
        return sorted((set(self.names) | set(self.facts)) - self.asked)


def make_substance(
    entry: Entry,
    accession: str,
    decisions: Decisions,
    merged: Mapping[str, MergedRow],
    classifier: Classifier,
    *,
    is_controlled: bool,
) -> SubstanceRecord:
    """The record of *entry*; *is_controlled* says whether an entry of a control list names it."""
    structure = entry.structure
    names = _make_names(entry, decisions.names_of(structure), merged.get(structure.skeleton))
    facts = decisions.facts_of(structure)
    preferred = next(name for name in names if name.kind is NameKind.PREFERRED)
    own = without_other_registrations(entry, preferred.name)
    if own is not entry:
        names = _make_names(own, decisions.names_of(structure), merged.get(structure.skeleton))
    by_rule, subclass = classifier.by_rule(structure)
    chosen_class = _last(fact.chemical_class for fact in facts) or by_rule
    return SubstanceRecord(
        accession=accession,
        name=preferred.name,
        nature=_last(fact.nature for fact in facts) or nature_by_rule(name.name for name in names),
        occurrence=_last(fact.occurrence for fact in facts) or occurrence_by_rule(entry, is_controlled=is_controlled),
        origin=_last(fact.origin for fact in facts),
        chemical_class=chosen_class,
        subclass=_last(fact.subclass for fact in facts)
        or (subclass if chosen_class == by_rule else classifier.subclass_in(chosen_class, structure)),
        class_overruled=_last(fact.class_overruled for fact in facts) if chosen_class != by_rule else None,
        effect_groups=next((fact.effect_groups for fact in reversed(facts) if fact.effect_groups), ()),
        comment=_last(fact.comment for fact in facts),
        conflicts=(*_conflicts(entry), *(text for fact in facts for text in fact.conflicts)),
        structure=StructureRecord(
            smiles=structure.smiles,
            inchi=structure.inchi,
            inchikey=structure.inchikey,
            formula=structure.formula,
            mass_da=structure.mass_da,
            stereo=structure.stereo,
        ),
        names=names,
        identifiers=_make_identifiers(own, decisions.names_of(structure)),
        claims=tuple(_make_claim(attached) for attached in _in_order(entry.claims)),
    )


def _last(values: Iterable[Value | None]) -> Value | None:
    """The last of *values* that says something."""
    found: Value | None = None
    for value in values:
        found = value if value is not None else found
    return found


def _make_names(entry: Entry, decisions: Sequence[NameDecision], merged: MergedRow | None) -> tuple[NameRecord, ...]:
    """Preferred name first, then the others by the number of their sources."""
    dropped = {fold(name) for decision in decisions for name in decision.drop}
    collected = [name for name in collect_names(entry) if fold(name.text) not in dropped]
    texts = [name.text for name in collected]
    collected = [name for name in collected if form_of(name.text, texts) is None] or collected
    records = [_record(name) for name in sorted(collected, key=lambda name: (-len(name.groups), name.text.casefold()))]
    records = _with_additions(records, decisions)
    decided = _last(decision.preferred for decision in decisions)
    if decided is not None:
        sources = _last(decision.sources or None for decision in decisions) or (CURATION,)
        return _prefer(records, NameRecord(name=decided, kind=NameKind.PREFERRED, sources=sources))
    chosen = choose_preferred(collected)
    if chosen is not None:
        return _prefer(
            records, NameRecord(name=spell_greek(chosen.text), kind=NameKind.PREFERRED, sources=tuple(chosen.sources))
        )
    generated = (merged.systematic_name if merged else "") or entry.structure.inchikey
    return (NameRecord(name=generated, kind=NameKind.PREFERRED, sources=(GENERATED,)),)


def _record(name: Naming) -> NameRecord:
    return NameRecord(name=name.text, kind=kind_of(name.text), sources=tuple(sorted(name.sources)))


def _with_additions(records: list[NameRecord], decisions: Sequence[NameDecision]) -> list[NameRecord]:
    """The names with those that a curator adds, and with the kinds and years that a curator gives."""
    found = {fold(record.name): record for record in records}
    for decision in decisions:
        for added in decision.add:
            before = found.get(fold(added.name))
            sources = tuple(sorted({*(before.sources if before else ()), *added.sources}))
            found[fold(added.name)] = NameRecord(
                name=added.name, kind=added.kind, sources=sources, from_year=added.from_year, to_year=added.to_year
            )
        for kind, names in ((NameKind.TRADE, decision.trade), (NameKind.STREET, decision.street)):
            for name in names:
                if fold(name) in found:
                    found[fold(name)] = found[fold(name)].model_copy(update={"name": name, "kind": kind})
    return list(found.values())


def _prefer(records: Sequence[NameRecord], preferred: NameRecord) -> tuple[NameRecord, ...]:
    """*preferred* in front, with the sources and years of the record that it replaces."""
    same = [record for record in records if fold(record.name) == fold(preferred.name)]
    if same:
        stated = [source for source in preferred.sources if source != CURATION]
        preferred = same[0].model_copy(
            update={
                "name": preferred.name,
                "kind": NameKind.PREFERRED,
                "sources": tuple(sorted({*same[0].sources, *stated})),
            }
        )
    others = [record for record in records if fold(record.name) != fold(preferred.name)]
    return (preferred, *others[: MAXIMUM_NAMES - 1])


def _make_identifiers(entry: Entry, decisions: Sequence[NameDecision]) -> tuple[IdentifierRecord, ...]:
    dropped = {number for decision in decisions for number in decision.drop_numbers}
    found: dict[tuple[IdentifierScheme, str], set[str]] = {}
    for attached in entry.claims:
        claim = attached.claim
        if claim.identifier and attached.agreement is Agreement.FULL and claim.names:
            found.setdefault(claim.identifier, set()).add(claim.source_id)
        if claim.cas and _is_cas(claim.cas) and (attached.agreement is Agreement.FULL):
            found.setdefault((IdentifierScheme.CAS, claim.cas), set()).add(claim.source_id)
    return tuple(
        IdentifierRecord(scheme=scheme, value=value, sources=tuple(sorted(sources)))
        for (scheme, value), sources in sorted(found.items())
        if value not in dropped
    )


def _is_cas(number: str) -> bool:
    """Whether the check digit of a CAS Registry Number is right: the weighted sum of the others, modulo 10."""
    digits = number.replace("-", "")
    if not digits.isdigit() or number.count("-") != 2 or not 5 <= len(digits) <= 10:
        return False
    total = sum(weight * int(digit) for weight, digit in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == int(digits[-1])


def _in_order(claims: Sequence[Attached]) -> list[Attached]:
    return sorted(
        claims,
        key=lambda attached: (attached.claim.source_id, attached.claim.place or "", attached.claim.structure.inchikey),
    )


def _make_claim(attached: Attached) -> ClaimRecord:
    claim: Claim = attached.claim
    return ClaimRecord(
        source=claim.source_id,
        place=claim.place,
        names=tuple(dict.fromkeys(name.text for name in claim.names)),
        inchikey=claim.structure.inchikey,
        agreement=attached.agreement,
        stereo=Stereo.RACEMIC if claim.racemic else None,
        basis=claim.basis,
        source_class=claim.source_class if claim.source_class in SOURCE_CLASSES.get(claim.source_id, {}) else None,
    )


def _conflicts(entry: Entry) -> list[str]:
    """Where a source draws another stereo form under a name that belongs to this entry."""
    found: list[str] = []
    for attached in _in_order(entry.claims):
        claim = attached.claim
        if attached.agreement is Agreement.SKELETON and claim.names and entry.structure.stereo is not Stereo.UNDEFINED:
            found.append(
                f"{claim.source_id} gives {claim.names[0].text} another configuration ({claim.structure.inchikey}); "
                f"the configuration here is the one that most independent groups of sources give."
            )
    return list(dict.fromkeys(found))

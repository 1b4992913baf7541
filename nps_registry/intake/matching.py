"""Which substance a detection is: one look-up for all detections of a submission or a batch.

A structure decides; a name only where there is no structure. What cannot be told is kept as what it is:
a partial identification is never dropped and never rounded up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from nps_registry.chemistry.reading import Reading
from nps_registry.intake.steps import Remark, Working
from nps_registry.localisation import gettext as _
from nps_registry.store import substances as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Substance
from nps_registry.store.viewer import Viewer
from nps_registry.store.visibility import visible_substance_ids
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.reference import CATALOGUE_ACCESSION_SHAPE
from nps_registry.vocabulary.substance import Kind, Status, Stereo

_CAS = re.compile(r"\d{2,7}-\d{2}-\d")
IdentityPair = tuple[str, Stereo]


@dataclass(frozen=True, slots=True)
class Identification:
    """What the registry made of one detection.

    Attributes:
        match: how the detection met the registry.
        substance: the entry that the detection counts for; none where it is partial or not recognised,
            or where an entry is still to be made (``match`` is ``new`` or ``stereo_variant``).
        variant_of: the known substances of the same skeleton, nearest first, for a stereo variant.
        candidates: what a partial identification could be.
        remarks: what the laboratory should know.
    """

    match: Match
    substance: Substance | None = None
    variant_of: tuple[Substance, ...] = ()
    candidates: tuple[Substance, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What the store answered for names: accessions and CAS numbers are names too."""

    accessions: dict[str, Substance]
    cas: dict[str, list[Substance]]
    folded: dict[str, list[Substance]]

    def meanings(self, text: str) -> list[Substance]:
        """The substances that *text* can mean, in the order of their accessions."""
        named = self.accessions.get(text.upper())
        return [named] if named else self.cas.get(text, []) or self.folded.get(fold(text), [])

    @property
    def met(self) -> list[Substance]:
        """Every substance in the answer."""
        return [*self.accessions.values(), *chain(*self.cas.values()), *chain(*self.folded.values())]

    def restricted_to(self, visible: Collection[int]) -> Names:
        """The answer as if there were no substances but those with the ids *visible*."""
        return Names(
            accessions={key: row for key, row in self.accessions.items() if row.id in visible},
            cas={key: [row for row in rows if row.id in visible] for key, rows in self.cas.items()},
            folded={key: [row for row in rows if row.id in visible] for key, rows in self.folded.items()},
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the store answered for all names and structures of a batch: what their sender may know of."""

    identities: dict[IdentityPair, Substance]
    skeletons: dict[str, list[Substance]]
    names: Names


def pair_of(reading: Reading) -> IdentityPair:
    """The key of a structure's identity."""
    return reading.identity.inchi, reading.identity.stereo


def look_up(session: Session, workings: Collection[Working], viewer: Viewer) -> Known:
    """Ask the store once for everything that *workings* name, as far as *viewer* may know of it.

    What the viewer may not see must not be there from here on: it would show in what is told of all the rest.
    """
    readings = {pair_of(working.reading): working.reading for working in workings if working.reading}
    texts = {text for working in workings for text in (working.name, *working.part.candidates) if text}
    identities = stored.by_identities(session, readings.keys())
    skeletons = stored.by_skeletons(session, {reading.identity.skeleton for reading in readings.values()})
    names = look_up_names(session, texts)
    met = [*identities.values(), *chain(*skeletons.values()), *names.met]
    visible = visible_substance_ids(session, {row.id for row in met if row.id is not None}, viewer)
    return Known(
        identities={pair: row for pair, row in identities.items() if row.id in visible},
        skeletons={skeleton: [row for row in rows if row.id in visible] for skeleton, rows in skeletons.items()},
        names=names.restricted_to(visible),
    )


def look_up_names(session: Session, texts: Collection[str]) -> Names:
    """Ask the store once for every name, CAS number and accession in *texts*."""
    accessions = {text.upper() for text in texts if CATALOGUE_ACCESSION_SHAPE.fullmatch(text.upper())}
    met = stored.by_accessions(session, accessions)
    ends = stored.follow_merges(session, met.values())
    return Names(
        accessions={key: ends[row.id] for key, row in met.items() if ends[row.id].status is not Status.WITHDRAWN},
        cas=stored.by_cas(session, {text for text in texts if _CAS.fullmatch(text)}),
        folded=stored.by_folded_names(session, {fold(text) for text in texts} - {""}),
    )


def match(working: Working, known: Known) -> Identification:
    """Identify one detection from what the store answered."""
    if working.reading is not None:
        return _by_structure(working, working.reading, known)
    is_measured = working.formula or working.mass is not None
    if working.part.candidates or working.part.chemical_class or (is_measured and not working.name):
        return _in_part(working, known)
    if working.part.unidentified or not working.name:
        return Identification(Match.NONE)
    return _by_name(working, known)


def _by_structure(working: Working, reading: Reading, known: Known) -> Identification:
    found = known.identities.get(pair_of(reading))
    if found is not None:
        return Identification(Match.EXACT, found, remarks=tuple(_name_remarks(working, known, found)))
    variants = known.skeletons.get(reading.identity.skeleton, [])
    if variants:
        ordered = tuple(sorted(variants, key=_variant_order))
        return Identification(
            Match.STEREO_VARIANT, variant_of=ordered, remarks=tuple(_variant_remarks(working, known, reading, ordered))
        )
    return Identification(Match.NEW, remarks=tuple(_name_remarks(working, known, None)))


def _variant_order(substance: Substance) -> tuple[bool, int, str]:
    order = (Stereo.UNDEFINED, Stereo.RACEMIC, Stereo.MIXTURE, Stereo.RELATIVE, Stereo.ABSOLUTE, Stereo.ACHIRAL)
    stereo = substance.stereo or Stereo.ACHIRAL
    return substance.status is Status.PROVISIONAL, order.index(stereo), substance.accession


def _variant_remarks(
    working: Working, known: Known, reading: Reading, variants: Sequence[Substance]
) -> Iterable[Remark]:
    names = ", ".join(f"{variant.name} ({variant.accession})" for variant in variants)
    yield Remark(
        "stereo_variant",
        _("The same skeleton as %(names)s, with another statement of stereochemistry: %(stereo)s.")
        % {"names": names, "stereo": reading.identity.stereo.label},
    )
    variant_ids = {variant.id for variant in variants}
    meanings = known.names.meanings(working.name) if working.name else []
    if meanings and not any(meaning.id in variant_ids for meaning in meanings):
        yield _disagreement(working, meanings)


def _name_remarks(working: Working, known: Known, found: Substance | None) -> Iterable[Remark]:
    """Say where name and structure disagree; the structure stands and a person should look."""
    meanings = known.names.meanings(working.name) if working.name else []
    if not meanings or (found is not None and any(meaning.id == found.id for meaning in meanings)):
        return
    # What a group or a mixture holds is known of the catalogue's entries. An entry of this instance says no more than
    # the structure does, so that a report stands alike whether or not its sender may see one.
    is_catalogued = found is not None and found.status is not Status.PROVISIONAL
    if found is not None and any(
        (meaning.skeleton and meaning.skeleton == found.skeleton)
        or (is_catalogued and meaning.kind is not Kind.CHEMICAL)
        for meaning in meanings
    ):
        return
    yield _disagreement(working, meanings)


def _disagreement(working: Working, meanings: Sequence[Substance]) -> Remark:
    names = ", ".join(f"{meaning.name} ({meaning.accession})" for meaning in meanings)
    return Remark(
        "name_disagrees",
        _("“%(name)s” is the name of %(names)s, which has another structure; the structure given was taken.")
        % {"name": working.name, "names": names},
        problem=True,
    )


def _in_part(working: Working, known: Known) -> Identification:
    candidates: list[Substance] = []
    remarks: list[Remark] = []
    for text in working.part.candidates:
        meanings = known.names.meanings(text)
        if not meanings:
            remarks.append(Remark("candidate_unknown", _("“%(name)s” is not a name in the registry.") % {"name": text}))
        candidates += [meaning for meaning in meanings if meaning not in candidates]
    return Identification(Match.PARTIAL, candidates=tuple(candidates), remarks=tuple(remarks))


def _by_name(working: Working, known: Known) -> Identification:
    meanings = known.names.meanings(working.name)
    if len(meanings) == 1:
        return Identification(Match.NAME, meanings[0])
    if not meanings:
        remark = Remark(
            "name_unknown",
            _("“%(name)s” is not a name in the registry; give the structure if it is known.") % {"name": working.name},
        )
        return Identification(Match.NONE, remarks=(remark,))
    names = ", ".join(f"{meaning.name} ({meaning.accession})" for meaning in meanings)
    remark = Remark(
        "name_ambiguous",
        _("“%(name)s” is a name of several substances: %(names)s. Say which.") % {"name": working.name, "names": names},
        problem=True,
    )
    return Identification(Match.PARTIAL, candidates=tuple(meanings), remarks=(remark,))

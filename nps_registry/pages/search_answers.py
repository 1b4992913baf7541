"""Questions of the search page answered: each kind becomes lists of hits under their headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _
from nps_registry.pages.search_asking import Asking, Question
from nps_registry.pages.search_hits import Download, Hit, Results, downloads_of, explain_address, show_hits, sort_hits
from nps_registry.search.identity import IdentityAnswer, find_identical
from nps_registry.search.interpretation import interpret
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import (
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
    SuperstructureQuestion,
)
from nps_registry.search.similarity import find_similar
from nps_registry.search.snapshot import Entry
from nps_registry.store.engine import Session
from nps_registry.vocabulary.search import TextSort

Answered = tuple[str, list[Results]]
"""How the question was understood, where that had to be found out, and the lists."""
_STRUCTURES = {TextSort.SMILES, TextSort.INCHI}


@dataclass
class Answers:
    """Answers the questions of one request.

    Attributes:
        asking: what was typed, for the addresses of the answers.
        visible: ids that the reader may know of beyond the public.
        among: ids that the question is restricted to; none restricts nothing.
        single: accession of the one substance that a name means, to which the reader is led; empty otherwise.
    """

    services: Services
    session: Session
    asking: Asking
    visible: frozenset[int]
    among: frozenset[int] | None
    single: str = field(default="", init=False)

    def answer(self, question: Question) -> Answered:
        """The lists that answer *question*.

        Raises:
            Refusal: the question cannot be answered, with the reason.
        """
        match question:
            case SimilarityQuestion():
                return "", self._similar(question)
            case SubstructureQuestion() | SuperstructureQuestion():
                return "", [self._parts(question)]
            case IdentityQuestion():
                return "", self._identical(question)
            case MassQuestion():
                return "", [self._weighed(question)]
            case NameQuestion():
                return self._anything(question) if self.asking.meant == "any" else ("", [self._named(question)])

    def _anything(self, question: NameQuestion) -> Answered:
        """What the one box answers: by what the text most likely is."""
        meant = interpret(self.services.index.snapshot, question.text)
        if meant.sort in _STRUCTURES:
            self.asking = replace(self.asking, kind="similarity", structure=meant.text)
            return meant.sort.label, self._similar(SimilarityQuestion(meant.text, limit=question.limit))
        if meant.sort is TextSort.FORMULA:
            self.asking = replace(self.asking, kind="mass", formula=meant.text)
            return meant.sort.label, [self._weighed(MassQuestion(formula=meant.text, limit=question.limit))]
        return meant.sort.label, [self._named(replace(question, text=meant.text), lead_on=True)]

    def _named(self, question: NameQuestion, *, lead_on: bool = False) -> Results:
        answer = find_by_name(self.services.index.snapshot, question, self.visible, self.among)
        certain = answer.hits[: answer.meanings]
        if lead_on and len(certain) == 1:
            self.single = certain[0].entry.accession
        found = [
            Hit(
                hit.entry,
                detail=_("Also called %(name)s") % {"name": hit.matched} if hit.matched != hit.entry.name else "",
            )
            for hit in (certain or answer.hits)
        ]
        notes = []
        if answer.meanings > 1:
            notes.append(_("The name is ambiguous: these substances all carry it."))
        if answer.salt:
            notes.append(_("“%(salt)s” tells a salt; the substance is listed without it.") % {"salt": answer.salt})
        heading = _("Substances of this name") if certain else _("Similar names")
        if not found:
            heading = _("No substance of this name")
        return self._list("name", heading, found, len(certain) or answer.total, note=" ".join(notes))

    def _similar(self, question: SimilarityQuestion) -> list[Results]:
        """The substance itself and its variants first, unless the reader restricted the search."""
        groups = self._relatives(IdentityQuestion(question.structure)) if self.among is None else []
        answer = find_similar(
            self.services.index.snapshot, question, self.visible, self.services.index.other_planes, self.among
        )
        kind = question.fingerprint.value
        found = [
            Hit(hit.entry, score=hit.score, explain_url=explain_address(question.structure, hit.entry.accession, kind))
            for hit in answer.hits
        ]
        note = " ".join(note.message for note in answer.notes)
        similar = self._list("similarity", _("Similar substances"), found, answer.total, note=note)
        return [*groups, replace(similar, has_scores=True)]

    def _relatives(self, question: IdentityQuestion) -> list[Results]:
        answer = find_identical(self.services.index.snapshot, question, self.visible)
        lists = _lists_of(answer)[:3]  # the exact one, its stereochemistry, its tautomers
        return [
            self._list(key, heading, map(Hit, entries), len(entries), ()) for key, heading, entries in lists if entries
        ]

    def _identical(self, question: IdentityQuestion) -> list[Results]:
        answer = find_identical(self.services.index.snapshot, question, self.visible)
        told = [note.message for note in answer.reading.notes]
        if answer.salt_names:
            told.append(_("Names of its salts: %(names)s.") % {"names": ", ".join(answer.salt_names)})
        groups = [
            self._list(key, heading, map(Hit, entries), len(entries), ())
            for key, heading, entries in _lists_of(answer)
            if entries or key == "exact"
        ]
        groups[0] = replace(groups[0], note=" ".join(told), downloads=downloads_of(self.asking, "identity"))
        return groups

    def _parts(self, question: SubstructureQuestion | SuperstructureQuestion) -> Results:
        answer = self.services.substructure.find(self.services.index.snapshot, question, self.visible, self.among)
        if isinstance(question, SubstructureQuestion):
            heading, kind = _("Substances that contain this"), "substructure"
            found = [Hit(hit.entry, atoms=hit.atoms) for hit in answer.hits]
        else:
            heading, kind = _("Substances contained in this"), "superstructure"
            found = [Hit(hit.entry) for hit in answer.hits]
        note = " ".join([*answer.notes, answer.sentence])
        return replace(self._list(kind, heading, found, answer.total, note=note), total_is_exact=answer.total_is_exact)

    def _weighed(self, question: MassQuestion) -> Results:
        answer = find_by_mass(self.services.index.snapshot, question, self.visible, self.among)
        found = [
            Hit(
                hit.entry,
                error_ppm=None if question.formula else hit.error_ppm,
                detail=""
                if hit.isotope_score is None
                else _("Isotope pattern agrees to %(percent).0f %%") % {"percent": hit.isotope_score * 100},
            )
            for hit in answer.hits
        ]
        heading = _("Substances of this formula") if question.formula else _("Substances of this mass")
        return replace(self._list("mass", heading, found, answer.total), has_errors=not question.formula)

    def _list(
        self,
        kind: str,
        heading: str,
        hits: Iterable[Hit],
        total: int,
        downloads: tuple[Download, ...] | None = None,
        *,
        note: str = "",
    ) -> Results:
        shown = show_hits(self.session, sort_hits(list(hits), self.asking.sort))
        files = downloads_of(self.asking, kind) if downloads is None and shown else downloads or ()
        return Results(kind, heading, shown, total, note=note.strip(), downloads=files)


def _lists_of(answer: IdentityAnswer) -> list[tuple[str, str, tuple[Entry, ...]]]:
    """The lists of an answer by identity with their keys and headings, those that matter most first."""
    skeleton = tuple(entry for entry in answer.same_skeleton if entry not in answer.stereo_variants)
    return [
        ("exact", _("This very substance"), answer.exact),
        ("stereo-variants", _("The same with another stereochemistry"), answer.stereo_variants),
        ("tautomers", _("Tautomers"), answer.tautomers),
        ("same-skeleton", _("The same skeleton"), skeleton),
        ("positional-isomers", _("Positional isomers"), answer.positional_isomers),
    ]

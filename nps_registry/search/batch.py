"""A list of structures and names against the registry: for each row what it is, or what is nearest, or why not.

A row that means several substances is answered by one line for each, so that no meaning is chosen in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nps_registry.chemistry.fingerprints import Recipe, fingerprint
from nps_registry.errors import Refusal
from nps_registry.localisation import gettext as _
from nps_registry.search.identity import find_identical
from nps_registry.search.interpretation import Interpretation, interpret
from nps_registry.search.mass import find_by_mass
from nps_registry.search.names import NameAnswer, find_by_name
from nps_registry.search.questions import BatchQuestion, BatchRow, IdentityQuestion, MassQuestion, NameQuestion
from nps_registry.search.similarity import find_neighbours
from nps_registry.search.slips import is_slip
from nps_registry.search.snapshot import NOBODY, Entry, Snapshot
from nps_registry.vocabulary.folding import words
from nps_registry.vocabulary.search import RowMatch, TextSort

MOST_MEANINGS = 10
"""Lines that one row is answered by at most."""
SURE = 0.9
"""Least score at which a name that is not carried as written is one typed in another usual way."""
_STRUCTURES = {TextSort.SMILES, TextSort.INCHI, TextSort.MOLFILE}


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of the answer.

    Attributes:
        number: of the row that it answers, from 1, as :class:`BatchRow` counts.
        row: the row as given.
        sort: what the row was taken for; none where it could not be read.
        match: how the substance answers it.
        entry: the substance; none where there is none, or the row is in error.
        score: likeness 0 to 1 of a similar substance or name; 1 where it is the very one.
        note: what was left out or changed to find it (a salt, for instance), in sentences.
        error: why the row cannot be answered; empty where it can.
    """

    number: int
    row: BatchRow
    sort: TextSort | None
    match: RowMatch
    entry: Entry | None = None
    score: float | None = None
    note: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The lines in the order of the rows; every row has one at least.

    Attributes:
        recipe: how structures that are not listed were compared.
    """

    question: BatchQuestion
    recipe: Recipe
    lines: tuple[BatchLine, ...]

    @property
    def found(self) -> int:
        """Rows that name or draw a substance of the registry, or a variant of one."""
        weak = {RowMatch.NONE, RowMatch.ERROR, RowMatch.SIMILAR}
        return len({line.number for line in self.lines if line.match not in weak})

    @property
    def errors(self) -> int:
        """Rows that could not be read."""
        return sum(line.match is RowMatch.ERROR for line in self.lines)


def identify_batch(snapshot: Snapshot, question: BatchQuestion, visible: frozenset[int] = NOBODY) -> BatchAnswer:
    """The answer to *question* for somebody who sees the public substances and those with ids *visible*."""
    reader = _Reader(snapshot, question.threshold, visible)
    lines = [line for place, row in enumerate(question.rows, 1) for line in reader.answer(row.number or place, row)]
    return BatchAnswer(question, snapshot.recipe, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Answers rows one by one."""

    snapshot: Snapshot
    threshold: float
    visible: frozenset[int]

    def answer(self, number: int, row: BatchRow) -> list[BatchLine]:
        """The lines that answer *row*, one at least."""
        if not row.text.strip():
            return [BatchLine(number, row, None, RowMatch.ERROR, error=_("The row is empty."))]
        meant = self._interpret(row.text)
        find = self._by_structure if meant.sort in _STRUCTURES else self._by_text
        nothing = BatchLine(number, row, meant.sort, RowMatch.NONE)
        try:
            return list(find(meant.text, nothing))[:MOST_MEANINGS] or [nothing]
        except Refusal as refusal:
            return [replace(nothing, match=RowMatch.ERROR, error=refusal.detail)]

    def _interpret(self, text: str) -> Interpretation:
        if "\n" in text.strip():
            return Interpretation(TextSort.MOLFILE, text)
        return interpret(self.snapshot, text)

    def _by_structure(self, text: str, nothing: BatchLine) -> Iterator[BatchLine]:
        identical = find_identical(self.snapshot, IdentityQuestion(text), self.visible)
        told = replace(nothing, note=" ".join(note.message for note in identical.reading.notes))
        for match, entries in (
            (RowMatch.EXACT, identical.exact),
            (RowMatch.STEREO_VARIANT, identical.stereo_variants),
            (RowMatch.SAME_SKELETON, identical.same_skeleton),
            (RowMatch.TAUTOMER, identical.tautomers),
        ):
            if entries:
                yield from (replace(told, match=match, entry=entry, score=1.0) for entry in entries)
                return
        bits = fingerprint(identical.reading.standardised.parent, self.snapshot.recipe)
        nearest = find_neighbours(self.snapshot, bits, 1, self.visible)
        if nearest and nearest[0].score >= self.threshold:
            yield replace(told, match=RowMatch.SIMILAR, entry=nearest[0].entry, score=nearest[0].score)
        else:
            yield told

    def _by_text(self, text: str, nothing: BatchLine) -> Iterator[BatchLine]:
        if nothing.sort is TextSort.FORMULA:
            weighed = find_by_mass(self.snapshot, MassQuestion(formula=text, limit=MOST_MEANINGS), self.visible)
            told = replace(nothing, match=RowMatch.FORMULA, note=_tell_of_more(weighed.total))
            yield from (replace(told, entry=hit.entry) for hit in weighed.hits)
            return
        answer = find_by_name(self.snapshot, NameQuestion(text, limit=MOST_MEANINGS), self.visible)
        best = answer.hits[0].score if answer.hits else 0.0
        match = RowMatch.NAME if answer.meanings else RowMatch.NEARLY_NAME
        for hit in answer.hits:
            # A name that only begins so, or holds it, is no answer that anybody could rely on.
            if hit.score == best and (best >= SURE or is_slip(words(text), words(hit.matched))):
                yield replace(nothing, match=match, entry=hit.entry, score=hit.score, note=_tell_of_name(answer))


def _tell_of_name(answer: NameAnswer) -> str:
    """What somebody who sent the name has to know of how it was understood."""
    if answer.meanings > 1:
        ambiguous = _("The name is ambiguous: %(count)d substances carry it.") % {"count": answer.meanings}
        return f"{ambiguous} {_tell_of_more(answer.meanings)}".strip()
    return _("Found without “%(salt)s”.") % {"salt": answer.salt} if answer.salt else ""


def _tell_of_more(total: int) -> str:
    """That a row has more meanings than lines, where it has."""
    if total <= MOST_MEANINGS:
        return ""
    return _("%(count)d substances are meant; the first %(most)d are told.") % {"count": total, "most": MOST_MEANINGS}

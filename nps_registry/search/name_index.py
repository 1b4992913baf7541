"""The index of names: keys derived once per name, and the ways in which a typed name meets a written one.

The ways stand in one order, each with its score: as written, as typed in a hurry, without the name of a
salt, without its stereo descriptors, with its words in another order, without its alpha, with typing slips,
begun, and contained. Slips are looked for only where no surer way leads anywhere.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nps_registry.search.slips import MOST_EDITS, are_transposed, is_slip
from nps_registry.store.index_rows import NameRow
from nps_registry.vocabulary.folding import drop_alpha, flatten, fold, loosen, states_stereo, words
from nps_registry.vocabulary.scripts import by_looks, by_sounds, is_cyrillic, sound
from nps_registry.vocabulary.substance import NameKind

AS_WRITTEN = 1.0
IN_A_HURRY = 0.97
IN_A_HURRY_FOR_A_PRIME = 0.965
"""4F-fentanyl is 4-fluorofentanyl before it is 4'-fluorofentanyl."""
WITHOUT_SALT = 0.95
WITHOUT_STEREO = 0.93
TRANSPOSED = 0.91
WITHOUT_ALPHA = 0.905
SLIPPED = 0.9
SOUNDED = 0.9
BEGUN = 0.8
CONTAINED = 0.6

_LONGEST_FOR_WORDS = 60
"""Longer names are systematic ones; nobody types their words in another order."""
_SHORTEST_PART = 2
_SHORTEST_INSIDE = 4
_LAST_LETTER = "\U0010ffff"
_SALTS = frozenset(
    "hcl hydrochloride hydrochlorid hbr hydrobromide sulfate sulphate phosphate citrate fumarate hemifumarate tartrate "
    "hemitartrate hydrogentartrate bitartrate hemisulfate dihydrochloride maleate oxalate succinate "
    "acetate mesylate besylate tosylate nitrate base freebase salt".split()
)
_KIND_RANK = {kind: rank for rank, kind in enumerate(NameKind)}


@dataclass(frozen=True, slots=True)
class Keys:
    """What is derived from one name: its keys under :mod:`folding` and its runs of letters and digits."""

    folded: str
    loose: str
    flat: str
    without_alpha: str
    words: tuple[str, ...]
    digits: str
    sound: str

    @classmethod
    def of(cls, name: str, folded: str) -> Keys:
        """The keys of *name*, whose *folded* form is known."""
        runs = tuple(words(name)) if len(name) <= _LONGEST_FOR_WORDS else ()
        loose = loosen(name)
        flat = flatten(name) if states_stereo(name) else loose
        return cls(folded, loose, flat, drop_alpha(name) if "alpha" in runs else "", runs, _digits(folded), sound(name))


def _digits(folded: str) -> str:
    return "".join(letter for letter in folded if letter.isdigit())


@dataclass(slots=True)
class _Table:
    """From a key to the names that have it."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, key: str, number: int) -> None:
        self.rows.setdefault(key, []).append(number)

    def get(self, key: str) -> Iterable[int]:
        return self.rows.get(key, ())


@dataclass(frozen=True, slots=True, eq=False)
class NameIndex:
    """All names of one snapshot. Names are numbered; ``owners`` says whose each is."""

    names: tuple[str, ...]
    owners: tuple[int, ...]
    ranks: tuple[int, ...]
    keys: tuple[Keys, ...]
    folded: _Table
    loose: _Table
    flat: _Table
    without_alpha: _Table
    transposed: _Table
    sounding: _Table
    by_word: _Table
    by_digits: Mapping[str, tuple[list[str], list[int]]]
    """Signature of digits -> folded names and their numbers, side by side."""
    in_order: tuple[tuple[str, int], ...]
    """Folded names in order, each with its number, for those that begin alike."""

    @classmethod
    def of(cls, owners: Iterable[tuple[NameRow, ...]], known: Mapping[str, Keys]) -> NameIndex:
        """The index over the names of *owners*, one after the other; keys that are *known* are not derived again."""
        numbered = [(name, owner) for owner, names in enumerate(owners) for name in names if name.folded]
        keys = tuple(known.get(name.name) or Keys.of(name.name, name.folded) for name, _ in numbered)
        tables = [_Table() for _ in range(6)]
        by_word = _Table()
        by_digits: dict[str, tuple[list[str], list[int]]] = {}
        for number, key in enumerate(keys):
            transposed = " ".join(sorted(key.words))
            values = (key.folded, key.loose, key.flat, key.without_alpha, transposed, key.sound)
            for table, value in zip(tables, values, strict=True):
                table.add(value, number)
            for word in set(key.words):
                by_word.add(word, number)
            group = by_digits.setdefault(key.digits, ([], []))
            group[0].append(key.folded)
            group[1].append(number)
        return cls(
            names=tuple(name.name for name, _ in numbered),
            owners=tuple(owner for _, owner in numbered),
            ranks=tuple(_KIND_RANK[name.kind] for name, _ in numbered),
            keys=keys,
            folded=tables[0],
            loose=tables[1],
            flat=tables[2],
            without_alpha=tables[3],
            transposed=tables[4],
            sounding=tables[5],
            by_word=by_word,
            by_digits=by_digits,
            in_order=tuple(sorted((key.folded, number) for number, key in enumerate(keys))),
        )

    def carries(self, folded: str) -> bool:
        """Whether some substance has a name that folds to *folded*."""
        return folded in self.folded.rows

    def known_keys(self) -> dict[str, Keys]:
        """The keys of every name, for the index of the next snapshot."""
        return dict(zip(self.names, self.keys, strict=True))

    def meet(self, text: str) -> Iterator[tuple[int, float]]:
        """Numbers of the names that *text* meets, each with the score of the way it is met; some come twice."""
        folded = fold(text)
        if not folded:
            return
        certain = False
        ways = self._in_other_letters(text) if is_cyrillic(text) else self._certain_ways(text, folded)
        for way, score in ways:
            for number in way:
                certain = True
                yield number, score
        if not certain:
            yield from self._slipped(text, folded)
        yield from self._begun(folded)
        yield from self._contained(folded)

    def _certain_ways(self, text: str, folded: str) -> Iterator[tuple[Iterable[int], float]]:
        runs = words(text)
        yield self.folded.get(folded), AS_WRITTEN
        hurried = self.loose.get(loosen(text))
        yield [number for number in hurried if "'" not in self.keys[number].folded], IN_A_HURRY
        yield hurried, IN_A_HURRY_FOR_A_PRIME
        plain = _without_salts(text)
        if plain:
            yield self.folded.get(fold(plain)), WITHOUT_SALT
            yield self.loose.get(loosen(plain)), WITHOUT_SALT - 0.01
        yield self.flat.get(flatten(text)), WITHOUT_STEREO
        yield self.without_alpha.get(flatten(text)), WITHOUT_ALPHA
        same_words = self.transposed.get(" ".join(sorted(runs))) if len(runs) > 1 else ()
        yield [number for number in same_words if are_transposed(runs, list(self.keys[number].words))], TRANSPOSED

    def _in_other_letters(self, text: str) -> Iterator[tuple[Iterable[int], float]]:
        """A name in Cyrillic: as it is, by how its letters look in Latin, and by how they sound."""
        heard = by_sounds(text)
        for spelt in (text, by_looks(text), heard):
            yield from self._certain_ways(spelt, fold(spelt))
        yield self.sounding.get(sound(heard)), SOUNDED

    def _slipped(self, text: str, folded: str) -> Iterator[tuple[int, float]]:
        runs = words(text)
        group = self.by_digits.get(_digits(folded))
        if group is None or not runs or len(folded) > _LONGEST_FOR_WORDS:
            return
        near = process.extract(folded, group[0], scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None)
        for written, distance, place in near:
            number = group[1][place]
            if is_slip(runs, list(self.keys[number].words)):
                yield number, SLIPPED * (1.0 - distance / max(len(folded), len(written)))

    def _begun(self, folded: str) -> Iterator[tuple[int, float]]:
        if len(folded) < _SHORTEST_PART:
            return
        first = bisect.bisect_left(self.in_order, (folded, -1))
        end = bisect.bisect_left(self.in_order, (folded + _LAST_LETTER, -1))
        for written, number in self.in_order[first:end]:
            yield number, BEGUN * _share(folded, written)

    def _contained(self, folded: str) -> Iterator[tuple[int, float]]:
        numbers = self._inside(folded) if len(folded) >= _SHORTEST_INSIDE else self.by_word.get(folded)
        for number in numbers:
            yield number, CONTAINED * _share(folded, self.keys[number].folded)

    def _inside(self, folded: str) -> Iterable[int]:
        # "Methylone" holds "ethylone" by its letters only.
        other = f"m{folded}" if folded.startswith("eth") else None
        return (
            number
            for number, key in enumerate(self.keys)
            if folded in key.folded and (other is None or folded in key.folded.replace(other, ""))
        )


def _share(part: str, whole: str) -> float:
    """Near 1 where *part* is nearly all of *whole*, never under a half, so that ways do not mix their order."""
    return 0.75 + 0.25 * len(part) / len(whole)


def _without_salts(text: str) -> str:
    """*text* without the names of salts; empty where it names none, or nothing else."""
    parts = text.replace("·", " ").split()
    kept = [part for part in parts if not _is_salt_word(part)]
    return " ".join(kept) if 0 < len(kept) < len(parts) else ""


def names_salt(text: str) -> str:
    """The words of *text* that tell a salt or the free base; empty where it names none, or nothing else."""
    parts = text.replace("·", " ").split()
    told = [part.strip(".,()") for part in parts if _is_salt_word(part)]
    return " ".join(told) if 0 < len(told) < len(parts) else ""


def _is_salt_word(part: str) -> bool:
    return part.strip(".,()").casefold() in _SALTS

"""The annexes of the German Narcotics Act (BtMG), read from its text as Markdown with HTML tables.

The text is the consolidated one that the Federal Ministry of Justice publishes. Each annex is a table with the
international nonproprietary name, other names and the chemical name; a row over all columns restricts the entry
before it, or all entries under the heading before it. The sentences behind the table (salts, esters, stereoisomers)
hold for the whole annex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from nps_registry.catalogue.records import ControlEntry
from nps_registry.vocabulary.catalogue import ControlScope

SOURCE = "de-btmg"
_ANNEX = re.compile(r"^# (Anlage (?:III|II|I)) –.*$", re.MULTILINE)
_SCOPE = {
    "Anlage I": (
        ControlScope.STEREOISOMERS,
        ControlScope.ESTERS,
        ControlScope.ETHERS,
        ControlScope.SALTS,
        ControlScope.PREPARATIONS,
    ),
    "Anlage II": (ControlScope.ESTERS, ControlScope.ETHERS, ControlScope.SALTS, ControlScope.PREPARATIONS),
    "Anlage III": (ControlScope.SALTS, ControlScope.PREPARATIONS),
}
_EXEMPT = "Certain preparations are exempt; the annex says which."
_CANNABIS = "Cannabis for medical and scientific purposes, and non-synthetic forms, are exempt as the annex says."
_PURPOSES = (
    (re.compile("Cannabis"), _CANNABIS),
    (re.compile("Zubereitungen zu medizinischen Zwecken"), "Only where it is meant for making medical preparations."),
    (re.compile("Substitutionsbehandlung"), "Only in preparations authorised for substitution treatment."),
    (re.compile("Zierzwecken"), "Plants for ornament are exempt as the annex says."),
)
_IN_NAMES = (
    (re.compile("ausgenommen Diamorphin"), "Diamorphine for the purposes of annexes II and III is exempt."),
    (re.compile("ausgenommen die Samen"), "The seeds are exempt."),
)
_NO_NAME = frozenset({"", "-", "–"})


def read_german_annexes(text: str) -> tuple[ControlEntry, ...]:
    """The entries of annexes I, II and III in *text*, in their order.

    The chemical name is the last of ``also``; an entry without another name is listed under it.
    """
    parts = _ANNEX.split(text)
    entries: list[ControlEntry] = []
    for annex, body in zip(parts[1::2], parts[2::2], strict=True):
        under_heading: int | None = None
        for row in _rows(body):
            if len(row) == 3:
                found = tuple(_entry(annex, row))
                under_heading = under_heading if found else len(entries)
                entries.extend(found)
            elif row and entries and entries[-1].schedule == annex:
                # What restricts a list under a heading stands once, behind its last entry.
                first = len(entries) - 1 if under_heading is None else under_heading
                entries[first:] = [_restricted(entry, " ".join(row)) for entry in entries[first:]]
                under_heading = None
    return tuple(entries)


def _rows(body: str) -> Iterator[list[str]]:
    table = _Table()
    table.feed(body)
    heads = [number for number, row in enumerate(table.rows) if row and row[0] == "INN"]
    yield from table.rows[heads[0] + 1 :] if heads else ()


def _entry(annex: str, row: list[str]) -> Iterator[ControlEntry]:
    inn, others, chemical = row
    names = [*_names(inn), *_names(others)]
    chemical = _chemical(chemical)
    if chemical not in _NO_NAME:
        names.append(chemical)
    elif others.rstrip().endswith(":"):
        return  # a heading over the entries that follow
    names = list(dict.fromkeys(names))
    listed_as = names[0]
    yield ControlEntry(
        listed_as=listed_as,
        also=tuple(names[1:]),
        schedule=annex,
        sources=(SOURCE,),
        place=annex,
        scope=_SCOPE[annex],
        exclusions=tuple(sentence for pattern, sentence in _IN_NAMES if pattern.search(others)),
    )


def _names(cell: str) -> list[str]:
    """The names in a cell: ``Methoxyamfetamin (PMA)`` is two, what stands in running text is none."""
    cell = re.sub(r"–\s*ausgenommen.*$", "", cell.replace(" *", "")).strip().removesuffix("-").strip()
    if cell in _NO_NAME or cell == "":
        return []
    cell = re.sub(r"(?<=,) ?\| ?| ?\|(?= ?\()", " ", cell).replace("| ", "")
    cell = re.sub(r"\(\s*(RS|RS ; SR|RS; SR)\s*\)-", lambda mark: f"({mark[1].replace(' ', '')})-", cell)
    head, bracket = _split_bracket(cell)
    explains = re.search(r"Pflanzen|Saft|Verarbeitung", bracket)
    inside = [] if explains else re.split(r",\s+(?![^(]*\))|,(?=MDOH|LSD)", bracket)
    return [name for name in (_tidy(part) for part in (head, *inside)) if name]


def _split_bracket(cell: str) -> tuple[str, str]:
    """``Name (A, B)`` as ``Name`` and ``A, B``; a bracket that belongs to the name stays with it."""
    if not cell.endswith(")"):
        return cell, ""
    depth = 0
    for place in range(len(cell) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(cell[place], 0)
        if depth == 0:
            belongs = place == 0 or cell[place - 1] not in " ]g"
            return (cell, "") if belongs else (cell[:place], cell[place + 1 : -1])
    return cell, ""


def _tidy(name: str) -> str:
    name = name.replace("2C-l", "2C-I").replace("ρ-", "p-").replace("ß", "β")
    name = re.sub(r"\s+", " ", name).strip(" ;,")
    return re.sub(r"(?<=[-,]) (?=\S)|(?<=N) (?=-)", "", name)


def _chemical(cell: str) -> str:
    """The chemical name in one piece: the table breaks its lines and sets locants apart."""
    cell = cell.replace("lod", "Iod").replace("ρ-", "p-").replace("ß", "β")
    cell = re.sub(r"\s*\|\s*", "", cell)
    cell = re.sub(r"(?<=[(\[{,;\d-]) (?=[A-Zacd\d])", "", cell)
    return re.sub(r"(?<=\d) (?=H-)|(?<=[a-z]) (?=\()", "", cell).strip()


def _restricted(entry: ControlEntry, words: str) -> ControlEntry:
    if words.startswith(("- die Salze", "-  die Salze")):
        return entry  # the sentences that hold for the whole annex
    meant = next((sentence for pattern, sentence in _PURPOSES if pattern.search(words)), _EXEMPT)
    return entry.model_copy(update={"exclusions": tuple(dict.fromkeys((*entry.exclusions, meant)))})


class _Table(HTMLParser):
    """Collects the rows of the tables fed to it; a line break inside a cell becomes ``|``."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None:
            self.rows[-1].append(re.sub(r"\s+", " ", "".join(self._cell)).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

"""Reading molfiles, V2000 and V3000: the table is checked line by line before RDKit reads it.

RDKit's own messages on molfiles carry its source paths and go to a log that cannot be captured
for one call, so what can be wrong with the table itself is found here, with its line. The form is
that of *CTfile Formats* (BIOVIA): three header lines, the counts line, one line per atom and bond.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from rdkit import Chem

from nps_registry.chemistry.faults import describe_fault, require_one_definite_substance
from nps_registry.chemistry.formulae import is_element
from nps_registry.chemistry.limits import Limits
from nps_registry.chemistry.notation import Notation
from nps_registry.chemistry.rdkit_log import silent_log
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _

COUNTS_LINE = 3
_RECORD_END = "$$$$"
_COORDINATE_LIMIT = 100_000.0
_PLACEHOLDERS = frozenset({"R", "R#", "*", "A", "Q", "X", "M", "L", "LP", "AH", "QH", "XH", "MH", "Pol", "Du"})
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_BOND_KINDS = frozenset({1, 2, 3, 4, 9})  # single, double, triple, aromatic, coordination
_HYDROGEN_ISOTOPES = frozenset({"D", "T"})


@dataclass(frozen=True, slots=True)
class Table:
    """Where each atom of a molfile is written.

    Attributes:
        atom_lines: the 1-based line of each atom, in the order of the file.
    """

    atom_lines: tuple[int, ...]

    def atom_line(self, index: int) -> int | None:
        """The 1-based line of the atom that RDKit numbers *index*."""
        return self.atom_lines[index] if index < len(self.atom_lines) else None


def parse_molfile(text: str, limits: Limits) -> Chem.Mol:
    """The molecule that the molfile *text* draws; data items behind it (of an SD file) are left aside.

    Raises:
        UnreadableStructure: with the line where it is known.
    """
    block = _single_record(text)
    lines = block.split("\n")
    if len(lines) > limits.molfile_lines:
        raise UnreadableStructure(
            _("The molfile has {count} lines; at most {limit} are read.").format(
                count=len(lines), limit=limits.molfile_lines
            )
        )
    table = _check_table(lines, limits)
    with silent_log():
        unchecked = Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=True)
        mol = Chem.MolFromMolBlock(block, sanitize=True, removeHs=True, strictParsing=True)
    if unchecked is None:
        raise UnreadableStructure(
            _("The molfile cannot be read: one of the lines behind its bonds is malformed; save it again in an editor.")
        )
    require_one_definite_substance(unchecked, table.atom_line, Notation.MOLFILE)
    if mol is None:
        raise describe_fault(unchecked, table.atom_line, Notation.MOLFILE)
    return mol


def _single_record(text: str) -> str:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    record, _end, behind = unified.partition(_RECORD_END)
    if behind.strip():
        raise UnreadableStructure(
            _("The file has more than one structure; give one, without anything behind “{mark}”.").format(
                mark=_RECORD_END
            )
        )
    block, end, _data = record.partition("\nM  END")
    if not end:
        raise UnreadableStructure(_("The molfile has no “M  END” line; perhaps its end was cut off."))
    return f"{block}\nM  END\n"


def _check_table(lines: list[str], limits: Limits) -> Table:
    if len(lines) <= COUNTS_LINE:
        raise _line_fault(_("the molfile ends before its counts line"), len(lines))
    counts = lines[COUNTS_LINE].rstrip()
    if counts.endswith("V2000"):
        return _check_v2000(lines, limits)
    if counts.endswith("V3000"):
        return _check_v3000(lines, limits)
    raise _line_fault(_("this must be the counts line, ending in V2000 or V3000"), COUNTS_LINE + 1)


def _line_fault(reason: str, line: int) -> UnreadableStructure:
    return UnreadableStructure(
        _("The molfile cannot be read at line {line}: {reason}.").format(line=line, reason=reason), line=line
    )


def _require_counts(atoms: int | None, bonds: int | None, line: int, limits: Limits) -> tuple[int, int]:
    if atoms is None or bonds is None or atoms < 0 or bonds < 0:
        raise _line_fault(_("the numbers of atoms and bonds cannot be read"), line)
    if atoms > limits.atoms:
        raise _line_fault(
            _("{count} atoms are more than the {limit} that are read").format(count=atoms, limit=limits.atoms), line
        )
    if bonds > atoms + limits.rings:
        raise _line_fault(_("{count} bonds are too many for its atoms").format(count=bonds), line)
    return atoms, bonds


def _whole(text: str) -> int | None:
    stripped = text.strip()
    return int(stripped) if _WHOLE.fullmatch(stripped) else None


def _check_v2000(lines: list[str], limits: Limits) -> Table:
    counts = lines[COUNTS_LINE]
    atoms, bonds = _require_counts(_whole(counts[0:3]), _whole(counts[3:6]), COUNTS_LINE + 1, limits)
    first_atom, first_bond = COUNTS_LINE + 1, COUNTS_LINE + 1 + atoms
    if len(lines) < first_bond + bonds + 1:
        raise _line_fault(
            _("the counts line announces {atoms} atoms and {bonds} bonds, but the file ends before").format(
                atoms=atoms, bonds=bonds
            ),
            len(lines),
        )
    for index in range(first_atom, first_bond):
        line = lines[index]
        _check_atom([line[0:10], line[10:20], line[20:30]], line[31:34].strip(), index + 1)
    pairs: set[tuple[int, int]] = set()
    for index in range(first_bond, first_bond + bonds):
        line = lines[index]
        pair = _check_bond(_whole(line[0:3]), _whole(line[3:6]), _whole(line[6:9]), atoms, index + 1)
        _note_bond(pairs, pair, index + 1)
    return Table(tuple(range(first_atom + 1, first_bond + 1)))


def _check_v3000(lines: list[str], limits: Limits) -> Table:
    atom_lines: list[int] = []
    numbers: set[int] = set()
    section = ""
    counts: tuple[int, int] | None = None
    pairs: set[tuple[int, int]] = set()
    for index, words in _v3000_lines(lines):
        if words[:1] == ["COUNTS"]:
            counts = _require_counts(_word(words, 1), _word(words, 2), index, limits)
        elif words[:1] in (["BEGIN"], ["END"]):
            section = words[1] if words[0] == "BEGIN" and len(words) > 1 else ""
        elif section == "ATOM":
            _check_atom([*words[2:5], *["?"] * (5 - len(words))], words[1] if len(words) > 1 else "", index)
            atom_lines.append(index)
            numbers.add(_word(words, 0) or 0)
        elif section == "BOND":
            pair = _check_bond(_word(words, 2), _word(words, 3), _word(words, 1), max(numbers, default=0), index)
            _note_bond(pairs, pair, index)
    if counts is None:
        raise _line_fault(_("there is no COUNTS line of the V3000 form"), len(lines))
    if counts != (len(atom_lines), len(pairs)):
        raise _line_fault(
            _("{atoms} atoms and {bonds} bonds stand in the file, which is not what its counts line says").format(
                atoms=len(atom_lines), bonds=len(pairs)
            ),
            COUNTS_LINE + 1,
        )
    return Table(tuple(atom_lines))


def _v3000_lines(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The words of each ``M  V30`` line with its 1-based number; lines continued with ``-`` are one."""
    found: list[tuple[int, list[str]]] = []
    continued = False
    for number, line in enumerate(lines, start=1):
        if not line.startswith("M  V30"):
            continue
        words = line[6:].rstrip().removesuffix("-").split()
        if continued:
            found[-1][1].extend(words)
        elif words:
            found.append((number, words))
        continued = bool(found) and line.rstrip().endswith("-")
    return found


def _word(words: list[str], index: int) -> int | None:
    return _whole(words[index]) if index < len(words) else None


def _check_atom(coordinates: list[str], symbol: str, line: int) -> None:
    for text in coordinates[:3]:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or abs(value) > _COORDINATE_LIMIT:
            raise _line_fault(_("the coordinate “{text}” is no usable number").format(text=text.strip()[:20]), line)
    if symbol in _PLACEHOLDERS or symbol.startswith(("[", "NOT")):
        raise _line_fault(_("“{symbol}” is a placeholder; draw the whole structure").format(symbol=symbol[:10]), line)
    if symbol not in _HYDROGEN_ISOTOPES and not is_element(symbol):
        raise _line_fault(_("“{symbol}” is no chemical element").format(symbol=symbol[:10]), line)


def _check_bond(begin: int | None, end: int | None, kind: int | None, atoms: int, line: int) -> tuple[int, int]:
    """The bond's two atoms, the smaller number first."""
    if begin is None or end is None or kind is None:
        raise _line_fault(_("the bond's atoms and kind cannot be read"), line)
    if not (1 <= begin <= atoms and 1 <= end <= atoms):
        raise _line_fault(
            _("the bond joins the atoms {begin} and {end}, but there are only {atoms} atoms").format(
                begin=begin, end=end, atoms=atoms
            ),
            line,
        )
    if begin == end:
        raise _line_fault(_("the bond joins the atom {begin} to itself").format(begin=begin), line)
    if kind not in _BOND_KINDS:
        raise _line_fault(_("the bond is of no definite kind; draw it as single, double or triple"), line)
    return min(begin, end), max(begin, end)


def _note_bond(bonds: set[tuple[int, int]], bond: tuple[int, int], line: int) -> None:
    if bond in bonds:
        raise _line_fault(
            _("the atoms {begin} and {end} are joined a second time").format(begin=bond[0], end=bond[1]), line
        )
    bonds.add(bond)

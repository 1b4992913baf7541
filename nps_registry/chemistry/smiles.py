"""Reading SMILES with the enhanced stereochemistry of CXSMILES, and nothing behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem

from nps_registry.chemistry.faults import describe_fault
from nps_registry.chemistry.limits import Limits
from nps_registry.chemistry.rdkit_log import captured_log
from nps_registry.chemistry.rdkit_options import set_options
from nps_registry.errors import UnreadableStructure
from nps_registry.localisation import gettext as _
from nps_registry.localisation import mark

_TEXT = re.compile(r"(?P<lead>\s*)(?P<smiles>\S+)(?:[ \t]+(?P<extension>\|[^|]*\|))?(?P<rest>.*)", re.DOTALL)
_ATOM = re.compile(r"\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]|\*")
# What an editor writes for one plain substance: stereo groups, which are read, and wedges, geometry
# and coordinates, which the SMILES itself already says and which are left aside.
_EXTENSION_PART = re.compile(
    r"(?:(?P<group>(?:a|[o&]\d{1,3}):(?P<atoms>\d{1,4}(?:,\d{1,4})*))"
    r"|w[UD]?:[\d.,]+|(?:c|t|ctu):\d+(?:,\d+)*|\([-\d.,;eE]*\))(?:,|$)"
)
# A reaction's arrow (not a dative bond's), a placeholder atom, a bond of no definite kind.
_FOREIGN = re.compile(r"(?P<reaction>(?<!-)>)|(?P<placeholder>\[[^\]]*(?:\*|#0+\D)|\*)|(?P<vague>~)")
_FOREIGN_SENTENCES = {
    "reaction": mark("This is a reaction (“>” at position {position}); give the structure of one substance."),
    "placeholder": mark("The atom at position {position} is a placeholder (*); draw the whole structure."),
    "vague": mark("The bond “~” at position {position} is of no definite kind; draw it as single, double or triple."),
}
_SYNTAX_HINTS = (
    ("unclosed ring", mark("a ring is opened and not closed")),
    ("duplicated ring closure", mark("a ring closure joins an atom to itself or to a neighbour it already has")),
    ("extra open parentheses", mark("a parenthesis is opened and not closed")),
    ("extra close parentheses", mark("a parenthesis is closed that was not opened")),
)


@dataclass(frozen=True, slots=True)
class SmilesText:
    """A SMILES as it was given: where it starts, where each atom is written, what follows.

    Attributes:
        smiles: the SMILES without its extension.
        extension: ``|...|`` of CXSMILES, or the empty text.
        offset: characters before the SMILES in the text given.
    """

    smiles: str
    extension: str
    offset: int

    def atoms(self) -> list[re.Match[str]]:
        """Each atom as it is written, in RDKit's order."""
        return list(_ATOM.finditer(self.smiles))

    def atom_position(self, index: int) -> int | None:
        """The 1-based position in the text given of the atom that RDKit numbers *index*."""
        atoms = self.atoms()
        return self.offset + atoms[index].start() + 1 if index < len(atoms) else None


def parse_smiles(text: str, limits: Limits) -> Chem.Mol:
    """The molecule that *text* draws.

    Raises:
        UnreadableStructure: with the position where one is known.
    """
    parts = _split_text(text)
    _require_one_substance(parts)
    _require_modest_size(parts, limits)
    groups = _read_stereo_groups(parts)
    with captured_log():
        mol = _parse(f"{parts.smiles} |{groups}|" if groups else parts.smiles, sanitise=True)
    if mol is not None:
        return mol
    with captured_log() as log:
        unchecked = _parse(parts.smiles, sanitise=False)
    if unchecked is None:
        raise _syntax_error(parts, log.text, log.position)
    raise describe_fault(unchecked, parts.atom_position)


def _parse(smiles: str, *, sanitise: bool) -> Chem.Mol | None:
    return Chem.MolFromSmiles(smiles, _options(sanitise))


@lru_cache(maxsize=2)
def _options(sanitise: bool) -> Chem.SmilesParserParams:
    params = Chem.SmilesParserParams()
    set_options(params, sanitize=sanitise, removeHs=sanitise, strictCXSMILES=True, parseName=False)
    return params


def _split_text(text: str) -> SmilesText:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise UnreadableStructure(_("The structure is empty: give a SMILES, an InChI or a molfile."))
    rest = found["rest"]
    if rest.strip():
        position = found.start("rest") + len(rest) - len(rest.lstrip()) + 1
        raise UnreadableStructure(
            _("There is text behind the SMILES, from position {position} on; give the structure alone.").format(
                position=position
            ),
            position=position,
        )
    return SmilesText(found["smiles"], found["extension"] or "", len(found["lead"]))


def _require_one_substance(parts: SmilesText) -> None:
    """Refuse what is no SMILES of one substance: foreign characters, reactions, placeholders."""
    if not parts.smiles.isascii():
        index, character = next((at, each) for at, each in enumerate(parts.smiles) if not each.isascii())
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        raise _fault_at(
            parts.offset + index + 1,
            _("The character “{shown}” at position {position} does not belong in a SMILES."),
            shown=shown,
        )
    for found in _FOREIGN.finditer(parts.smiles):
        sentence = _(_FOREIGN_SENTENCES[str(found.lastgroup)])
        raise _fault_at(parts.offset + found.start() + 1, sentence)


def _fault_at(position: int, sentence: str, **words: str) -> UnreadableStructure:
    return UnreadableStructure(sentence.format(position=position, **words), position=position)


def _require_modest_size(parts: SmilesText, limits: Limits) -> None:
    """Refuse what is too large; counted closely only where the text is long enough for it."""
    text = parts.smiles
    if len(text) > limits.atoms:
        require_count(len(parts.atoms()), limits.atoms, _("The structure has {count} atoms; at most {limit} are read."))
    if text.count(".") >= limits.fragments:
        sentence = _("The structure has {count} parts; at most {limit} are read.")
        require_count(text.count(".") + 1, limits.fragments, sentence)
    if text.count("(") > limits.branch_depth:
        sentence = _("Branches are nested {count} deep; at most {limit} are read.")
        require_count(branch_depth(text), limits.branch_depth, sentence)


def require_count(count: int, limit: int, sentence: str) -> None:
    """Refuse with *sentence* (with ``{count}`` and ``{limit}``) where *count* is over *limit*."""
    if count > limit:
        raise UnreadableStructure(sentence.format(count=count, limit=limit))


def branch_depth(text: str) -> int:
    """How deep parentheses are nested in *text*."""
    depth = deepest = 0
    for character in text:
        if character == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif character == ")":
            depth -= 1
    return deepest


def _read_stereo_groups(parts: SmilesText) -> str:
    """The stereo groups of the extension alone (``&1:1,o2:4``); RDKit would drop a wrong one in silence."""
    groups: list[str] = []
    inside = parts.extension.strip("|")
    while inside:
        found = _EXTENSION_PART.match(inside)
        if found is None:
            raise UnreadableStructure(
                _(
                    "The extension “{part}” of the SMILES is not read here; only stereo groups such as |&1:1| are."
                ).format(part=inside[:20])
            )
        if found["group"]:
            groups.append(found["group"])
            _require_configured(parts, found["atoms"])
        inside = inside[found.end() :]
    return ",".join(groups)


def _require_configured(parts: SmilesText, numbers: str) -> None:
    atoms = parts.atoms()
    for number in map(int, numbers.split(",")):
        if number >= len(atoms):
            raise UnreadableStructure(
                _("The stereo group names atom number {number}, counted from 0, but there are {count} atoms.").format(
                    number=number, count=len(atoms)
                )
            )
        if "@" not in atoms[number].group():
            raise _fault_at(
                parts.offset + atoms[number].start() + 1,
                _("The stereo group names the atom at position {position}, which has no configuration (@ or @@)."),
            )


def _syntax_error(parts: SmilesText, log: str, position: int | None) -> UnreadableStructure:
    reason = next((_(hint) for words, hint in _SYNTAX_HINTS if words in log), _("this is not how a SMILES is written"))
    if position is None:
        return UnreadableStructure(_("The SMILES cannot be read: {reason}.").format(reason=reason))
    position += parts.offset
    return UnreadableStructure(
        _("The SMILES cannot be read at position {position}: {reason}.").format(position=position, reason=reason),
        position=position,
    )

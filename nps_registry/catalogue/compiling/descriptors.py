"""What a name says about stereochemistry, and the name without it.

Registries write the descriptor behind the name ("DOC, (R)-", "METHIONINE D-FORM"), the field in front of it
("(R)-DOC", "rac-ketamine"). Both are read here, and one way of writing comes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Statement(StrEnum):
    """What the words of a name say about configuration."""

    NOTHING = "nothing"
    RACEMIC = "racemic"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A name taken apart: its bare text, its descriptor as the field writes it, and what that states."""

    bare: str
    prefix: str
    statement: Statement

    @property
    def text(self) -> str:
        """The name with its descriptor in front."""
        return f"{self.prefix}-{self.bare}" if self.prefix else self.bare


_SIGNS = r"\(?(?:\+/-|\+-|±|\.\+/-\.|\+|-)\)?"
_LOCANTS = r"\(?\d{0,2}[ABab]?(?:R|S|RS|SR|R\*|S\*|E|Z)(?:,\s?\d{0,2}[ABab]?(?:R|S|RS|SR|R\*|S\*|E|Z))*\)?"
_WORDS = r"(?:DL|D,L|D|L|RAC|RACEMIC|CIS|TRANS|THREO|ERYTHRO|EXO|ENDO|ENT|EPI)"
_TOKEN = rf"(?:{_LOCANTS}|\({_LOCANTS}\)|{_SIGNS}|{_WORDS})"
_SUFFIX = re.compile(rf"^(?P<bare>.+?),\s*(?P<mark>{_TOKEN}(?:-{_TOKEN})*)-?$", re.IGNORECASE)
_FORM = re.compile(
    rf"^(?P<bare>.+?)[ ,]+(?P<mark>{_TOKEN}(?:-{_TOKEN})*)[- ]?(?:FORM|ISOMER|ENANTIOMER)$", re.IGNORECASE
)
_PREFIX_TOKEN = (
    rf"(?:\({_LOCANTS.replace('(?', '(?', 1)}\)|\((?:\+/-|\+-|±|\.\+/-\.|\+|-)\)|±|{_WORDS}"
    r"|\d{1,2}[RS](?:,\d{1,2}[RS])*(?=-)|[RS](?=[-(])|[RS],[RS])"
)
_PREFIX = re.compile(rf"^(?P<mark>{_PREFIX_TOKEN}(?:[- ]?{_PREFIX_TOKEN})*)[- ](?P<bare>.+)$", re.IGNORECASE)
_RACEMIC = re.compile(r"±|\+/-|\+-|\bDL\b|D,L|\bRAC(?:EMIC)?\b|\bRS\b|\bSR\b", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\d[ab]?[RS]\b|\b[RS]\b|\(\+\)|\(-\)|^\+$|^-$|\b[DL]\b|\bENT\b", re.IGNORECASE)
_DOUBLE_BOND = re.compile(r"\(?\d{0,2}[EZ](?:,\s?\d{0,2}[EZ])*\)?", re.IGNORECASE)
_INSIDE = re.compile(r"\(\d+'?[abAB]?[RS](?:,\d+'?[abAB]?[RS])*\)|\([RS](?:,[RS])*\)")
_RACEMIC_WORD = re.compile(r"^rac(?:e(?!t)|emic)|\bracem|\bmixed isomers", re.IGNORECASE)


def read_descriptor(name: str) -> Descriptor:
    """Take *name* apart into descriptor and bare name."""
    for pattern in (_SUFFIX, _FORM, _PREFIX):
        found = pattern.match(name)
        if found and _is_plausible(found["bare"]):
            return Descriptor(found["bare"].strip(), _write(found["mark"]), state(found["mark"]))
    if _RACEMIC_WORD.search(name):
        return Descriptor(name, "", Statement.RACEMIC)
    if _INSIDE.search(name):
        return Descriptor(name, "", Statement.ABSOLUTE)
    return Descriptor(name, "", Statement.NOTHING)


def state(mark: str) -> Statement:
    """What the descriptor *mark* says."""
    if _RACEMIC.search(mark):
        return Statement.RACEMIC
    if _ABSOLUTE.search(mark) or _DOUBLE_BOND.fullmatch(mark):
        return Statement.ABSOLUTE
    return Statement.RELATIVE


def _is_plausible(bare: str) -> bool:
    return len(bare) > 1 and bool(re.search(r"[A-Za-z]{2}", bare)) and bare.count("(") == bare.count(")")


def _write(mark: str) -> str:
    text = mark.strip().replace("+/-", "±").replace("+-", "±").replace(".±.", "±")
    text = re.sub(r"^RAC(?:EMIC)?$", "rac", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b(CIS|TRANS|THREO|ERYTHRO|EXO|ENDO|ENT|EPI)\b", lambda word: word[0].lower(), text, flags=re.IGNORECASE
    )
    text = re.sub(r"\b(DL|D,L|D|L)\b", lambda word: word[0].upper().replace(",", ""), text, flags=re.IGNORECASE)
    text = re.sub(r"(\d)([AB])(?=[RS])", lambda locant: locant[1] + locant[2].lower(), text)
    if re.fullmatch(r"[±+-]", text):
        text = f"({text})"
    if re.fullmatch(r"\d*[ab]?[RSEZ](?:,\s?\d*[ab]?[RSEZ])*", text):
        text = f"({text})"
    return text

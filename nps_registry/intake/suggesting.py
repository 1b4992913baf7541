"""What a name that was not recognised may have meant."""

from __future__ import annotations

import re

from nps_registry.catalogue.classes import RESIDUE
from nps_registry.intake.understanding import Desk
from nps_registry.search.names import NameHit, find_by_name
from nps_registry.search.questions import NameQuestion

_SURE = 0.75
_NO_CLASS = {None, RESIDUE}  # what is left over resembles nothing
_WITH_ANALOGUES = re.compile(r"(.+?)\s*(?:\bor\b|/)\s*(?:an? )?analog(?:ue)?s?", re.IGNORECASE)
_WITH_REMARK = re.compile(r"(.+?)\s*\(([^()]*)\)")


def suggest_answer(desk: Desk, name: str) -> str:
    """What *name* may mean, in the words of ``answers.py``: the nearest name of the registry, where one is near.

    Where several substances bear it, all of them; of "X or analogue" the class of X; of a name with a remark behind it
    in brackets what it means without.
    """
    hits = _find(desk, name)
    bearers = [hit.entry.row.accession for hit in hits if hit.score >= 1.0]
    if len(bearers) > 1:
        return f"candidates:{'|'.join(bearers)}"
    if hits and hits[0].score >= _SURE:
        return hits[0].entry.row.name
    if said := _WITH_ANALOGUES.fullmatch(name.strip()):
        return _class_of(_find(desk, said[1]))
    if said := _WITH_REMARK.fullmatch(name.strip()):
        meant = suggest_answer(desk, said[1])
        return f"trace:{meant}" if meant and said[2].strip().casefold() in {"trace", "traces"} else meant
    return ""


def _find(desk: Desk, name: str) -> tuple[NameHit, ...]:
    return find_by_name(desk.index.snapshot, NameQuestion(name[:500], limit=10)).hits


def _class_of(hits: tuple[NameHit, ...]) -> str:
    """The class of what bears the name, as an answer; empty where that is not one."""
    classes = {hit.entry.row.chemical_class for hit in hits if hit.score >= 1.0}
    return f"class:{next(iter(classes))}" if len(classes) == 1 and not classes & _NO_CLASS else ""

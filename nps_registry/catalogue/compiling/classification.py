"""The class of each structure by the catalogue's own rules; what no rule knows is ``other`` until a curator says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tomli
from pydantic import ValidationError

from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.classes import RESIDUE, suggest_class
from nps_registry.catalogue.compiling.structures import Structure
from nps_registry.catalogue.faults import explain, refuse
from nps_registry.catalogue.files import CLASSES
from nps_registry.catalogue.records import ClassRecord
from nps_registry.chemistry.reading import read


@dataclass(frozen=True)
class Classifier:
    """Class and subclass by rule."""

    rules: ClassRules

    def by_rule(self, structure: Structure) -> tuple[str, str | None]:
        """Class and subclass of *structure*; the residual class where no rule fires."""
        suggestion = suggest_class(read(structure.smiles).standardised.parent, self.rules)
        return (suggestion.key, suggestion.subclass) if suggestion else (RESIDUE, None)

    def subclass_in(self, key: str, structure: Structure) -> str | None:
        """The subclass of *structure* within the class that a curator has decided."""
        return self.rules.subclass_in(key, read(structure.smiles).standardised.parent)


def read_classifier(directory: Path) -> Classifier:
    """The rules of ``classes/*.toml`` below *directory*.

    Raises:
        CatalogueFault: if a class file breaks the format.
    """
    return Classifier(ClassRules.build(_read_class(path) for path in sorted((directory / CLASSES).glob("*.toml"))))


def _read_class(path: Path) -> ClassRecord:
    text = path.read_text(encoding="utf-8")
    try:
        return ClassRecord.model_validate(tomli.loads(text))
    except ValidationError as error:
        raise refuse(explain(error, f"{CLASSES}/{path.name}", text)) from error

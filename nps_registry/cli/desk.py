"""What receiving reports needs, opened for one command; it brings the chemistry with it."""

from __future__ import annotations

from nps_registry.assets import find_substances
from nps_registry.catalogue.class_rules import ClassRules
from nps_registry.catalogue.files import read_classes
from nps_registry.cli.opened import Opened
from nps_registry.intake.understanding import Desk
from nps_registry.search.index import SubstanceIndex
from nps_registry.vocabulary.report import RegistryMode


def open_desk(opened: Opened) -> Desk:
    """The index over what is stored, and the class rules."""
    rules = ClassRules.build(read_classes(find_substances()))
    return Desk(SubstanceIndex.of(opened.engine), rules, opened.mode is RegistryMode.DEMONSTRATION)

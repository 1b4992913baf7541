"""What a rule is: a name, an explanation, a severity, and a check that yields issues."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.records import SubstanceRecord
from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class Severity(Term):
    """What a finding asks for: an error stops the build, a warning wants a curator's hand.

    A note says what the sources leave unsaid. Only a further source can mend it, so it is told and counted apart:
    among the warnings hundreds of them would hide the few that a curator can act on.
    """

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    NOTE = "note", _("Note")


class Issue(NamedTuple):
    """What a rule found in one entry: the field and one sentence."""

    field: str
    message: str


class PlacedIssue(NamedTuple):
    """What a rule found anywhere: file, field, one sentence, and the entry's accession if it is one's."""

    path: str
    field: str
    message: str
    accession: str | None = None


SubstanceCheck = Callable[[SubstanceRecord, Context], Iterable[Issue]]
CatalogueCheck = Callable[[Context], Iterable[PlacedIssue]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the lint.

    Attributes:
        name: as findings and tests call it.
        explanation: why it is a rule and what to do, for a curator.
        severity: what a finding asks for.
        check: yields the issues of the whole catalogue.
    """

    name: str
    explanation: str
    severity: Severity
    check: CatalogueCheck


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: which rule, where, and what to do.

    Attributes:
        rule: the rule's name.
        severity: the rule's severity.
        path: file below the catalogue's directory; empty where it is no single file's.
        field: field of the file, as ``names[2].name``.
        message: one sentence.
        accession: of the entry, where it is one's.
    """

    rule: str
    severity: Severity
    path: str
    field: str
    message: str
    accession: str | None = None

    @property
    def place(self) -> str:
        """File and field, for a person."""
        return f"{self.path}: {self.field}" if self.field else self.path


def each_substance(
    name: str, explanation: str, severity: Severity = Severity.ERROR
) -> Callable[[SubstanceCheck], Rule]:
    """Make a rule of a check of one entry; withdrawn and merged entries are not checked."""

    def decorate(check: SubstanceCheck) -> Rule:
        def check_all(context: Context) -> Iterable[PlacedIssue]:
            for record in context.active:
                for issue in check(record, context):
                    yield PlacedIssue(context.path_of(record), issue.field, issue.message, record.accession)

        return Rule(name, explanation, severity, check_all)

    return decorate


def whole_catalogue(
    name: str, explanation: str, severity: Severity = Severity.ERROR
) -> Callable[[CatalogueCheck], Rule]:
    """Make a rule of a check that looks at more than one entry."""

    def decorate(check: CatalogueCheck) -> Rule:
        return Rule(name, explanation, severity, check)

    return decorate

"""The catalogue's lint: small rules, each with a name, an explanation and a severity.

Faults of the format itself are the reader's (:mod:`nps_registry.catalogue.files`): what the lint sees has
passed the validator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nps_registry.catalogue.lint import (
    controls,
    evidence,
    identifiers,
    links,
    meaning,
    membership,
    names,
    prose,
    structures,
)
from nps_registry.catalogue.lint.context import Context
from nps_registry.catalogue.lint.rule import Finding, Rule, Severity
from nps_registry.catalogue.records import Catalogue

RULES: tuple[Rule, ...] = (
    *structures.RULES,
    *names.RULES,
    *meaning.RULES,
    *identifiers.RULES,
    *evidence.RULES,
    *membership.RULES,
    *links.RULES,
    *controls.RULES,
    *prose.RULES,
)
"""Every rule, in the order in which findings are told."""


def lint(
    catalogue: Catalogue, rules: Sequence[Rule] = RULES, *, on_rule: Callable[[Rule], None] | None = None
) -> list[Finding]:
    """What the rules find, the gravest first, then by file.

    Args:
        catalogue: as read from its files, or built in memory.
        rules: those to apply.
        on_rule: told of each rule before it runs, for a progress bar.
    """
    context = Context(catalogue)
    findings = []
    for rule in rules:
        if on_rule:
            on_rule(rule)
        findings += [
            Finding(rule.name, rule.severity, issue.path, issue.field, issue.message, issue.accession)
            for issue in rule.check(context)
        ]
    gravity = {severity: place for place, severity in enumerate(Severity)}
    return sorted(findings, key=lambda found: (gravity[found.severity], found.path, found.field))


__all__ = ["RULES", "Finding", "Rule", "Severity", "lint"]

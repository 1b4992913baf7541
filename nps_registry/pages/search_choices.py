"""What the forms of the search page offer to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from nps_registry.chemistry.masses import ADDUCTS
from nps_registry.localisation import gettext as _
from nps_registry.store.browse import find_reported_countries
from nps_registry.store.dossiers import class_labels
from nps_registry.store.engine import Session
from nps_registry.vocabulary.place import country_name, is_country
from nps_registry.vocabulary.search import Fingerprint, Metric, PatternForm
from nps_registry.vocabulary.substance import EffectGroup, Jurisdiction, Stereo
from nps_registry.vocabulary.term import Term

Options = list[tuple[str, str]]
"""Values with what people read for them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Every list of options, in the order in which it is shown."""

    fingerprints: Options
    metrics: Options
    pattern_forms: Options
    stereo: Options
    adducts: list[str]
    classes: Options
    effects: Options
    countries: Options
    jurisdictions: Options


def find_choices(session: Session) -> Choices:
    """The options of the moment: two queries."""
    countries = sorted((country_name(code), code) for code in find_reported_countries(session))
    return Choices(
        fingerprints=_terms(Fingerprint),
        metrics=_terms(Metric),
        pattern_forms=_terms(PatternForm),
        stereo=_terms(Stereo),
        adducts=[adduct.name for adduct in ADDUCTS],
        classes=sorted(((key, _(label)) for key, label in class_labels(session).items()), key=lambda pair: pair[1]),
        effects=_terms(EffectGroup),
        countries=[(code, name) for name, code in countries],
        jurisdictions=[
            (code.value, country_name(code) if is_country(code) else _("United Nations")) for code in Jurisdiction
        ],
    )


def _terms(kind: type[Term]) -> Options:
    return [(term.value, term.label) for term in kind]

"""The filters of the list of substances, checked alike for the page and the API."""

from __future__ import annotations

from dataclasses import replace

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store.browse import Browse
from nps_registry.store.engine import Session
from nps_registry.store.tables import ChemicalClass
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.substance import Jurisdiction


def require_filters(session: Session, question: Browse) -> Browse:
    """*question* with its codes in capitals, where each of them names something.

    Raises:
        InvalidInput: naming every filter that can leave nothing because its value is none.
    """
    country, control = (code.upper() if code else None for code in (question.country, question.control))
    errors: list[FieldError] = []
    if country and not is_country(country):
        message = _("“%(code)s” is not a country; use its two-letter ISO 3166-1 code (XK for Kosovo).")
        errors.append(FieldError("country", message % {"code": country}))
    if control and not (is_country(control) or control in set(Jurisdiction)):
        message = _("“%(code)s” is not a jurisdiction; use UN or a country's two-letter code.")
        errors.append(FieldError("control", message % {"code": control}))
    if question.chemical_class and session.get(ChemicalClass, question.chemical_class) is None:
        message = _("“%(key)s” is not the key of a chemical class here.")
        errors.append(FieldError("chemical_class", message % {"key": question.chemical_class}))
    if errors:
        raise InvalidInput(" ".join(error.message for error in errors), errors=errors)
    return replace(question, country=country, control=control)

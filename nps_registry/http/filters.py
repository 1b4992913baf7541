"""The filters of the list of substances, checked alike for the page and the API."""

from __future__ import annotations

from dataclasses import replace

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.store.browse import Browse
from nps_registry.store.engine import Session
from nps_registry.store.review_queue import QueueQuestion
from nps_registry.store.tables import ChemicalClass
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.review import WAITING
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


def require_queue_filters(session: Session, question: QueueQuestion) -> QueueQuestion:
    """*question* with its country in capitals, where each filter names something.

    Raises:
        InvalidInput: naming every filter whose value is none.
    """
    found = require_filters(session, Browse(country=question.country, chemical_class=question.chemical_class))
    if question.state is not None and question.state not in WAITING:
        message = _("Nothing waits in this state: choose one of %(states)s.")
        states = ", ".join(state.value for state in WAITING)
        raise InvalidInput(message % {"states": states}, errors=[FieldError("state", message % {"states": states})])
    return replace(question, country=found.country)

"""Which substances a restriction leaves: asked of the store at each question, so that it is never out of date."""

from __future__ import annotations

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.restriction import Restriction
from nps_registry.store.browse import Browse, find_ids
from nps_registry.store.dossiers import class_labels
from nps_registry.store.engine import Session
from nps_registry.store.viewer import VISITOR, Viewer


def find_among(session: Session, restriction: Restriction, viewer: Viewer = VISITOR) -> frozenset[int] | None:
    """Ids of the substances that *restriction* leaves, as far as *viewer* may know of them; none where it is empty.

    Raises:
        InvalidInput: no class has that key here.
    """
    if not restriction:
        return None
    key = restriction.chemical_class
    if key is not None and key not in class_labels(session):
        sentence = _("“%(key)s” is not the key of a chemical class here.") % {"key": key[:40]}
        raise InvalidInput(sentence, errors=[FieldError("chemical_class", sentence)])
    return find_ids(session, Browse(**restriction.told), viewer)  # type: ignore[arg-type]  # by the fields' own types

"""What is answered where an accession has no entry that the caller may see."""

from __future__ import annotations

from nps_registry.errors import Gone, NotFound, Refusal
from nps_registry.http.services import Services
from nps_registry.localisation import gettext as _

LONGEST_ACCESSION = 16


def no_such_substance(services: Services, accession: str) -> Refusal:
    """The refusal for *accession*: one that was retired says why and what is meant instead.

    Whether there is none, or none that the caller may see, is not told: the answer is the same.
    """
    retired = services.retired.get(accession)
    if retired is None:
        return NotFound(_("There is no substance with the accession “%(accession)s”.") % {"accession": accession[:40]})
    said = {"accession": accession, "reason": retired.reason}
    return Gone(_("%(accession)s was retired: %(reason)s.") % said, instead=retired.instead or "")

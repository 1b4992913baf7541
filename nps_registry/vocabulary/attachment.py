"""Terms of the files that go with a report."""

from __future__ import annotations

from nps_registry.localisation import mark as _
from nps_registry.vocabulary.term import Term


class AttachmentKind(Term):
    """What a file shows."""

    SPECTRUM = "spectrum", _("Spectrum")
    CHROMATOGRAM = "chromatogram", _("Chromatogram")
    PHOTOGRAPH = "photograph", _("Photograph")
    DOCUMENT = "document", _("Document")

"""Who may use the pages of the review and of curation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from nps_registry.http.signed_in import SignedIn, require_role
from nps_registry.vocabulary.report import Role

REVIEWERS = (Role.FOCAL_POINT, Role.CURATOR, Role.ADMINISTRATOR)
CURATORS = (Role.CURATOR, Role.ADMINISTRATOR)
Reviewer = Annotated[SignedIn, Depends(require_role(*REVIEWERS))]
Curator = Annotated[SignedIn, Depends(require_role(*CURATORS))]
Laboratory = Annotated[SignedIn, Depends(require_role(Role.LABORATORY))]

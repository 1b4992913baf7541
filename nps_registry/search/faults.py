"""What is wrong with a question, collected field by field, so that a caller learns of all of it at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _

_MOST_TOLD = 5
"""Faults told in the one sentence; the fields name all of them."""


class Faults:
    """What is wrong with a question so far, field by field."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    def add(self, field: str, message: str) -> None:
        """Note that *field* is at fault."""
        self._errors.append(FieldError(field, message))

    def require_text(self, field: str, text: str) -> None:
        """Something that is not blank, without null bytes."""
        if not text.strip():
            self.add(field, _("Nothing was given; write something to search for."))
        elif "\x00" in text:
            self.add(field, _("It holds a null byte; send plain text."))

    def require_between(self, field: str, number: float, least: float, most: float) -> None:
        """A number from *least* to *most*; not NaN."""
        if not least <= number <= most:  # false for NaN too
            sentence = _("%(given)s is out of range; give a number from %(least)g to %(most)g.")
            self.add(field, sentence % {"given": number, "least": least, "most": most})

    def require_above_zero(self, field: str, number: float, most: float) -> None:
        """A number above 0, at most *most*; not NaN."""
        if math.isnan(number) or not 0 < number <= most:
            sentence = _("%(given)s is out of range; give a number above 0, at most %(most)g.")
            self.add(field, sentence % {"given": number, "most": most})

    def require_at_most_characters(self, field: str, text: str, most: int) -> None:
        """A text of bounded length."""
        if len(text) > most:
            sentence = _("It has %(count)d characters; at most %(most)d are read.")
            self.add(field, sentence % {"count": len(text), "most": most})

    def require_count(self, field: str, count: int, most: int) -> None:
        """One at least, *most* at most."""
        if not 1 <= count <= most:
            sentence = _("%(count)d were given; give 1 to %(most)d.")
            self.add(field, sentence % {"count": count, "most": most})

    def require_height(self, field: str, height: float) -> None:
        """The height of a peak: a finite number, not below 0."""
        if not 0 <= height < math.inf:
            self.add(
                field, _("%(given)s is no height of a peak; give a number that is not below 0.") % {"given": height}
            )

    def require_heights(self, field: str, heights: Sequence[float], most: int) -> None:
        """Heights of isotope peaks: two at least, so that there is a ratio, and not all of them 0."""
        if not heights:
            return
        if not 2 <= len(heights) <= most:
            sentence = _("%(count)d heights were given; give those of M, M+1 and so on, 2 to %(most)d.")
            self.add(field, sentence % {"count": len(heights), "most": most})
        for height in heights:
            self.require_height(field, height)
        if not any(heights):
            self.add(field, _("Every height is 0; give those that were measured."))

    def require_limit(self, limit: int, most: int) -> None:
        """A number of hits that may be asked for."""
        if not 1 <= limit <= most:
            sentence = _("%(given)d hits cannot be asked for; ask for 1 to %(most)d.")
            self.add("limit", sentence % {"given": limit, "most": most})

    def refuse_if_any(self) -> None:
        """Refuse the question if anything was noted.

        Raises:
            InvalidInput: with every field at fault.
        """
        if self._errors:
            shown = self._errors[:_MOST_TOLD]
            detail = " ".join(f"{error.field}: {error.message}" for error in shown)
            raise InvalidInput(detail, errors=self._errors)

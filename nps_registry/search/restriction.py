"""What a search is restricted to: a class, an effect, a country, a control, a time of first report."""

from __future__ import annotations

from dataclasses import dataclass, fields

from nps_registry.localisation import gettext as _
from nps_registry.search.faults import Faults
from nps_registry.vocabulary.place import is_country
from nps_registry.vocabulary.substance import EffectGroup, Jurisdiction

FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Restriction:
    """Only substances of which all that is set here is true.

    Attributes:
        chemical_class: key of a class.
        effect: an effect group.
        country: ISO 3166-1 alpha-2, with public events of the substance.
        control: jurisdiction (``UN``, ``DE`` …) one of whose lists names the substance today.
        first_reported_from: year; the first public event is of it or later.
        first_reported_until: year; the first public event is of it or earlier.

    Raises:
        InvalidInput: a code is none, or a year out of bounds or before the first; codes may be given in small letters.
    """

    chemical_class: str | None = None
    effect: EffectGroup | None = None
    country: str | None = None
    control: str | None = None
    first_reported_from: int | None = None
    first_reported_until: int | None = None

    def __post_init__(self) -> None:
        faults = Faults()
        for name in ("country", "control"):
            code = getattr(self, name)
            object.__setattr__(self, name, code.upper() if code else None)
        object.__setattr__(self, "chemical_class", self.chemical_class or None)
        if self.country and not is_country(self.country):
            sentence = _("“%(code)s” is not a country; use its two-letter ISO 3166-1 code (XK for Kosovo).")
            faults.add("country", sentence % {"code": self.country[:40]})
        if self.control and not (is_country(self.control) or self.control in set(Jurisdiction)):
            sentence = _("“%(code)s” is not a jurisdiction; use UN or a country's two-letter code.")
            faults.add("control", sentence % {"code": self.control[:40]})
        for name in ("first_reported_from", "first_reported_until"):
            if (year := getattr(self, name)) is not None:
                faults.require_between(name, year, FIRST_YEAR, LAST_YEAR)
        if (
            self.first_reported_from
            and self.first_reported_until
            and self.first_reported_from > self.first_reported_until
        ):
            faults.add("first_reported_until", _("The period ends before it begins; give a year that is not earlier."))
        faults.refuse_if_any()

    def __bool__(self) -> bool:
        return self != EVERYTHING  # asked with every search, and true of few

    @property
    def told(self) -> dict[str, str | int]:
        """What is set, by name, as an address or a file says it."""
        if not self:
            return {}
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) if isinstance(value, str) else value for name, value in values.items() if value}


EVERYTHING = Restriction()

"""What somebody asked of the search page: words as typed, the question they make, the address that repeats it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.pages.given_list import read_number
from nps_registry.search.questions import (
    DEFAULT_ADDUCT,
    DEFAULT_PPM,
    DEFAULT_THRESHOLD,
    IdentityQuestion,
    MassQuestion,
    NameQuestion,
    SimilarityQuestion,
    SubstructureQuestion,
    SuperstructureQuestion,
)
from nps_registry.search.restriction import Restriction
from nps_registry.vocabulary.search import Fingerprint, Metric, PatternForm
from nps_registry.vocabulary.substance import EffectGroup, Stereo
from nps_registry.vocabulary.term import Term

Chosen = TypeVar("Chosen", bound=Term)
Question = (
    SimilarityQuestion | SubstructureQuestion | SuperstructureQuestion | IdentityQuestion | MassQuestion | NameQuestion
)
SHOWN = 48
KINDS = ("any", "similarity", "substructure", "superstructure", "identity", "mass", "name")
RESTRICTING = ("chemical_class", "effect", "country", "control", "first_reported_from", "first_reported_until")
_OF_KIND = {
    "any": ("q",),
    "similarity": ("structure", "threshold", "fingerprint", "metric", "tversky_a", "tversky_b", *RESTRICTING),
    "substructure": ("pattern", "read_as", "total", *RESTRICTING),
    "superstructure": ("structure", "total", *RESTRICTING),
    "identity": ("structure", "stereo"),
    "mass": ("mz", "mass_da", "formula", "adduct", "ppm", "isotopes", *RESTRICTING),
    "name": ("q", *RESTRICTING),
}
"""The parameters that each kind heeds; the API calls them alike."""
_Word = Annotated[str, Query(max_length=100)]
_Text = Annotated[str, Query(max_length=5000)]


@dataclass(frozen=True)
class Asking:
    """Every parameter of the page as it was typed, so that a form shows it again whatever it is."""

    kind: _Word = ""
    q: _Text = ""
    structure: _Text = ""
    pattern: Annotated[str, Query(max_length=2000)] = ""
    threshold: _Word = str(DEFAULT_THRESHOLD)
    fingerprint: _Word = Fingerprint.MORGAN.value
    metric: _Word = Metric.TANIMOTO.value
    tversky_a: _Word = "0.5"
    tversky_b: _Word = "0.5"
    read_as: _Word = PatternForm.SMARTS.value
    total: _Word = "found"
    stereo: _Word = ""
    mz: _Word = ""
    mass_da: _Word = ""
    formula: Annotated[str, Query(max_length=200)] = ""
    adduct: _Word = DEFAULT_ADDUCT
    ppm: _Word = f"{DEFAULT_PPM:g}"
    isotopes: Annotated[str, Query(max_length=300)] = ""
    chemical_class: _Word = ""
    effect: _Word = ""
    country: _Word = ""
    control: _Word = ""
    first_reported_from: _Word = ""
    first_reported_until: _Word = ""
    view: _Word = "cards"
    sort: _Word = ""
    limit: _Word = str(SHOWN)

    @property
    def meant(self) -> str:
        """The kind of question: as it says, else by what was filled in."""
        if self.kind in KINDS:
            return self.kind
        if self.q.strip():
            return "any"
        if self.structure.strip():
            return "similarity"
        if self.pattern.strip():
            return "substructure"
        return "mass" if (self.mz + self.mass_da + self.formula).strip() else "any"

    @property
    def asks(self) -> bool:
        """Whether anything was asked at all."""
        texts = {"mass": self.mz + self.mass_da + self.formula, "substructure": self.pattern}
        return bool(texts.get(self.meant, self.q if self.meant in {"any", "name"} else self.structure).strip())

    @property
    def view_is_table(self) -> bool:
        """Whether the results are shown as a table and not as cards."""
        return self.view == "table"

    def address(self, **changes: str) -> str:
        """The page's address that asks this again, with *changes*: what is as by default is left out."""
        changed = replace(self, **changes)
        kept = ("kind", *_OF_KIND[changed.meant], "view", "sort", "limit")
        return f"/search?{urlencode({**changed.filled(kept), 'kind': changed.meant})}"

    @property
    def watch_url(self) -> str:
        """The form that subscribes to what answers this question later; none where a subscription cannot ask it."""
        if self.meant == "substructure" and self.read_as == PatternForm.SMARTS.value:
            return f"/subscribe?{urlencode({'pattern': self.pattern.strip()})}"
        as_subscribed = (Fingerprint.MORGAN.value, Metric.TANIMOTO.value)
        if self.meant == "similarity" and (self.fingerprint, self.metric) == as_subscribed:
            return f"/subscribe?{urlencode({'structure': self.structure.strip(), 'threshold': self.threshold.strip()})}"
        return ""

    def api_address(self, kind: str) -> str:
        """The API's address of the question of *kind* with the same parameters."""
        return f"/api/v1/search/{kind}?{urlencode(self.filled((*_OF_KIND[kind], 'limit')))}"

    def filled(self, names: tuple[str, ...]) -> dict[str, str]:
        """Those of the parameters *names* that are not as by default."""
        defaults = {field.name: field.default for field in fields(self)}
        values = {name: getattr(self, name).strip() for name in names}
        return {name: value for name, value in values.items() if value and value != defaults[name]}

    @property
    def among(self) -> Restriction:
        """What the search is restricted to.

        Raises:
            InvalidInput: a filter that is none.
        """
        effect = _term(EffectGroup, "effect", self.effect) if self.effect else None
        years = [_whole(name, getattr(self, name)) for name in ("first_reported_from", "first_reported_until")]
        return Restriction(self.chemical_class, effect, self.country, self.control, *years)

    def question(self) -> Question:
        """The question that is asked; of the kind ``any`` it is made by what the text turns out to be.

        Raises:
            InvalidInput: naming the parameter that cannot be understood.
        """
        limit = _whole("limit", self.limit) or SHOWN
        exact = self.total == "exact"
        match self.meant:
            case "similarity":
                return SimilarityQuestion(
                    self.structure,
                    read_number("threshold", self.threshold),
                    limit,
                    _term(Fingerprint, "fingerprint", self.fingerprint),
                    _term(Metric, "metric", self.metric),
                    read_number("tversky_a", self.tversky_a),
                    read_number("tversky_b", self.tversky_b),
                    self.among,
                )
            case "substructure":
                read_as = _term(PatternForm, "read_as", self.read_as)
                return SubstructureQuestion(self.pattern, limit, exact, read_as, self.among)
            case "superstructure":
                return SuperstructureQuestion(self.structure, limit, exact, self.among)
            case "identity":
                stereo = _term(Stereo, "stereo", self.stereo) if self.stereo else None
                return IdentityQuestion(self.structure, stereo)
            case "mass":
                return self._mass(limit)
            case _:
                return NameQuestion(self.q, limit, self.among)

    def _mass(self, limit: int) -> MassQuestion:
        return MassQuestion(
            read_number("mass_da", self.mass_da) if self.mass_da.strip() else None,
            read_number("mz", self.mz) if self.mz.strip() else None,
            self.formula.strip() or None,
            self.adduct,
            read_number("ppm", self.ppm),
            limit,
            tuple(read_number("isotopes", part) for part in self.isotopes.split(",")) if self.isotopes.strip() else (),
            self.among,
        )


def _whole(name: str, text: str) -> int | None:
    """The whole number *text*; none where it is blank. Longer ones than any bound are refused as they are."""
    if not text.strip():
        return None
    try:
        return int(text[:20])
    except ValueError:
        sentence = _("“%(text)s” is not a whole number (%(name)s).") % {"text": text, "name": name}
        raise InvalidInput(sentence, errors=[FieldError(name, sentence)]) from None


def _term(kind: type[Chosen], name: str, given: str) -> Chosen:
    try:
        return kind(given)
    except ValueError:
        sentence = _("“%(given)s” cannot be chosen for %(name)s.") % {"given": given[:40], "name": name}
        raise InvalidInput(sentence, errors=[FieldError(name, sentence)]) from None

"""What is said of each detection of a draft, in words: known or new, its control, what it resembles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from nps_registry.http.services import Services
from nps_registry.intake.draft_fields import Fields
from nps_registry.intake.steps import Remark
from nps_registry.intake.triage import Triaged
from nps_registry.localisation import gettext as _
from nps_registry.pages.lab.draft_view import called, id_of
from nps_registry.search.similarity import Hit
from nps_registry.store.listings import ListedAs
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.catalogue import words_of_scope
from nps_registry.vocabulary.finding import Match
from nps_registry.vocabulary.place import country_name, region_name, region_of
from nps_registry.vocabulary.substance import Status
from nps_registry.vocabulary.technique import SWGDRUG_EDITION, Technique, tells_positional_isomers_apart


@dataclass(frozen=True, slots=True)
class Named:
    """A substance as a link."""

    accession: str
    name: str
    detail: str = ""
    difference_url: str = ""


@dataclass(frozen=True, slots=True)
class TriageView:
    """What is told of one detection.

    Attributes:
        target: id of the detection's part of the form.
        tone: ``known``, ``new``, ``part`` or ``open``, for the mark before the verdict.
        verdict: known or new, in words.
        firsts: where it would be the first.
        control: sentences on its legal status, the treaties first.
        nearest_controlled: the controlled substance that it resembles most, where no list names or covers it.
        minimum: on SWGDRUG's minimum; empty where it does not apply.
    """

    target: str
    called: str
    tone: str
    verdict: str
    substances: Sequence[Named]
    firsts: Sequence[str]
    suggestion: str
    control: Sequence[str]
    nearest_controlled: Sequence[Named]
    analogues: Sequence[Named]
    isomers: Sequence[Named]
    isomer_verdict: str
    minimum: str
    remarks: Sequence[str]
    errors: Sequence[str]


def view_all(told: Sequence[Triaged], fields: Fields, services: Services) -> list[TriageView]:
    """What the page says of *told*."""
    return [_view(each, called(fields, each.name), services) for each in told]


def _view(told: Triaged, words: str, services: Services) -> TriageView:
    tone, verdict, substances = _verdict(told)
    differences = _differences_url(told)
    return TriageView(
        target=id_of(told.name),
        called=words,
        tone=tone,
        verdict=verdict,
        substances=substances,
        firsts=_firsts(told),
        suggestion=_suggestion(told, services),
        control=_control(told),
        nearest_controlled=[_named(hit, differences, controlled=True)] if (hit := told.standing.nearest) else [],
        analogues=[_named(each.hit, differences, controlled=bool(each.listings)) for each in told.analogues],
        isomers=[Named(each.accession, each.name) for each in told.indistinct.isomers] if told.indistinct else [],
        isomer_verdict=_isomer_verdict(told),
        minimum=_minimum(told),
        remarks=[remark.message for remark in _remarks(told)],
        errors=[error.message for error in told.errors],
    )


def _remarks(told: Triaged) -> list[Remark]:
    own = list(told.working.remarks) if told.working else []
    if told.indistinct is not None:  # said of the isomers already
        own = [remark for remark in own if remark.code != "rung_exceeded"]
    return own + (list(told.identification.remarks) if told.identification else [])


def _verdict(told: Triaged) -> tuple[str, str, list[Named]]:
    """The tone, the sentence, and the substances that it speaks of."""
    found = told.identification
    if found is None:
        return "open", _("Nothing can be read yet.") if told.errors else _("Nothing is said yet."), []
    if found.match is Match.NEW:
        return "new", _("Not in the registry, as far as you may see."), []
    if found.match is Match.STEREO_VARIANT:
        return "new", _("Not in the registry with this stereochemistry; known are:"), _names(found.variant_of)
    if told.substance is not None:
        return "known", _("Known substance:"), _names([told.substance])
    if found.match is Match.PARTIAL:
        could_be = _("Partly identified; it could be:") if found.candidates else _("Partly identified; kept as that.")
        return "part", could_be, _names(found.candidates)
    return "open", _("Not recognised; kept in your words."), []


def _names(substances: Iterable[Substance]) -> list[Named]:
    return [
        Named(each.accession, each.name, "" if each.status is Status.LISTED else each.status.label)
        for each in substances
    ]


def _firsts(told: Triaged) -> list[str]:
    """Where the finding would be the first: the widest alone says the narrower too."""
    new = told.newness
    if new is None:
        return []
    place = {"country": country_name(told.country), "region": region_name(region_of(told.country))}
    if new.world:
        return [_("First report in the world, as far as you may see")]
    firsts = [_("First report as far as you may see: %(region)s") % place] if new.region else []
    return firsts or ([_("First report as far as you may see: %(country)s") % place] if new.country else [])


def _suggestion(told: Triaged, services: Services) -> str:
    if told.suggestion is None:
        return ""
    label = services.rules.label(told.suggestion.key)
    return _("Suggested class: %(label)s. %(why)s") % {"label": label, "why": told.suggestion.why}


def _control(told: Triaged) -> list[str]:
    """What the lists say; a structure that none names is said so here only, and never on a public page."""
    found, standing = told.identification, told.standing
    if found is None or (told.substance is None and found.match not in {Match.NEW, Match.STEREO_VARIANT}):
        return []
    if standing.listings:
        return [_listing(each) for each in standing.listings]
    if standing.covered:
        return [
            _("Covered by the entry for %(name)s, which includes its %(what)s: %(listing)s")
            % {"name": each.name, "what": each.as_what.label.lower(), "listing": _listing(each.listing)}
            for each in standing.covered
        ]
    sentences = [_("Named by none of the lists in this registry. That does not mean legal.")]
    if standing.nearest is not None:
        sentences.append(_("Laws on analogues or on groups of structures may cover it."))
    return sentences


def _listing(each: ListedAs) -> str:
    where = _("United Nations") if each.jurisdiction == "UN" else country_name(each.jurisdiction)
    since = _(", since %(day)s") % {"day": each.in_force_on} if each.in_force_on else ""
    doubt = "" if each.verified else _(" (not yet verified)")
    more = words_of_scope(each.scope)
    scope = _("; includes: %(scope)s") % {"scope": ", ".join(more)} if more else ""
    beside = _("; not: %(exclusions)s") % {"exclusions": " ".join(each.exclusions)} if each.exclusions else ""
    return f"{where}: {each.instrument}, {each.schedule}{since}{doubt}{scope}{beside}"


def _named(hit: Hit, differences: str, *, controlled: bool) -> Named:
    """A substance that resembles the finding, with how much, and where the difference is drawn."""
    row = hit.entry.row
    detail = _("similarity %(score)s") % {"score": f"{hit.score:.2f}"}
    if controlled:
        detail += ", " + _("controlled")
    return Named(row.accession, row.name, detail, f"{differences}&accession={row.accession}" if differences else "")


def _differences_url(told: Triaged) -> str:
    """Where the difference from a substance is drawn, up to the substance; empty where nothing is drawn."""
    own = told.working.reading.identity.smiles if told.working and told.working.reading else None
    own = own or (told.substance.smiles if told.substance else None)
    return f"/lab/triage/difference?structure={quote_plus(own)}" if own else ""


def _isomer_verdict(told: Triaged) -> str:
    if told.indistinct is None or told.working is None:
        return ""
    if not told.working.techniques:
        return _(
            "Isomers with the same groups at other places. Name the techniques to learn whether they tell them apart."
        )
    if told.indistinct.told_apart is None:
        return _("The techniques named tell these isomers apart only with reference materials of each.")
    if told.indistinct.told_apart:
        return _("The techniques named tell it from these isomers.")
    return _("The techniques named cannot tell it from these isomers. %(what)s would.") % {"what": _what_would()}


def _what_would() -> str:
    return ", ".join(technique.label for technique in Technique if tells_positional_isomers_apart(technique))


def _minimum(told: Triaged) -> str:
    if told.working is None or told.working.meets_swgdrug_minimum is None:
        return ""
    if told.working.meets_swgdrug_minimum:
        return _("Meets the SWGDRUG minimum, edition %(edition)s.") % {"edition": SWGDRUG_EDITION}
    if not told.working.techniques:
        return _("Name the techniques, for the SWGDRUG minimum.")
    return _("Below the SWGDRUG minimum, edition %(edition)s, by these techniques.") % {"edition": SWGDRUG_EDITION}

"""An advisory as its pages show it, made of the document that was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nps_registry.http.advisories import FoundAdvisory
from nps_registry.localisation import gettext as _
from nps_registry.notices.advisory_document import page_path
from nps_registry.notices.print import sections_of
from nps_registry.store import advisories as stored
from nps_registry.store import substances as substances_stored
from nps_registry.store.dossiers import class_labels, drawings
from nps_registry.store.engine import Session
from nps_registry.store.tables import Advisory, AdvisoryVersion, Substance
from nps_registry.vocabulary.advisory import AUDIENCE_MEANINGS, Severity
from nps_registry.vocabulary.place import country_name
from nps_registry.vocabulary.signal import AdvisoryState, TrafficLight

_PLACES, _NAMES = 30, 12


@dataclass(frozen=True, slots=True)
class AdvisoryLine:
    """An advisory in a list."""

    id: str
    url: str
    title: str
    summary: str
    severity: Severity
    audience: TrafficLight
    state: AdvisoryState
    published: str
    modified: str
    substances: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownSubstance:
    """A substance that an advisory is about.

    Attributes:
        links: whether it has a page that the reader may open.
        facts: label and words.
        ions: adduct and m/z.
        places: country, first quarter, public events.
    """

    accession: str
    name: str
    links: bool
    svg: str
    facts: list[tuple[str, str]]
    ions: list[tuple[str, float]]
    places: list[tuple[str, str, int]]
    isomers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version, and what came of it."""

    revision: int
    day: str
    current: bool
    latest: bool


@dataclass(frozen=True, slots=True)
class AdvisoryView:
    """One version of an advisory as people read it."""

    id: str
    version: int
    latest: int
    url: str
    title: str
    summary: str
    severity: Severity
    audience: TrafficLight
    audience_meaning: str
    published: str
    modified: str
    withdrawn: str
    withdrawal_reason: str
    countries: list[str]
    aliases: list[str]
    sections: list[dict[str, Any]]
    substances: list[ShownSubstance]
    references: list[tuple[str, str]]
    versions: list[ShownVersion]
    signatures: list[dict[str, str]]
    machine: str
    query: str


def lines_of(session: Session, rows: Sequence[Advisory]) -> list[AdvisoryLine]:
    """*rows*, which were published, as a list shows them."""
    versions = stored.latest_versions(session, rows)
    return [_line(row, versions[row.id].content) for row in rows]


def lines_in_force(pairs: Sequence[tuple[Advisory, AdvisoryVersion]]) -> list[AdvisoryLine]:
    """Advisories with their versions in force, as a list shows them."""
    return [_line(row, version.content) for row, version in pairs]


def _line(row: Advisory, told: dict[str, Any]) -> AdvisoryLine:
    return AdvisoryLine(
        id=row.id,
        url=page_path(told),
        title=row.title,
        summary=told["details"],
        severity=row.severity,
        audience=row.audience,
        state=row.state,
        published=told["published"][:10],
        modified=told["modified"][:10],
        substances=[(each["substance"]["accession"], each["substance"]["name"]) for each in told["affected"]],
    )


def view_found(session: Session, found: FoundAdvisory) -> AdvisoryView:
    """The version that was asked for, with the list of all."""
    latest = found.versions[0].revision
    versions = [
        ShownVersion(
            each.revision,
            each.made_at.date().isoformat(),
            each.revision == found.version.revision,
            each.revision == latest,
        )
        for each in found.versions
    ]
    return view_version(session, found.version, versions, latest)


def view_version(session: Session, version: AdvisoryVersion, versions: list[ShownVersion], latest: int) -> AdvisoryView:
    """The document of *version* as people read it."""
    told: dict[str, Any] = version.content
    audience = TrafficLight(told["tlp"].removeprefix("TLP:"))
    return AdvisoryView(
        id=told["id"],
        version=told["version"],
        latest=latest,
        url=page_path(told),
        title=told["summary"],
        summary=told["details"],
        severity=Severity(told["severity"][0]["score"]),
        audience=audience,
        audience_meaning=_(AUDIENCE_MEANINGS[audience]),
        published=told["published"][:10],
        modified=told["modified"][:10],
        withdrawn=told.get("withdrawn", "")[:10],
        withdrawal_reason=told.get("withdrawal_reason", ""),
        countries=told["countries"],
        aliases=told["aliases"],
        sections=sections_of(told),
        substances=_substances(session, told["affected"]),
        references=[(each.get("title", ""), each.get("url", "")) for each in told["references"]],
        versions=versions,
        signatures=version.signatures,
        machine=f"/api/v1/advisories/{told['id']}",
        query="" if version.revision == latest else f"?version={version.revision}",
    )


def _substances(session: Session, affected: list[dict[str, Any]]) -> list[ShownSubstance]:
    rows = substances_stored.by_accessions(session, [each["substance"]["accession"] for each in affected])
    svgs = drawings(session, [row.id for row in rows.values() if row.id is not None])
    labels = class_labels(session)
    return [_substance(each, rows.get(each["substance"]["accession"]), svgs, labels) for each in affected]


def _substance(
    each: dict[str, Any], row: Substance | None, svgs: dict[int, str], labels: dict[str, str]
) -> ShownSubstance:
    told, identification = each["substance"], each["identification"]
    mass, label = identification["monoisotopic_mass_da"], labels.get(told["chemical_class"] or "", "")
    facts = [
        (_("Class"), _(label) if label else ""),
        (_("Other names"), ", ".join(told["names"][:_NAMES])),
        ("CAS", ", ".join(told["cas"])),
        (_("Formula"), told["formula"] or ""),
        (_("Monoisotopic mass"), f"{mass:.4f} Da" if mass else ""),
        ("InChIKey", told["inchikey"] or ""),
        (_("Controlled"), _controls(each["controls"])),
    ]
    return ShownSubstance(
        accession=told["accession"],
        name=told["name"],
        links=row is not None,
        svg=svgs.get(row.id or 0, "") if row is not None else "",
        facts=[(name, words) for name, words in facts if words],
        ions=[(ion["adduct"], ion["mz"]) for ion in identification["ions"]],
        places=[
            (place["country"], place["first_quarter"], place["events"])
            for place in each["public_events"]["countries"][:_PLACES]
        ],
        isomers=[(isomer["accession"], isomer["name"]) for isomer in identification["positional_isomers"]],
    )


def _controls(controls: list[dict[str, Any]]) -> str:
    standing = [each for each in controls if not each["ended_on"]]
    if not standing:
        return _("Not named in the lists held here; that does not mean legal.")
    places = [
        (_("United Nations") if each["jurisdiction"] == "UN" else country_name(each["jurisdiction"]), each["schedule"])
        for each in standing
    ]
    return ", ".join(dict.fromkeys(f"{name} ({schedule})" if schedule else name for name, schedule in places))

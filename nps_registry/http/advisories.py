"""What pages and API share of advisories: the one that is asked for, and how a list tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request

from nps_registry.errors import FieldError, InvalidInput, NotFound
from nps_registry.http.addresses import base_url_of
from nps_registry.localisation import gettext as _
from nps_registry.store import advisories as stored
from nps_registry.store.engine import Session
from nps_registry.store.tables import Advisory, AdvisoryVersion
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.place import is_country


@dataclass(frozen=True, slots=True)
class FoundAdvisory:
    """An advisory that the viewer may read, the version asked for, and all versions, the latest first."""

    advisory: Advisory
    version: AdvisoryVersion
    versions: list[AdvisoryVersion]


def find_version(session: Session, advisory_id: str, viewer: Viewer, revision: int | None) -> FoundAdvisory:
    """The version *revision* of an advisory, the latest where none is asked for.

    Raises:
        NotFound: there is none, or none that the viewer may read: the answer is the same.
    """
    row = stored.find(session, advisory_id, viewer)
    versions = stored.versions_of(session, row.id) if row is not None else []
    wanted = next((each for each in versions if revision is None or each.revision == revision), None)
    if row is None or wanted is None:
        raise NotFound(_("There is no advisory “%(id)s”.") % {"id": advisory_id[:40]})
    return FoundAdvisory(row, wanted, versions)


def line_json(row: Advisory, document: dict[str, Any], base_url: str) -> dict[str, Any]:
    """An advisory as a list tells of it."""
    return {
        "id": row.id,
        "version": row.revision,
        "state": row.state.value,
        "tlp": document["tlp"],
        "title": document["summary"],
        "summary": document["details"],
        "severity": row.severity.value,
        "substances": [
            {"accession": each["substance"]["accession"], "name": each["substance"]["name"]}
            for each in document["affected"]
        ],
        "countries": document["countries"],
        "published": document["published"],
        "modified": document["modified"],
        "withdrawn": document.get("withdrawn"),
        "url": f"{base_url}/api/v1/advisories/{row.id}",
    }


def require_country(code: str | None) -> str | None:
    """The country's code in capitals, where one is asked for.

    Raises:
        InvalidInput: it is none.
    """
    if not code:
        return None
    if not is_country(code.upper()):
        sentence = _("“%(code)s” is not a country's two-letter code.") % {"code": code[:20]}
        raise InvalidInput(sentence, errors=[FieldError("country", sentence)])
    return code.upper()


def sender_of(request: Request) -> str:
    """The name of this registry as a sender of CAP messages: its host, which has no spaces or commas."""
    return urlsplit(base_url_of(request)).netloc or "nps-registry"

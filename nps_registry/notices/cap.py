"""An advisory as a message of the Common Alerting Protocol, version 1.2 (OASIS Standard, 1 July 2010).

Each version is a message of its own: the first an ``Alert``, later ones an ``Update``, a withdrawal a ``Cancel``; each
names the messages before it. In a demonstration every message has the status ``Test``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from nps_registry.localisation import gettext as _
from nps_registry.notices.advisory_document import page_path
from nps_registry.notices.signing import read_instant
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.place import country_name

CAP_TYPE = "application/cap+xml"
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_SEVERITIES = {
    # severity, urgency, certainty, response
    Severity.CRITICAL: ("Extreme", "Immediate", "Observed", "Execute"),
    Severity.HIGH: ("Severe", "Expected", "Observed", "Prepare"),
    Severity.MODERATE: ("Moderate", "Future", "Likely", "Prepare"),
    Severity.INFORMATION: ("Minor", "Future", "Possible", "Monitor"),
}
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_cap(documents: Sequence[dict[str, Any]], *, sender: str, base_url: str, language: str) -> bytes:
    """The last of *documents*, which are all versions up to it, as a CAP message.

    *sender* is a name of the registry without spaces, commas, ``<`` and ``&``: its host.
    """
    told, before = documents[-1], documents[:-1]
    ET.register_namespace("", NAMESPACE)
    alert = ET.Element(_named("alert"))
    withdrawn = "withdrawn" in told
    _add(alert, "identifier", _message_id(told))
    _add(alert, "sender", sender)
    _add(alert, "sent", _instant(told))
    _add(alert, "status", "Test" if told["demonstration"] else "Actual")
    _add(alert, "msgType", "Cancel" if withdrawn else "Update" if before else "Alert")
    public = told["tlp"] == "TLP:CLEAR"
    _add(alert, "scope", "Public" if public else "Restricted")
    if not public:
        _add(alert, "restriction", told["tlp"])
    _add(alert, "code", told["tlp"])
    note = told.get("withdrawal_reason") or (_("Invented data of a demonstration.") if told["demonstration"] else "")
    if note:
        _add(alert, "note", note)
    if before:
        _add(alert, "references", " ".join(f"{sender},{_message_id(each)},{_instant(each)}" for each in before))
    _add_info(alert, told, base_url, language)
    return bytes(ET.tostring(alert, encoding="utf-8", xml_declaration=True))


def _add_info(alert: ET.Element, told: dict[str, Any], base_url: str, language: str) -> None:
    withdrawn = "withdrawn" in told
    severity, urgency, certainty, response = _SEVERITIES[Severity(told["severity"][0]["score"])]
    info = _add(alert, "info")
    _add(info, "language", language)
    _add(info, "category", "Health")
    _add(info, "event", _("New psychoactive substance"))
    _add(info, "responseType", "AllClear" if withdrawn else response)
    _add(info, "urgency", "Past" if withdrawn else urgency)
    _add(info, "severity", severity)
    _add(info, "certainty", certainty)
    if told["tlp"] != "TLP:CLEAR":
        _add(info, "audience", told["tlp"])
    for each in told["affected"]:
        code = _add(info, "eventCode")
        _add(code, "valueName", "NPS accession")
        _add(code, "value", each["substance"]["accession"])
    _add(info, "effective", _instant(told))
    _add(info, "senderName", _("NPS registry"))
    _add(info, "headline", told["summary"])
    sections = told["sections"]
    _add(info, "description", "\n\n".join(filter(None, [told["details"], sections["details"], sections["harms"]])))
    instruction = "\n\n".join(filter(None, [sections["advice"], sections["identification"]]))
    if instruction:
        _add(info, "instruction", instruction)
    _add(info, "web", f"{base_url}{page_path(told)}")
    for each in told["affected"]:
        if each["substance"]["inchikey"]:
            parameter = _add(info, "parameter")
            _add(parameter, "valueName", "InChIKey")
            _add(parameter, "value", each["substance"]["inchikey"])
    area = _add(info, "area")
    countries = told["countries"]
    _add(area, "areaDesc", ", ".join(country_name(code) for code in countries) or _("Everywhere"))
    for code in countries:
        geocode = _add(area, "geocode")
        _add(geocode, "valueName", "ISO 3166-1")
        _add(geocode, "value", code)


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, _named(name))
    if text is not None:
        element.text = _UNSPEAKABLE.sub("\ufffd", text)
    return element


def _message_id(told: dict[str, Any]) -> str:
    return f"{told['id']}.{told['version']}"


def _instant(told: dict[str, Any]) -> str:
    """When a version came out, as CAP has it: to the second, with an offset and never a Z (3.3.2)."""
    instant: datetime = read_instant(told["modified"])
    return instant.strftime("%Y-%m-%dT%H:%M:%S-00:00")

"""Documents for print: tagged PDF (PDF/UA-1) set by Typst, with its own fonts and nothing from the network.

A template below ``web/print`` gets its texts as data, so that nothing of them is read as markup. The date inside the
file is that of the version, so the same version gives the same bytes as long as template and drawings stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from nps_registry.assets import find_web
from nps_registry.localisation import SOURCE_LANGUAGE
from nps_registry.localisation import gettext as _
from nps_registry.notices.advisory_document import page_path
from nps_registry.notices.prose import blocks_of
from nps_registry.notices.signing import read_instant
from nps_registry.store import substances as substances_stored
from nps_registry.store.dossiers import drawings
from nps_registry.store.engine import Session
from nps_registry.store.tables import AdvisoryVersion
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.place import country_name

PDF_TYPE = "application/pdf"
_SEVERE = (Severity.CRITICAL, Severity.HIGH)


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, str], *, dated: datetime) -> bytes:
    """The template called *template* filled with *data*; *pictures* are SVG texts by the names that *data* uses."""
    import typst  # 34 MB of typesetter: only who prints loads it

    directory = find_web() / "print"
    files = {
        "main.typ": (directory / f"{template}.typ").read_bytes(),
        "style.typ": (directory / "style.typ").read_bytes(),
        "data.json": json.dumps(data, ensure_ascii=False).encode(),
        **{name: svg.encode() for name, svg in pictures.items()},
    }
    whole = dated.replace(microsecond=0)
    return typst.compile(  # type: ignore[call-overload,no-any-return]  # its stub lacks the dictionary of files
        files, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True, timestamp=whole
    )


def print_advisory(session: Session, version: AdvisoryVersion, *, base_url: str, draft: bool = False) -> bytes:
    """*version* of an advisory for print."""
    told = version.content
    accessions = [each["substance"]["accession"] for each in told["affected"]]  # type: ignore[attr-defined]  # a document
    rows = substances_stored.by_accessions(session, accessions)
    svgs = drawings(session, [row.id for row in rows.values() if row.id is not None])
    pictures = {f"{row.accession}.svg": svgs[row.id] for row in rows.values() if row.id in svgs}
    data = advisory_data(told, version.signatures, base_url=base_url, pictures=frozenset(pictures), draft=draft)
    return typeset("advisory", data, pictures, dated=read_instant(str(told["modified"])))


def advisory_data(
    told: Mapping[str, Any],
    signatures: list[dict[str, str]],
    *,
    base_url: str,
    pictures: frozenset[str],
    draft: bool,
) -> dict[str, Any]:
    """What the template of an advisory asks for, in words."""
    severity = Severity(told["severity"][0]["score"])
    mark = _("Draft, not published") if draft else _("Demonstration: invented reports") if told["demonstration"] else ""
    withdrawn = told.get("withdrawn")
    return {
        "language": SOURCE_LANGUAGE,
        "title": told["summary"],
        "description": told["details"],
        "publisher": _("NPS registry"),
        "running": f"{_('NPS registry')} · {told['id']}",
        "mark": mark,
        "footer": f"{base_url}{page_path(told)} · {told['tlp']}",
        "kind": _("Advisory"),
        "id": told["id"],
        "version": _("version %(number)d") % {"number": told["version"]},
        "severity": severity.label,
        "severe": severity in _SEVERE,
        "tlp": told["tlp"],
        "dates": _("published %(first)s, this version %(last)s")
        % {"first": told["published"][:10], "last": told["modified"][:10]},
        "notice": _("Withdrawn on %(day)s: %(reason)s") % {"day": withdrawn[:10], "reason": told["withdrawal_reason"]}
        if withdrawn
        else "",
        "summary": told["details"],
        "facts": _facts(told, severity),
        "sections": sections_of(told),
        "substances_heading": _("Substances"),
        "substances": [_substance(each, pictures) for each in told["affected"]],
        "ions_header": [_("Ion"), _("m/z"), _("Ion"), _("m/z")],
        "places_header": [_("Country"), _("First reported"), _("Public events")],
        "references_heading": _("References"),
        "references": [{"title": each.get("title", ""), "url": each.get("url", "")} for each in told["references"]],
        "signature_heading": _("Signature"),
        "signature_note": _(
            "The document behind this print is %(url)s; its signature is checked with"
            " “nps-registry notices verify” against the keys at %(keys)s."
        )
        % {
            "url": f"{base_url}/api/v1/advisories/{told['id']}",
            "keys": f"{base_url}/.well-known/nps-registry-keys.json",
        },
        "signatures": [f"{each['algorithm']} {each['key_id']} {each['signature']}" for each in signatures],
    }


def sections_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of running text that an advisory has, each with its heading and its blocks."""
    headings = {
        "details": _("What is known"),
        "harms": _("Harm"),
        "identification": _("Identification"),
        "advice": _("What to do"),
    }
    return [
        {"key": key, "heading": heading, "blocks": [asdict(block) for block in blocks_of(told["sections"][key])]}
        for key, heading in headings.items()
        if told["sections"].get(key)
    ]


def _facts(told: Mapping[str, Any], severity: Severity) -> list[tuple[str, str]]:
    names = ", ".join(each["substance"]["name"] for each in told["affected"])
    facts = [(_("Severity"), f"{severity.label}. {severity.meaning}"), (_("Substances"), names)]
    if told["countries"]:
        facts.append((_("Countries"), ", ".join(country_name(code) for code in told["countries"])))
    if told["aliases"]:
        facts.append((_("Also known as"), ", ".join(told["aliases"])))
    return facts


def _substance(each: Mapping[str, Any], pictures: frozenset[str]) -> dict[str, Any]:
    row, identification = each["substance"], each["identification"]
    name = f"{row['accession']}.svg"
    mass = identification["monoisotopic_mass_da"]
    told = [
        (_("Accession"), row["accession"]),
        (_("Other names"), ", ".join(row["names"][:8])),
        ("CAS", ", ".join(row["cas"])),
        (_("Formula"), row["formula"] or ""),
        (_("Monoisotopic mass"), f"{mass:.4f} Da" if mass else ""),
        ("InChIKey", row["inchikey"] or ""),
        (_("Positional isomers"), ", ".join(isomer["name"] for isomer in identification["positional_isomers"][:8])),
        (_("Controlled"), _controls(each["controls"])),
    ]
    ions = [(ion["adduct"], f"{ion['mz']:.4f}") for ion in identification["ions"]]
    halves = [(*ions[at], *(ions[at + 1] if at + 1 < len(ions) else ("", ""))) for at in range(0, len(ions), 2)]
    places = each["public_events"]["countries"][:30]
    return {
        "name": row["name"],
        "drawing": name if name in pictures else "",
        "alt": _("Structure of %(name)s") % {"name": row["name"]},
        "facts": [(label, words) for label, words in told if words],
        "ions": halves,
        "places": [(country_name(p["country"]), p["first_quarter"], str(p["events"])) for p in places],
    }


def _controls(controls: list[dict[str, Any]]) -> str:
    if not controls:
        return _("Not named in the lists held here")
    places = [
        f"{_('United Nations') if each['jurisdiction'] == 'UN' else country_name(each['jurisdiction'])}"
        + (f" ({each['schedule']})" if each["schedule"] else "")
        for each in controls
        if not each["ended_on"]
    ]
    return ", ".join(dict.fromkeys(places))

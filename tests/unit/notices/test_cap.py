"""CAP messages hold to the standard's rules: schema, references, and what its words demand beside the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from nps_registry.notices.advisory_document import Issue, withdrawn_document, write_document
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.cap import NAMESPACE, write_cap
from nps_registry.store.advisory_facts import PlaceFact, SubstanceFacts
from nps_registry.store.tables import Substance
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.signal import TrafficLight
from nps_registry.vocabulary.substance import Nature, Status

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[2] / "cases" / "cap-1.2.xsd")
AT = datetime(2026, 11, 27, 9, 30, 15, 123456, tzinfo=UTC)


def facts() -> SubstanceFacts:
    row = Substance(
        accession="NPS-000001", name="3-MMC", nature=Nature.NPS, status=Status.LISTED, effect_groups=["stimulant"],
        smiles="CNC(C)C(=O)c1cccc(C)c1", inchikey="QDNXSIYWHYGMCD-UHFFFAOYSA-N", formula="C11H15NO",
        mass_da=177.1154, structure_sources=[], conflicts=[],
    )  # fmt: skip
    return SubstanceFacts(row, "Synthetic cathinones", ["3M"], ["1"], [PlaceFact("DE", 3, 2026, 1)], [], [], 0, 0)


def document(version: int, text: AdvisoryText, *, demonstration: bool = False) -> dict[str, Any]:
    issue = Issue("NPS-ADV-2026-7K3F9Q", version, AT, AT + timedelta(days=version), demonstration)
    return write_document(issue, text, [facts()])


TEXT = AdvisoryText(title="Title", summary="Summary", audience=TrafficLight.CLEAR, countries=("DE", "XK"), advice="Do.")


def message(*documents: dict[str, Any]) -> ET.Element:
    written = write_cap(
        documents, sender="registry.example.org", base_url="https://registry.example.org", language="en"
    )
    SCHEMA.validate(written.decode())
    return ET.fromstring(written)


def said(alert: ET.Element, name: str) -> str | None:
    return alert.findtext(f".//{{{NAMESPACE}}}{name}")


def test_versions_are_an_alert_updates_and_a_cancel_that_name_those_before() -> None:
    first, second = document(1, TEXT), document(2, TEXT)
    issue = Issue("NPS-ADV-2026-7K3F9Q", 3, AT, AT + timedelta(days=3), demonstration=False)
    last = withdrawn_document(second, issue, "It was another substance.")
    told = [message(first), message(first, second), message(first, second, last)]
    assert [said(each, "msgType") for each in told] == ["Alert", "Update", "Cancel"]
    assert [said(each, "identifier") for each in told] == [f"NPS-ADV-2026-7K3F9Q.{number}" for number in (1, 2, 3)]
    assert said(told[0], "references") is None
    assert said(told[2], "references") == (
        "registry.example.org,NPS-ADV-2026-7K3F9Q.1,2026-11-28T09:30:15-00:00"
        " registry.example.org,NPS-ADV-2026-7K3F9Q.2,2026-11-29T09:30:15-00:00"
    )
    assert said(told[2], "note") == "It was another substance."
    assert said(told[2], "responseType") == "AllClear"


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("audience", TrafficLight)
def test_every_severity_and_audience_makes_a_message_of_the_schema(severity: Severity, audience: TrafficLight) -> None:
    text = AdvisoryText(title="T", summary="S", severity=severity, audience=audience, recipients=("country:DE",))
    alert = message(document(1, text))
    public = audience is TrafficLight.CLEAR
    assert said(alert, "scope") == ("Public" if public else "Restricted")
    assert said(alert, "restriction") == (
        None if public else f"TLP:{audience.value}"
    )  # demanded where it is Restricted
    assert said(alert, "areaDesc") == "Everywhere"
    assert str(said(alert, "web")).startswith(f"https://registry.example.org{'' if public else '/lab'}/advisories/")


def test_a_demonstration_sends_tests_only() -> None:
    assert said(message(document(1, TEXT, demonstration=True)), "status") == "Test"
    assert said(message(document(1, TEXT)), "status") == "Actual"


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_any_text_makes_a_message_of_the_schema(words: str, advice: str) -> None:
    message(document(1, AdvisoryText(title=words, summary=words, details=words, harms=advice, advice=advice)))

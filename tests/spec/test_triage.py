"""What the registry would make of a draft: what the receipt will say, told to its writer alone, and nothing kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from nps_registry.intake.amendment import read_submission
from nps_registry.intake.draft_fields import fields_of
from nps_registry.intake.matching import look_up
from nps_registry.intake.recall import recall
from nps_registry.intake.triage import triage
from nps_registry.intake.understanding import Desk, Readings, work_all
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Control, ControlList, Detection, Draft, DraftChange, Report, Substance
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.catalogue import ControlScope
from nps_registry.vocabulary.report import Role
from tests.at_the_desk import FILLED, count_rows, signed_in
from tests.databases import DIALECTS, dropped_afterwards
from tests.signing_in import form_token
from tests.spec.served import MMC3, MMC3_FLAT_INCHIKEY, MMC3_S, UNKNOWN, Served, a_report, served


@pytest.fixture(scope="module", params=DIALECTS)
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    given = request.getfixturevalue(f"{request.param}_databases")
    var: Path = tmp_path_factory.mktemp("var")
    with dropped_afterwards(given) as databases, served(databases.migrated(), var_directory=var) as registry:
        yield registry


def test_triage_writes_nothing_and_says_what_the_receipt_will_say(registry: Served) -> None:
    ann = signed_in(registry, f"Laboratory {uuid4()}")
    tables = (Report, Detection, Substance, Draft, DraftChange)
    before = [count_rows(registry, table) for table in tables]
    structure = UNKNOWN.replace("Cl", "Br")
    token = {"form_token": form_token(ann, "/lab")}
    told = ann.post("/lab/triage", data=token | FILLED | {"items.1.detections.2.structure": structure})
    assert told.status_code == 200
    assert "Not in the registry" in told.text
    assert "First report in the world" in told.text
    assert [count_rows(registry, table) for table in tables] == before


STRUCTURES = [MMC3, MMC3_S, UNKNOWN, "CN1CCC[C@H]1c1cccnc1", "CCO", "CNC(C)C(=O)c1ccc(C)cc1"]


@pytest.mark.parametrize("role", [Role.LABORATORY, Role.CURATOR])
def test_what_the_index_recalls_is_what_the_store_looks_up(registry: Served, role: Role) -> None:
    secret = "CCCCCNC(CC)C(=O)c1ccccc1F"
    assert registry.report("jp", a_report(secret, country="JP", sharing="laboratory")).status_code == 201
    body = a_report(MMC3)
    body["items"][0]["detections"] = [{"structure": each} for each in [*STRUCTURES, secret]] + [{"name": "3-MMC"}]
    workings = work_all(read_submission(body), Readings())
    viewer = Viewer(role, "another", "DE")
    index = registry.client.app.state.services.index  # type: ignore[attr-defined]
    with reading(registry.engine) as session:
        asked, recalled = look_up(session, workings, viewer), recall(session, index, workings, viewer)
    assert {pair: row.id for pair, row in recalled.identities.items()} == {
        pair: row.id for pair, row in asked.identities.items()
    }
    assert {skeleton: [row.id for row in rows] for skeleton, rows in recalled.skeletons.items() if rows} == {
        skeleton: [row.id for row in rows] for skeleton, rows in asked.skeletons.items() if rows
    }
    assert [row.id for row in recalled.names.met] == [row.id for row in asked.names.met]
    for row in recalled.identities.values():
        for read in ("id", "accession", "name", "kind", "status", "stereo", "skeleton", "smiles"):
            assert getattr(row, read) == getattr(
                next(each for each in asked.identities.values() if each.id == row.id), read
            )


def test_triage_tells_nobody_of_what_only_another_laboratory_has_seen(registry: Served) -> None:
    structure = "CCCCCCNC(CC)C(=O)c1ccccc1F"
    fields, _last = fields_of(a_report(structure))
    services = registry.client.app.state.services  # type: ignore[attr-defined]
    desk: Desk = services.desk
    viewer = Viewer(Role.LABORATORY, "another", "DE")
    with reading(registry.engine) as session:
        before = triage(session, desk, viewer, fields)
    assert registry.report("jp", a_report(structure, country="JP", sharing="laboratory")).status_code == 201
    with reading(registry.engine) as session:
        after = triage(session, desk, viewer, fields)
    assert [(each.newness, each.substance, each.suggestion) for each in after] == [
        (each.newness, each.substance, each.suggestion) for each in before
    ]


def _control(registry: Served, structure: str, **more: str) -> str:
    ann = signed_in(registry, f"Laboratory {uuid4()}")
    token = {"form_token": form_token(ann, "/lab")}
    told = ann.post("/lab/triage", data=token | FILLED | {"items.1.detections.2.structure": structure} | more)
    assert told.status_code == 200
    text: str = told.text
    _before, _mark, after = text.partition('<div class="control">')
    return after.partition("</div>")[0]


NOWHERE = ("Named by none", "Laws on analogues", "Nearest controlled", "Covered by the entry", "no legal advice")


def test_a_structure_that_no_list_names_is_told_its_nearest_controlled_relative_and_that_this_is_no_advice(
    registry: Served,
) -> None:
    control = _control(registry, MMC3.replace("cccc(C)", "cccc(CC)"))
    assert "Named by none of the lists in this registry. That does not mean legal." in control
    assert re.search(r"Nearest controlled substance:.*similarity 0\.\d\d, controlled.*What differs", control, re.S), (
        control
    )
    assert "no legal advice" in control


def test_a_named_substance_is_told_its_entries_with_what_they_include(registry: Served) -> None:
    with reading(registry.engine) as session:
        row = session.execute(
            select(col(Substance.smiles), col(Control.scope))
            .join(Control, col(Control.substance_id) == col(Substance.id))
            .where(col(Control.ended_on) == "", col(Substance.smiles).is_not(None))
        ).first()
    assert row is not None
    control = _control(registry, str(row[0]))
    assert "Nearest controlled" not in control
    for key in row[1]:
        assert ControlScope(key).label.lower() in control


def test_a_stereoisomer_of_a_listed_substance_is_covered_where_the_wording_includes_stereoisomers(
    registry: Served,
) -> None:
    with writing(registry.engine) as session:
        flat = session.scalars(select(Substance).where(col(Substance.inchikey) == MMC3_FLAT_INCHIKEY)).first()
        listed = session.scalars(select(ControlList)).first()
        assert flat is not None
        assert flat.id is not None
        assert listed is not None
        entry = Control(substance_id=flat.id, list_id=listed.id, schedule="Test", scope=["stereoisomers", "salts"])
        session.add(entry)
    control = _control(registry, MMC3_S)
    assert f"Covered by the entry for {flat.name}, which includes its stereoisomers" in control
    assert "Nearest controlled" not in control
    with writing(registry.engine) as session:
        session.delete(session.merge(entry))


def test_no_public_page_or_answer_says_what_no_law_covers(registry: Served) -> None:
    public = TestClient(registry.client.app)
    unlisted = MMC3.replace("cccc(C)", "cccc(CC)")
    asked = {"structure": unlisted}
    pages = [
        public.get("/search", params={"q": unlisted}),
        public.get("/search", params=asked),
        *(public.get(f"/api/v1/search/{kind}", params=asked) for kind in ("identity", "similarity")),
    ]
    for answer in pages:
        assert answer.status_code == 200
        assert not [words for words in NOWHERE if words in answer.text]
    for path in ("/lab/triage", "/lab/triage/difference"):
        refused = public.post(path, data=asked, follow_redirects=False)
        assert refused.status_code in (303, 401, 403, 405)
        assert not [words for words in NOWHERE if words in refused.text]


def test_the_same_structure_asked_again_is_told_alike(registry: Served) -> None:
    assert _control(registry, UNKNOWN) == _control(registry, UNKNOWN)

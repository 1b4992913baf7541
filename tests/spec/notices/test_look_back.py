"""What is listed or refined is held against earlier partial identifications, and their laboratories alone are told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from nps_registry.notices.criteria import Criteria
from nps_registry.notices.look_back import look_back
from nps_registry.store import changes
from nps_registry.store.bulk import insert_objects
from nps_registry.store.engine import reading, writing
from nps_registry.store.look_backs import LookBackRow, list_of_laboratory
from nps_registry.store.tables import (
    CandidateSubstance,
    Detection,
    LookBack,
    OutboxMessage,
    Substance,
    SubstanceRelation,
)
from nps_registry.store.viewer import Viewer
from nps_registry.vocabulary.finding import Match, Result
from nps_registry.vocabulary.notice import Channel, LookBackGround, NoticeKind
from nps_registry.vocabulary.report import Role, Sharing
from nps_registry.vocabulary.substance import Kind, RelationKind, Status
from tests.spec.notices.conftest import URL, World
from tests.spec.notices.raising import add_structure
from tests.spec.rows import Found, add_laboratory, report_rows

FMC2, FMC_FORMULA = "CNC(C)C(=O)c1ccccc1F", "C10H12FNO"
HAS_ITS_MASS = {"mass_low_da": 181.0890, "mass_high_da": 181.0908}  # 181.0903 Da
HAS_ANOTHER_MASS = {"mass_low_da": 181.1, "mass_high_da": 181.2}
MINE, OTHER = Viewer(Role.LABORATORY, "mine", "DE"), Viewer(Role.LABORATORY, "other", "DE")


def report_partly(
    world: World, laboratory: str = "mine", result: Result = Result.POSITIVE, **said: object
) -> Detection:
    """A report whose one finding is not settled; *said* are columns of the finding."""
    with writing(world.engine) as session:
        rows = report_rows(laboratory, (1,), Found(result=result))
        detection = next(row for row in rows if isinstance(row, Detection))
        detection.substance_id, detection.match = None, Match.PARTIAL
        for name, value in said.items():
            setattr(detection, name, value)
        insert_objects(session, rows)
        return detection


def list_substance(world: World, accession: str = "NPS-000009", **more: object) -> int:
    """2-FMC enters the registry."""
    with writing(world.engine) as session:
        made = add_structure(session, accession, "2-FMC", FMC2, "synthetic_cathinone", "stimulant", **more)
        changes.touch(session, [made])
        return made


def shown(world: World, viewer: Viewer = MINE) -> list[LookBackRow]:
    with reading(world.engine) as session:
        return list_of_laboratory(session, viewer)[0]


@pytest.fixture(autouse=True)
def _two_laboratories(world: World) -> None:
    with writing(world.engine) as session:
        add_laboratory(session, "mine", "DE")
        add_laboratory(session, "other", "DE")
    look_back(world.engine)  # what is there at first is taken as it stands


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ({"formula": FMC_FORMULA}, LookBackGround.FORMULA),
        ({"formula": FMC_FORMULA, "chemical_class": "synthetic_cathinone"}, LookBackGround.FORMULA),
        ({"chemical_class": "synthetic_cathinone"}, LookBackGround.CHEMICAL_CLASS),
        (HAS_ITS_MASS, LookBackGround.MASS),
        (HAS_ITS_MASS | {"chemical_class": "synthetic_cathinone"}, LookBackGround.MASS),
        (HAS_ITS_MASS | {"unidentified": True}, LookBackGround.MASS),
        (HAS_ITS_MASS | {"chemical_class": "fentanyl_analogue"}, None),
        (HAS_ITS_MASS | {"formula": "C11H14FNO"}, None),
        (HAS_ANOTHER_MASS, None),
        (HAS_ANOTHER_MASS | {"chemical_class": "synthetic_cathinone"}, None),
        (HAS_ANOTHER_MASS | {"name_given": "2-FMC"}, None),
        ({"name_given": "2-FMC", "match": Match.NONE}, LookBackGround.NAME),
        ({"formula": "C11H14FNO"}, None),
        ({"formula": FMC_FORMULA, "chemical_class": "fentanyl_analogue"}, None),
        ({"chemical_class": "synthetic_cathinone", "formula": "C11H14FNO"}, None),
        ({"name_given": "2-FMC", "formula": "C11H14FNO"}, None),
        ({"unidentified": True}, None),
        ({"formula": FMC_FORMULA, "result": Result.NEGATIVE}, None),
    ],
)
def test_an_earlier_partial_identification_is_found_if_and_only_if_it_could_be_the_substance(
    world: World, said: dict[str, object], ground: LookBackGround | None
) -> None:
    report_partly(world, **said)  # type: ignore[arg-type]
    list_substance(world)
    look_back(world.engine)
    assert [row.ground for row in shown(world)] == ([ground] if ground else [])


def test_a_set_of_isomers_that_was_reported_is_found_for_each_new_member(world: World) -> None:
    with writing(world.engine) as session:
        group = Substance(
            accession="NPS-000008",
            name="FMC, position unknown",
            kind=Kind.ISOMER_GROUP,
            status=Status.LISTED,
            from_catalogue=True,
        )
        session.add(group)
        session.flush()
    report_partly(world, substance_id=group.id, match=Match.EXACT)
    with writing(world.engine) as session:
        made = add_structure(session, "NPS-000009", "2-FMC", FMC2, "synthetic_cathinone", "stimulant")
        session.add(SubstanceRelation(substance_id=group.id or 0, other_id=made, kind=RelationKind.MEMBER))
        changes.touch(session, [made])
    look_back(world.engine)
    assert [row.ground for row in shown(world)] == [LookBackGround.ISOMERS]


def test_a_candidate_whose_structure_is_refined_is_looked_at_again(world: World) -> None:
    made = list_substance(world)
    look_back(world.engine)
    detection = report_partly(world, candidates=["2-FMC", "3-FMC"], candidate_ids=[made])
    with writing(world.engine) as session:
        session.add(CandidateSubstance(detection_id=detection.id, substance_id=made))
    look_back(world.engine)
    assert shown(world) == [], "nothing changed about the substance"
    with writing(world.engine) as session:
        session.get_one(Substance, made).identity = "0" * 64
        changes.touch(session, [made])
    look_back(world.engine)
    assert [row.ground for row in shown(world)] == [LookBackGround.CANDIDATE]


def test_looking_again_finds_and_tells_nothing_twice(world: World) -> None:
    report_partly(world, formula=FMC_FORMULA)
    made = list_substance(world)
    for _again in range(2):
        look_back(world.engine)
        with writing(world.engine) as session:
            changes.touch(session, [made])
            session.get_one(Substance, made).name += "!"  # it changed, and looks are due
    look_back(world.engine)
    with reading(world.engine) as session:
        assert len(list(session.scalars(select(LookBack)))) == 1
        told = [row for row in session.scalars(select(OutboxMessage)) if row.topic == "notice.look_back"]
    assert len(told) == 1


def test_each_laboratory_sees_its_own_and_nobody_else_any(world: World) -> None:
    report_partly(world, "mine", formula=FMC_FORMULA, reported_as="mine")
    report_partly(world, "other", formula=FMC_FORMULA, reported_as="theirs")
    list_substance(world)
    look_back(world.engine)
    assert [row.reported_as for row in shown(world, MINE)] == ["mine"]
    assert [row.reported_as for row in shown(world, OTHER)] == ["theirs"]
    assert shown(world, Viewer(Role.CURATOR, "curators", "CH")) == []


def test_a_provisional_substance_that_only_another_laboratory_may_know_of_is_told_to_that_one_only(
    world: World,
) -> None:
    for laboratory in ("mine", "other"):
        report_partly(world, laboratory, formula=FMC_FORMULA)
    with writing(world.engine) as session:
        made = add_structure(
            session,
            "P-ABCD",
            "Unnamed",
            FMC2,
            "synthetic_cathinone",
            "stimulant",
            status=Status.PROVISIONAL,
            from_catalogue=False,
        )
        insert_objects(session, report_rows("other", (made,), Found(sharing=Sharing.LABORATORY)))
        changes.touch(session, [made])
    look_back(world.engine)
    assert shown(world, MINE) == []
    assert [row.accession for row in shown(world, OTHER)] == ["P-ABCD"]


def test_what_is_settled_is_no_longer_shown_and_what_is_amended_can_be(world: World) -> None:
    detection = report_partly(world, formula=FMC_FORMULA)
    made = list_substance(world)
    look_back(world.engine)
    assert len(shown(world)) == 1
    with writing(world.engine) as session:
        session.get_one(Detection, detection.id).substance_id = made
    assert shown(world) == []
    with writing(world.engine) as session:
        session.delete(session.get_one(Detection, detection.id))  # as an amendment does
    with reading(world.engine) as session:
        assert list(session.scalars(select(LookBack))) == []


def test_the_owners_are_told_by_the_channels_they_chose_and_in_closed_words(world: World) -> None:
    owner = world.token("mine")
    world.subscribe(owner, Channel.WEBHOOK, Criteria(about=(NoticeKind.LOOK_BACK,)))
    world.subscribe(world.token("other"), Channel.WEBHOOK, path="/other")
    report_partly(world, owner.viewer.organisation_id or "", formula=FMC_FORMULA)
    list_substance(world)
    world.go()
    (arrival,) = world.receiver.arrivals
    assert arrival.path == "/hook"
    assert arrival.told["data"]["url"].startswith(f"{URL}/account/notices/")
    assert b"FMC" not in arrival.body


def test_what_was_there_before_the_first_look_is_taken_as_it_stands(world: World) -> None:
    kinds: Sequence[LookBackRow] = shown(world)
    assert kinds == []
    report_partly(world, formula="C11H15NO")  # that of 3-MMC, listed before
    assert look_back(world.engine) == 0
    assert shown(world) == []

"""Subscribing by structure: what resembles the one watched for, or contains the pattern, as a search would say."""

from __future__ import annotations

import pytest

from nps_registry.errors import InvalidInput, Refusal, UnreadableStructure
from nps_registry.notices.criteria import Criteria
from nps_registry.notices.subscribing import Wish, subscribe
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.questions import SimilarityQuestion
from nps_registry.search.similarity import find_similar
from nps_registry.search.watching import PatternWatch, read_bits, resembles
from nps_registry.store.engine import writing
from nps_registry.store.index_rows import read_index_rows
from nps_registry.store.registry import find_registry
from nps_registry.vocabulary.notice import Channel, DeliveryState
from tests.spec.notices.conftest import World
from tests.spec.notices.raising import MMC3, publish_advisory, raise_signal

CATHINONE = "O=C(C(C)N)c1ccccc1"


def test_a_structure_watched_for_brings_what_a_search_for_it_would_find(world: World) -> None:
    cases = [
        (Criteria(structure=MMC3, threshold=0.6), {"3-MMC", "4-MMC"}),
        (Criteria(structure=MMC3, threshold=1.0), {"3-MMC"}),
        (Criteria(pattern="c1ccccc1C(=O)C(C)N"), {"3-MMC", "4-MMC"}),
        (Criteria(pattern="C1CCNCC1"), {"Fentanyl"}),
        (Criteria(structure=MMC3, threshold=0.5, pattern="C1CCNCC1"), set()),
        (Criteria(structure=MMC3, threshold=0.5, substances=("NPS-000002",)), {"4-MMC"}),
        (Criteria(pattern="C1=CC=CC=C1"), {"3-MMC", "4-MMC", "Fentanyl"}),
    ]
    owner = world.token("Laboratory Bob")
    for number, (criteria, _told) in enumerate(cases):
        world.subscribe(owner, Channel.WEBHOOK, criteria, path=f"/{number}")
    for substance_id in world.substances.values():
        raise_signal(world.engine, substance_id)
    world.go()
    for number, (criteria, told) in enumerate(cases):
        arrived = [each.told["data"]["signal"]["substance"]["name"] for each in world.receiver.at(f"/{number}")]
        assert sorted(arrived) == sorted(told), criteria


def test_watching_scores_as_the_search_does(world: World) -> None:
    with writing(world.engine) as session:
        find_registry(session).recipe = ""
    snapshot = SubstanceIndex.of(world.engine).snapshot
    with writing(world.engine) as session:
        stored = {row.accession: row.fingerprint for row in read_index_rows(session, -1)}
    for threshold in (0.2, 0.35, 0.6, 0.9, 1.0):
        found = {hit.entry.accession for hit in find_similar(snapshot, SimilarityQuestion(MMC3, threshold)).hits}
        bits = read_bits(MMC3)
        assert {name for name, other in stored.items() if resembles(bits, other, threshold)} == found


def test_an_advisory_on_several_substances_comes_by_any_of_them(world: World) -> None:
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK, Criteria(structure=MMC3))
    publish_advisory(world.engine, substance_ids=[world.substances["fentanyl"], world.substances["4-MMC"]])
    publish_advisory(world.engine, "ADV-2", substance_ids=[world.substances["fentanyl"]])
    publish_advisory(world.engine, "ADV-3")
    world.go()
    assert [arrival.told["data"]["advisory"]["id"] for arrival in world.receiver.arrivals] == ["ADV-1"]


def test_a_structure_kept_by_another_recipe_is_compared_all_the_same(world: World) -> None:
    made = world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK, Criteria(structure=MMC3))
    with writing(world.engine) as session:
        row = session.merge(made.subscription)
        row.recipe, row.fingerprint = "an older one", b"\xff" * 8
    raise_signal(world.engine, world.substances["4-MMC"])
    world.go()
    assert world.states() == [DeliveryState.SENT]


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        (Criteria(structure="C1CC"), "structure"),
        (Criteria(pattern="["), "pattern"),
        (Criteria(substances=("NPS-999999",)), "substances"),
        (Criteria(classes=("none",)), "classes"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_its_field(world: World, criteria: Criteria, field: str) -> None:
    owner = world.token("Laboratory Bob")
    with pytest.raises(Refusal) as refused:
        subscribe(world.engine, world.seal, owner, Wish(criteria, Channel.FEED), private=False)
    assert isinstance(refused.value, InvalidInput | UnreadableStructure)
    assert refused.value.errors[0].field == field
    assert world.subscriptions() == []


def test_a_pattern_that_takes_too_long_matches_nothing_and_stops_nobody_else() -> None:
    watch = PatternWatch(0.3)
    try:
        cage = "C12C3C4C1C5C2C3C45"
        endless = "*~*" + "~*(~*)" * 24 + "~[#92]"
        bits = b"\xff" * 256  # lets every pattern through, so that it is matched
        assert not watch.contains(".".join([cage] * 8), bits, endless)
        assert watch.contains(MMC3, bits, "c1ccccc1")
        assert not watch.contains(MMC3, bits, "[not a pattern")
    finally:
        watch.stop()

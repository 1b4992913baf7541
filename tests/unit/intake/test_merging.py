"""Two people type into one draft at once, and nothing that either typed is lost."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nps_registry.intake.draft_fields import HERE
from nps_registry.intake.merging import difference, merge, rewind

NAMES = ["event.city", "note", "items.1", "items.1.sold_as", "items.1.detections.2", "items.1.detections.2.name",
         "items.3", "items.3.sold_as"]  # fmt: skip
TEXTS = st.sampled_from(["a", "b", "c"])
DRAFTS = st.dictionaries(st.sampled_from(NAMES), TEXTS)


@given(DRAFTS, DRAFTS, DRAFTS)
def test_every_text_that_either_typed_is_in_the_draft_or_beside_it(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    merged = merge(base, mine, theirs)
    for name in NAMES:
        before = base.get(name, "")
        kept = {merged.fields.get(name, ""), merged.displaced.get(name, merged.fields.get(name, ""))}
        for typed in (mine.get(name, ""), theirs.get(name, "")):
            if typed != before:
                # What only one of them removed comes back where the other typed into the part.
                assert typed in kept or (not typed and name in base)


@given(DRAFTS, DRAFTS)
def test_alone_at_the_draft_what_is_typed_is_what_is_kept(base: dict[str, str], mine: dict[str, str]) -> None:
    merged = merge(base, mine, base)
    assert merged.displaced == {}
    assert merged.brought == frozenset()
    assert {**merged.fields, **mine} == merged.fields


@given(DRAFTS, DRAFTS)
def test_saving_what_was_not_touched_changes_nothing(base: dict[str, str], theirs: dict[str, str]) -> None:
    merged = merge(base, base, theirs)
    assert merged.fields == theirs
    assert merged.displaced == {}


@given(st.lists(DRAFTS, min_size=1, max_size=5))
def test_the_changes_read_backwards_give_every_earlier_state(states: list[dict[str, str]]) -> None:
    replaced = [difference(before, after) for before, after in itertools.pairwise(states)]
    for number, state in enumerate(states):
        assert rewind(states[-1], reversed(replaced[number:])) == state


def test_different_fields_are_joined_and_the_same_field_keeps_both_texts() -> None:
    base = {"event.city": "Bonn", "note": "old"}
    merged = merge(base, {"event.city": "Bonn", "note": "mine"}, {"event.city": "Köln", "note": "theirs"})
    assert merged.fields == {"event.city": "Köln", "note": "mine"}
    assert merged.displaced == {"note": "theirs"}
    assert merged.brought == {"event.city"}


def test_an_item_that_one_removed_while_the_other_typed_into_it_comes_back_whole() -> None:
    base = {"items.1": HERE, "items.1.sold_as": "x", "items.1.detections.2": HERE, "items.1.detections.2.name": "3-MMC"}
    mine = base | {"items.1.sold_as": "y"}
    merged = merge(base, mine, {})
    assert merged.fields == mine

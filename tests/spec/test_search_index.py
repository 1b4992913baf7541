"""The index in memory: who wrote reads it at once, every other process soon, and nobody what is not theirs to see."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.reading import read
from nps_registry.errors import NotReady
from nps_registry.search.index import SubstanceIndex
from nps_registry.search.names import find_by_name
from nps_registry.search.questions import NameQuestion, SimilarityQuestion
from nps_registry.search.similarity import find_similar
from nps_registry.store import changes
from nps_registry.store.engine import Engine, Session, reading, writing
from nps_registry.store.index_rows import FingerprintRow, replace_fingerprints
from nps_registry.store.registry import create_registry
from nps_registry.store.tables import Registry, Rendering, Substance, SubstanceName
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.folding import fold
from nps_registry.vocabulary.report import RegistryMode, Role, Sharing
from nps_registry.vocabulary.substance import NameKind, Status
from tests.spec.rows import Found, add_laboratory, add_report

MMC3, MMC4 = "CNC(C)C(=O)c1cccc(C)c1", "CNC(C)C(=O)c1ccc(C)cc1"


@pytest.fixture
def registry(engine: Engine) -> Engine:
    """A registry with one substance, 3-MMC."""
    with writing(engine) as session:
        create_registry(session, RegistryMode.REAL).recipe = MORGAN.id
        add_structure(session, "NPS-000001", "3-MMC", MMC3)
    return engine


def add_structure(
    session: Session, accession: str, name: str, smiles: str, *, status: Status = Status.LISTED, recipe: str = MORGAN.id
) -> int:
    """A substance as an intake or a load writes it; answers its id."""
    given = read(smiles)
    identity, parent = given.identity, given.standardised.parent
    substance = Substance(
        accession=accession,
        name=name,
        status=status,
        from_catalogue=status is not Status.PROVISIONAL,
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        skeleton=identity.skeleton,
        tautomer_key=identity.tautomer_key,
        stereo=identity.stereo,
        formula=identity.formula,
        mass_da=identity.mass_da,
        changed=changes.touch(session),
    )
    session.add(substance)
    session.flush()
    assert substance.id is not None
    bits, pattern = fingerprint(parent), pattern_fingerprint(parent)
    session.add(Rendering(substance_id=substance.id, recipe=recipe, fingerprint=bits, pattern_fingerprint=pattern))
    session.add(SubstanceName(substance_id=substance.id, name=name, folded=fold(name), kind=NameKind.PREFERRED))
    session.flush()
    return substance.id


def similar(index: SubstanceIndex, smiles: str, visible: frozenset[int] = frozenset()) -> list[str]:
    """Names of what is like *smiles*, best first."""
    return [hit.entry.name for hit in find_similar(index.snapshot, SimilarityQuestion(smiles), visible).hits]


def named(index: SubstanceIndex, name: str) -> list[str]:
    """Preferred names of what *name* finds."""
    return [hit.entry.name for hit in find_by_name(index.snapshot, NameQuestion(name)).hits]


def alter(engine: Engine, change: str) -> None:
    """Change a table behind the registry's back."""
    with writing(engine) as session:
        session.execute(text(f"ALTER TABLE {change}"))


def wait_until(holds: Callable[[], bool], limit_s: float) -> float:
    """Seconds until *holds*; fails past *limit_s*."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < limit_s, "it did not come about"
        time.sleep(0.01)
    return time.monotonic() - started


def test_whoever_refreshes_after_the_commit_reads_what_was_written(registry: Engine) -> None:
    index = SubstanceIndex.of(registry)
    before = index.snapshot
    with writing(registry) as session:
        add_structure(session, "NPS-000002", "Mephedrone", MMC4)
    index.refresh()
    assert similar(index, MMC4) == ["Mephedrone", "3-MMC"]
    assert named(index, "mephedron") == ["Mephedrone"]
    assert [entry.name for entry in before.entries] == ["3-MMC"], "a snapshot in use never changes"


def test_every_other_process_follows_within_one_second(registry: Engine) -> None:
    other = SubstanceIndex.of(registry)
    other.follow()
    try:
        taken = []
        for number in range(2, 7):  # the quickest of five: other tests use the same cores
            name = f"Substance {'abcdef'[number - 1]}"
            with writing(registry) as session:
                add_structure(session, f"NPS-{number:06}", name, "C" * number + MMC4)
            taken.append(wait_until(lambda name=name: named(other, name) == [name], limit_s=30.0))  # type: ignore[misc]
        assert min(taken) < 1.0
    finally:
        other.stop()


@pytest.mark.parametrize(
    ("fault", "cure"),
    [
        ("registry RENAME TO away", "away RENAME TO registry"),
        ("registry RENAME COLUMN recipe TO away", "registry RENAME COLUMN away TO recipe"),
    ],
)
def test_following_outlives_a_database_that_is_not_as_it_should_be(registry: Engine, fault: str, cure: str) -> None:
    index = SubstanceIndex.of(registry)
    index.follow()
    try:
        alter(registry, fault)
        time.sleep(1.2)  # two rounds of the thread
        assert named(index, "3-mmc") == ["3-MMC"], "the last good state goes on answering"
        alter(registry, cure)
        with writing(registry) as session:
            add_structure(session, "NPS-000002", "Mephedrone", MMC4)
        wait_until(lambda: named(index, "mephedrone") == ["Mephedrone"], limit_s=30.0)
    finally:
        index.stop()


def test_a_name_that_changed_is_found_and_the_old_one_is_not(registry: Engine) -> None:
    index = SubstanceIndex.of(registry)
    assert named(index, "3-mmc") == ["3-MMC"]
    with writing(registry) as session:
        substance = session.get_one(Substance, index.snapshot.entries[0].row.id)
        row = session.query(SubstanceName).one()
        substance.name = row.name = "Metaphedrone"
        row.folded = fold("Metaphedrone")
        substance.changed = changes.touch(session)
    index.refresh()
    assert (named(index, "3-mmc"), named(index, "metaphedrone")) == ([], ["Metaphedrone"])


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.MERGED])
def test_what_was_withdrawn_or_merged_leaves_the_index(registry: Engine, status: Status) -> None:
    index = SubstanceIndex.of(registry)
    with writing(registry) as session:
        substance = session.get_one(Substance, index.snapshot.entries[0].row.id)
        substance.status, substance.changed = status, changes.touch(session)
    index.refresh()
    assert similar(index, MMC3) == []
    assert similar(SubstanceIndex.of(registry), MMC3) == []


def test_nothing_new_keeps_the_same_snapshot(registry: Engine) -> None:
    index = SubstanceIndex.of(registry)
    assert index.refresh() is index.refresh()


def test_a_change_of_something_else_moves_the_counter_and_rebuilds_nothing(registry: Engine) -> None:
    index = SubstanceIndex.of(registry)
    before = index.snapshot
    with writing(registry) as session:
        changes.touch(session)
    after = index.refresh()
    assert after.change == before.change + 1
    assert after.structures is before.structures


def test_a_provisional_substance_is_seen_by_those_who_see_a_report_of_it(registry: Engine) -> None:
    with writing(registry) as session:
        laboratory = add_laboratory(session, "german", "DE").id
        substance = add_structure(session, "P-2222-2222", "Unnamed", MMC4, status=Status.PROVISIONAL)
        add_report(session, laboratory, (substance,), Found(sharing=Sharing.COUNTRY))
    index = SubstanceIndex.of(registry)
    assert similar(index, MMC4) == ["3-MMC"]
    assert index.public_count == 1
    german = Viewer(Role.LABORATORY, "another", "DE")
    japanese = Viewer(Role.LABORATORY, "third", "JP")
    with reading(registry) as session:
        assert index.visible_beyond_public(session, german) == {substance}
        assert index.visible_beyond_public(session, japanese) == frozenset()
        assert index.visible_beyond_public(session, VISITOR) == frozenset()
    assert similar(index, MMC4, frozenset({substance})) == ["Unnamed", "3-MMC"]


def test_a_provisional_substance_becomes_public_with_its_first_public_report(registry: Engine) -> None:
    with writing(registry) as session:
        add_laboratory(session, "german", "DE")
        substance = add_structure(session, "P-2222-2222", "Unnamed", MMC4, status=Status.PROVISIONAL)
    index = SubstanceIndex.of(registry)
    assert similar(index, MMC4) == ["3-MMC"]
    with writing(registry) as session:
        add_report(session, "german", (substance,))
        changes.touch(session, [substance])
    index.refresh()
    assert similar(index, MMC4) == ["Unnamed", "3-MMC"]


def test_a_hold_that_ends_releases_the_substance_without_any_change(
    registry: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nps_registry.search.index.RELEASE_EVERY_S", 0.0)
    ends = datetime.now(UTC) + timedelta(seconds=0.5)
    with writing(registry) as session:
        add_laboratory(session, "german", "DE")
        substance = add_structure(session, "P-2222-2222", "Unnamed", MMC4, status=Status.PROVISIONAL)
        add_report(session, "german", (substance,), Found(hold_until=ends))
    index = SubstanceIndex.of(registry)
    assert similar(index, MMC4) == ["3-MMC"]
    wait_until(lambda: index.refresh() is not None and similar(index, MMC4)[0] == "Unnamed", limit_s=30.0)


def test_fingerprints_of_another_recipe_are_refused_with_the_command_that_mends_it(registry: Engine) -> None:
    with writing(registry) as session:
        session.get_one(Registry, 1).recipe = "morgan-r2-2048-rdkit-2020.03.1"
    with pytest.raises(NotReady, match="nps-registry search rebuild"):
        SubstanceIndex.of(registry)
    with pytest.raises(NotReady, match="nps-registry search rebuild"):
        SubstanceIndex.soon(registry)


def test_an_index_that_is_built_soon_is_built_by_the_first_question(registry: Engine) -> None:
    index = SubstanceIndex.soon(registry)
    assert named(index, "3-mmc") == ["3-MMC"]
    assert index.public_count == 1


def test_replaced_fingerprints_are_of_the_recipe_that_made_them(registry: Engine) -> None:
    with writing(registry) as session:
        row = session.query(Rendering).one()
        row.recipe = session.get_one(Registry, 1).recipe = "another"
        key, bits, pattern = row.substance_id, row.fingerprint, row.pattern_fingerprint
    with writing(registry) as session:
        replace_fingerprints(session, MORGAN.id, [FingerprintRow(key, bits, pattern)])
    assert similar(SubstanceIndex.of(registry), MMC3) == ["3-MMC"]


def test_the_neighbours_of_a_known_substance_leave_itself_out(registry: Engine) -> None:
    with writing(registry) as session:
        other = add_structure(session, "NPS-000002", "Mephedrone", MMC4)
    index = SubstanceIndex.of(registry)
    own = index.snapshot.entries[0].row.id
    (neighbour,) = index.neighbours_of(own, limit=5)
    assert (neighbour.entry.row.id, neighbour.entry.name) == (other, "Mephedrone")
    assert 0.0 < neighbour.score < 1.0


def test_an_empty_registry_has_an_empty_index(engine: Engine) -> None:
    index = SubstanceIndex.of(engine)
    assert (index.public_count, similar(index, MMC3), named(index, "3-mmc")) == (0, [], [])

"""The load: same files, same rows; nothing is deleted; what the instance lists is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from nps_registry.errors import CatalogueFault
from nps_registry.intake.seed import load_catalogue, load_files
from nps_registry.store import counts, substances
from nps_registry.store.engine import Engine, Session, open_session
from nps_registry.store.registry import create_registry, find_registry
from nps_registry.store.tables import (
    Claim,
    Control,
    Detection,
    EffectGroupMembership,
    PublicCount,
    Rendering,
    Signal,
    Substance,
    SubstanceIdentifier,
    SubstanceName,
    SubstanceRelation,
    Table,
)
from nps_registry.store.viewer import COMMAND
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.substance import RelationKind, Status, Stereo
from tests.spec.rows import NOON, add_laboratory, add_report, add_substance
from tests.unit.catalogue.small import (
    DIRECTORY,
    LEVO,
    MEPHEDRONE,
    MERGED,
    MMC,
    NALOXONE,
    RACE,
    WITHDRAWN,
    altered,
    small,
    with_name,
    with_structure,
)

WRITTEN: tuple[type[Table], ...] = (
    Substance,
    SubstanceName,
    SubstanceIdentifier,
    Claim,
    SubstanceRelation,
    EffectGroupMembership,
    Rendering,
    Control,
)
PASSING = {"id", "changed", "updated_at", "created_at", "history", "revision"}


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with open_session(engine, writes=True) as opened:
        create_registry(opened, RegistryMode.DEMONSTRATION)
        yield opened


def rows(session: Session, table: type[Table]) -> list[dict[str, Any]]:
    session.expire_all()
    found = [row.model_dump(exclude=PASSING) for row in session.scalars(select(table))]
    return sorted(found, key=repr)


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    return {str(table.__tablename__): rows(session, table) for table in WRITTEN}


def entry(session: Session, accession: str) -> Substance:
    session.expire_all()
    found = substances.by_accession(session, accession, COMMAND)
    assert found is not None
    return found


def names(session: Session, accession: str) -> set[str]:
    key = entry(session, accession).id
    return set(session.scalars(select(col(SubstanceName.name)).where(col(SubstanceName.substance_id) == key)))


def test_every_entry_of_the_files_is_there(session: Session) -> None:
    result = load_catalogue(session, small())
    assert set(result.added) == {record.accession for record in small().substances}
    assert (result.changed, result.withdrawn, result.unchanged) == ((), (), 0)
    assert find_registry(session).recipe == entry_rendering(session, MMC).recipe


def entry_rendering(session: Session, accession: str) -> Rendering:
    return session.get_one(Rendering, entry(session, accession).id)


def test_same_files_same_rows(session: Session) -> None:
    load_catalogue(session, small())
    before, change = everything(session), find_registry(session).change
    result = load_catalogue(session, small())
    assert result.is_nothing
    assert result.unchanged == len(small().substances)
    assert everything(session) == before
    assert find_registry(session).change >= change


def test_a_changed_entry_alone_is_written(session: Session) -> None:
    load_catalogue(session, small())
    before = find_registry(session).change
    result = load_catalogue(session, with_name(MMC, "3-Methylmethcathinone hydrochloride"))
    assert result.changed == (MMC,)
    assert "3-Methylmethcathinone hydrochloride" in names(session, MMC)
    changed = set(session.scalars(select(col(Substance.accession)).where(col(Substance.changed) > before)))
    assert changed == {MMC}


def test_going_back_to_the_files_goes_back_to_the_rows(session: Session) -> None:
    load_catalogue(session, small())
    before = everything(session)
    load_catalogue(session, with_name(MMC, "something else"))
    load_catalogue(session, small())
    assert everything(session) == before


def told(session: Session, accession: str) -> list[str]:
    """What the entry's history tells, the day left out: all of it happens today."""
    return [change for day in entry(session, accession).history for change in day["what"]]


def test_the_history_of_an_entry_tells_what_a_load_changed_and_no_more(session: Session) -> None:
    load_catalogue(session, small())
    load_catalogue(session, small())
    assert (told(session, MMC), entry(session, MMC).revision) == (["entered"], 1)
    load_catalogue(session, with_name(MMC, "something else"))
    assert (told(session, MMC), entry(session, MMC).revision) == (["entered", "names"], 2)
    without = replace(small(), substances=tuple(each for each in small().substances if each.accession != MMC))
    load_catalogue(session, without)
    assert told(session, MMC) == ["entered", "names", "withdrawn"]
    load_catalogue(session, small())
    assert told(session, MMC) == ["entered", "names", "withdrawn", "status"]
    assert told(session, MERGED) == ["entered"]


def test_the_history_of_an_entry_tells_that_it_was_merged_and_that_it_stands_alone_again(session: Session) -> None:
    load_catalogue(session, small())
    load_catalogue(session, altered(NALOXONE, status="merged", merged_into=MMC))
    assert (told(session, NALOXONE), entry(session, NALOXONE).revision) == (["entered", "status"], 2)
    load_catalogue(session, small())  # what happens on one day is told once
    assert (told(session, NALOXONE), entry(session, NALOXONE).revision) == (["entered", "status"], 3)


def test_an_entry_that_the_files_lack_is_withdrawn_and_keeps_its_facts(session: Session) -> None:
    load_catalogue(session, small())
    called = names(session, MMC)
    without = replace(small(), substances=tuple(each for each in small().substances if each.accession != MMC))
    assert load_catalogue(session, without).withdrawn == (MMC,)
    assert entry(session, MMC).status is Status.WITHDRAWN
    assert names(session, MMC) == called
    assert load_catalogue(session, without).is_nothing


def test_an_entry_that_comes_back_is_what_it_was(session: Session) -> None:
    load_catalogue(session, small())
    before = everything(session)
    load_catalogue(session, replace(small(), substances=small().substances[1:]))
    assert load_catalogue(session, small()).changed == (small().substances[0].accession,)
    assert everything(session) == before


def test_a_merged_entry_redirects(session: Session) -> None:
    load_catalogue(session, small())
    merged = entry(session, MERGED)
    assert merged.status is Status.MERGED
    (target,) = substances.follow_merges(session, [merged]).values()
    assert target.accession == small().by_accession[MERGED].merged_into


def test_a_withdrawn_entry_holds_no_identity(session: Session) -> None:
    load_catalogue(session, small())
    assert (entry(session, WITHDRAWN).status, entry(session, WITHDRAWN).identity) == (Status.WITHDRAWN, None)


def test_what_the_instance_lists_itself_is_left_alone(session: Session) -> None:
    add_substance(session, "P-2222-2222", status=Status.PROVISIONAL, from_catalogue=False)
    before = entry(session, "P-2222-2222").model_dump()
    load_catalogue(session, small())
    assert entry(session, "P-2222-2222").model_dump() == before


def add_provisional(session: Session, accession: str) -> int:
    """A provisional substance of this instance with the structure of a catalogue's entry."""
    structure = small().by_accession[accession].structure
    assert structure is not None
    own = Substance(
        accession="P-2222-2222",
        name="Unnamed substance",
        status=Status.PROVISIONAL,
        inchi=structure.inchi,
        inchikey=structure.inchikey,
        stereo=structure.stereo,
    )
    session.add(own)
    session.flush()
    assert own.id is not None
    return own.id


def test_a_provisional_substance_redirects_to_the_entry_of_the_same_identity(session: Session) -> None:
    add_laboratory(session, "berlin", "DE")
    provisional = add_provisional(session, MMC)
    add_report(session, "berlin", (provisional,))
    counts.follow(session, NOON)
    assert load_catalogue(session, small()).redirected == ("P-2222-2222",)
    listed = entry(session, MMC)
    assert entry(session, "P-2222-2222").merged_into_id == listed.id
    assert [row.substance_id for row in session.scalars(select(Detection))] == [listed.id]
    assert [(row.substance_id, row.events) for row in session.scalars(select(PublicCount))] == [(listed.id, 1)]
    assert {row.substance_id for row in session.scalars(select(Signal)) if not row.retracted} == {listed.id}
    structure = small().by_accession[MMC].structure
    assert structure is not None
    pair = (structure.inchi, structure.stereo)
    assert substances.by_identities(session, [pair])[pair].accession == MMC


def test_nobody_reads_in_a_list_what_was_reported_before_the_catalogue_had_it(session: Session) -> None:
    add_provisional(session, MMC)
    assert load_catalogue(session, small()).redirected == ("P-2222-2222",)
    merged = [row.accession for row in substances.browse(session, substances.Browse(status=Status.MERGED)).items]
    assert "P-2222-2222" not in merged


def test_a_variant_in_stereochemistry_is_not_redirected(session: Session) -> None:
    provisional = add_provisional(session, MMC)
    session.get_one(Substance, provisional).stereo = Stereo.RACEMIC
    session.get_one(Substance, provisional).identity = "another"
    session.flush()
    assert load_catalogue(session, small()).redirected == ()


def test_two_entries_may_exchange_their_structures(session: Session) -> None:
    load_catalogue(session, small())
    one, other = small().by_accession[MMC], small().by_accession[MEPHEDRONE]
    exchanged = {
        MMC: one.model_copy(update={"structure": other.structure}),
        MEPHEDRONE: other.model_copy(update={"structure": one.structure}),
    }
    changed = replace(small(), substances=tuple(exchanged.get(each.accession, each) for each in small().substances))
    load_catalogue(session, changed)
    assert other.structure is not None
    assert entry(session, MMC).inchikey == other.structure.inchikey


def test_two_entries_of_one_identity_are_refused(session: Session) -> None:
    one = small().by_accession[MMC].structure
    assert one is not None
    with pytest.raises(CatalogueFault, match=f"{MMC} and {MEPHEDRONE}"):
        load_catalogue(session, with_structure(MEPHEDRONE, **one.model_dump()))


def test_an_identity_that_another_entry_holds_already_is_refused(session: Session) -> None:
    load_catalogue(session, small())
    one = small().by_accession[MMC].structure
    assert one is not None
    with pytest.raises(CatalogueFault, match="same structure"):
        load_catalogue(session, with_structure(MEPHEDRONE, **one.model_dump()))


def test_a_structure_of_another_formula_is_refused_with_a_sentence(session: Session) -> None:
    with pytest.raises(CatalogueFault, match=f"{MMC}.*catalogue lint"):
        load_catalogue(session, with_structure(MMC, formula="C12H17NO2"))


def test_a_relation_into_nothing_is_refused(session: Session) -> None:
    relation = {"kind": "metabolite_of", "to": "NPS-999999", "sources": ["curation"]}
    with pytest.raises(CatalogueFault, match="NPS-999999"):
        load_catalogue(session, altered(MMC, relations=[relation]))


def test_stereo_variants_and_positional_isomers_are_computed(session: Session) -> None:
    load_catalogue(session, small())
    ids = {record.accession: entry(session, record.accession).id for record in small().substances}
    pairs = {(row.substance_id, row.kind, row.other_id) for row in session.scalars(select(SubstanceRelation))}
    assert (ids[LEVO], RelationKind.STEREO_VARIANT, ids[RACE]) in pairs
    assert (ids[RACE], RelationKind.STEREO_VARIANT, ids[LEVO]) in pairs
    assert (ids[MMC], RelationKind.POSITIONAL_ISOMER, ids[MEPHEDRONE]) in pairs


def test_computed_relations_follow_a_change(session: Session) -> None:
    load_catalogue(session, small())
    without = replace(small(), substances=tuple(each for each in small().substances if each.accession != RACE))
    load_catalogue(session, without)
    gone = entry(session, RACE).id
    kinds = {row.kind for row in session.scalars(select(SubstanceRelation)) if gone in (row.substance_id, row.other_id)}
    assert RelationKind.STEREO_VARIANT not in kinds


def test_a_substance_that_no_list_names_shows_no_control(session: Session) -> None:
    load_catalogue(session, small())
    naloxone = entry(session, NALOXONE).id
    controls = session.scalars(select(Control)).all()
    assert controls
    assert all(control.substance_id != naloxone for control in controls)


def test_a_class_gives_its_effect_groups_until_it_changes(session: Session) -> None:
    load_catalogue(session, small())
    drawn = entry_rendering(session, MMC).model_dump()
    classes = tuple(
        each.model_copy(update={"effect_groups": (), "subclasses": ()}) if each.key == "synthetic_cathinone" else each
        for each in small().classes
    )
    assert entry(session, MMC).effect_groups == ["stimulant"]
    load_catalogue(session, replace(small(), classes=classes))
    assert entry(session, MMC).effect_groups == ["unassigned"]
    assert told(session, MMC) == ["entered", "effects"]
    assert entry_rendering(session, MMC).model_dump() == drawn


def test_a_new_name_redraws_its_title(session: Session) -> None:
    load_catalogue(session, small())
    preferred = [each.model_dump() for each in small().by_accession[MMC].names]
    preferred[0] |= {"name": "metaphedrone"}
    load_catalogue(session, altered(MMC, name="metaphedrone", names=preferred))
    assert "<title>metaphedrone</title>" in entry_rendering(session, MMC).svg


def test_one_load_takes_entries_that_keep_their_drawing_and_entries_that_do_not(session: Session) -> None:
    load_catalogue(session, small())
    mass = entry(session, MMC).mass_da
    preferred = [each.model_dump() for each in small().by_accession[MEPHEDRONE].names]
    preferred[0] |= {"name": "methadrone"}
    renamed = altered(MEPHEDRONE, name="methadrone", names=preferred).by_accession[MEPHEDRONE]
    commented = altered(MMC, comment="Seen often.")
    both = tuple(renamed if each.accession == MEPHEDRONE else each for each in commented.substances)
    result = load_catalogue(session, replace(commented, substances=both))
    assert len(result.changed) == 2
    assert (entry(session, MMC).comment, entry(session, MMC).mass_da) == ("Seen often.", mass)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DIRECTORY, tmp_path / "catalogue"))


def test_files_that_did_not_change_are_not_read_again(session: Session, folder: Path) -> None:
    load_files(session, folder)
    path = folder / "synthetic_cathinone" / f"{MMC}.toml"
    path.write_text(path.read_text("utf-8") + "\n# a remark\n", "utf-8")
    result = load_files(session, folder)
    assert result.changed in ((), (MMC,))
    assert len(result.changed) + result.unchanged == len(small().substances)


def test_a_load_from_files_equals_a_load_of_what_was_read(session: Session, folder: Path) -> None:
    load_files(session, folder)
    before = everything(session)
    assert load_catalogue(session, small()).is_nothing
    assert everything(session) == before


def test_a_file_that_is_gone_withdraws_its_entry(session: Session, folder: Path) -> None:
    load_files(session, folder)
    (folder / "synthetic_cathinone" / f"{MMC}.toml").unlink()
    result = load_files(session, folder)
    assert result.withdrawn == (MMC,)
    assert result.unchanged == len(small().substances) - 1


def test_a_changed_source_is_noticed_in_every_entry(session: Session, folder: Path) -> None:
    load_files(session, folder)
    sources = folder / "sources.toml"
    sources.write_text(sources.read_text("utf-8").replace('licence = "', 'licence = "as of today: ', 1), "utf-8")
    result = load_files(session, folder)
    assert len(result.changed) == len(small().substances)

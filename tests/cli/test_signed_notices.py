"""``nps-registry notices verify``, ``keys``, ``rotate-key`` and ``bulletin``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nps_registry.accounts.seal import Seal
from nps_registry.notices import advisories as life
from nps_registry.notices.advisories import Asked, read_signed
from nps_registry.store import advisories as stored
from nps_registry.store.engine import make_engine, writing
from nps_registry.vocabulary.period import Period
from nps_registry.vocabulary.signal import TrafficLight
from tests.advising import ANNA, BEN, text_about
from tests.cli.conftest import Command

SECRET = "a secret key for tests"


@pytest.fixture
def document(registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published advisory, saved as JSON."""
    monkeypatch.setenv("NPS_SECRET_KEY", SECRET)
    engine = make_engine(registry_url)
    with writing(engine) as session:
        text = text_about(session, "NPS-000001", audience=TrafficLight.CLEAR)
        key = life.open_draft(session, ANNA, text).id
        life.propose(session, Asked(key, ANNA))
        row = life.publish(session, Seal(SECRET), Asked(key, BEN))
        (version,) = stored.versions_of(session, row.id)
        path = tmp_path / "advisory.json"
        path.write_text(json.dumps(read_signed(version)), encoding="utf-8")
    engine.dispose()
    return path


def test_a_document_is_verified_with_the_keys_here_or_in_a_file(nps: Command, document: Path, tmp_path: Path) -> None:
    answer = nps("notices", "verify", document)
    assert answer.code == 0
    assert answer.out.startswith("Valid: NPS-ADV-")
    assert len(answer.out.splitlines()) == 1
    keys = tmp_path / "keys.json"
    keys.write_text(nps("notices", "keys").out, encoding="utf-8")
    elsewhere = {"NPS_DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite"}
    assert nps("notices", "verify", document, "--key", keys, **elsewhere).code == 0


def test_a_changed_document_is_refused_with_one_sentence_and_exit_code_1(nps: Command, document: Path) -> None:
    text = document.read_text("utf-8")
    for changed, words in (
        (text.replace('"information"', '"critical"'), "was changed after it was signed"),
        (text.replace('"algorithm": "Ed25519"', '"algorithm": "none"'), "a kind that is not known"),
        (text.replace('"signatures"', '"autographs"'), "has no signature"),
    ):
        assert changed != text
        document.write_text(changed, encoding="utf-8")
        answer = nps("notices", "verify", document)
        assert (answer.code, len(answer.out.splitlines())) == (1, 1)
        assert words in answer.out
    document.write_text(text[:-5], encoding="utf-8")
    answer = nps("notices", "verify", document)
    assert answer.code == 2
    assert len(answer.sentences) == 1
    assert nps("notices", "verify", document.with_name("none.json")).code == 2


def test_a_rotated_key_leaves_old_documents_verifiable(nps: Command, document: Path) -> None:
    before = json.loads(nps("notices", "keys").out)["keys"]
    assert nps("notices", "rotate-key").code == 0
    after = json.loads(nps("notices", "keys").out)["keys"]
    assert [key["key_id"] for key in after][1:] == [key["key_id"] for key in before]
    assert [bool(key["retired"]) for key in after] == [False, True]
    assert nps("notices", "verify", document).code == 0


def test_a_key_sealed_with_a_lost_secret_is_told_of_with_what_to_do(nps: Command, document: Path) -> None:
    assert document.exists()
    period = Period(datetime.now(UTC).year, datetime.now(UTC).month, 1).before(1).key
    answer = nps("notices", "bulletin", period, NPS_SECRET_KEY="another one")
    assert answer.code == 1
    assert "rotate-key" in answer.err
    assert nps("notices", "rotate-key").code == 0
    assert nps("notices", "bulletin", period).code == 0


def test_a_bulletin_is_issued_once_and_written_for_print(nps: Command, document: Path, tmp_path: Path) -> None:
    assert document.exists()
    now = datetime.now(UTC)
    period = Period(now.year, 3 * ((now.month + 2) // 3) - 2, 3).before(1).key
    pdf = tmp_path / "bulletin.pdf"
    answer = nps("notices", "bulletin", period, "--pdf", pdf)
    assert answer.code == 0
    assert answer.out == f"NPS-BULLETIN-{period}, version 1, is issued.\n"
    assert pdf.read_bytes().startswith(b"%PDF")
    assert nps("notices", "bulletin", period).out == f"NPS-BULLETIN-{period} stays at version 1.\n"
    assert nps("notices", "bulletin", "soon").code == 2
    assert nps("notices", "bulletin", "2190-01").code == 1

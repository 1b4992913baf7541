"""Whatever is done to reports in whatever order: no step outside the diagram, no history lost, no count wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlmodel import col

from nps_registry.errors import Refusal
from nps_registry.intake import curation, redaction, reidentification, review
from nps_registry.intake.amendment import amend, withdraw
from nps_registry.intake.curation import Curated
from nps_registry.intake.reidentification import Correction
from nps_registry.intake.review import Asked, Terms
from nps_registry.intake.standing import Why
from nps_registry.intake.target import TargetPart
from nps_registry.store import audit
from nps_registry.store import review as stored
from nps_registry.store.engine import Session, reading, writing
from nps_registry.store.tables import PublicCount, Report, ReportRevision, ReviewEntry, ReviewStep, Substance
from nps_registry.vocabulary.report import ReportState, Sharing
from nps_registry.vocabulary.review import Act
from nps_registry.vocabulary.substance import Status
from tests.spec.reviewing import Cast
from tests.spec.served import MMC3, UNKNOWN, Served, a_report, served
from tests.spec.test_counts import counted_by_hand_at, told

STRUCTURES = (MMC3, UNKNOWN, "CCCCNC(CCC)C(=O)c1cc(F)ccc1Cl", "CNC(C)C(=S)c1cccc(C)c1")
WHY = Why("It says so.")
_S = ReportState
# The diagram again, by hand: act, from, to, who.
MAY: dict[Act, tuple[set[tuple[ReportState, ReportState]], set[str]]] = {
    Act.RELEASE: ({(_S.SUBMITTED, _S.RELEASED)}, {"focal", "administrator"}),
    Act.QUERY: (
        {(_S.SUBMITTED, _S.QUERIED), (_S.RELEASED, _S.QUERIED)},
        {"focal", "curator", "colleague", "administrator"},
    ),
    Act.ANSWER: ({(_S.QUERIED, _S.SUBMITTED)}, {"laboratory", "trusted"}),
    Act.PROPOSE: ({(_S.RELEASED, _S.RELEASED)}, {"curator", "colleague", "administrator"}),
    Act.ACCEPT: ({(_S.RELEASED, _S.ACCEPTED)}, {"curator", "colleague", "administrator"}),
    Act.RETURN: (
        {(_S.SUBMITTED, _S.RETURNED), (_S.RELEASED, _S.RETURNED)},
        {"focal", "curator", "colleague", "administrator"},
    ),
    Act.WITHDRAW: (
        {(state, _S.WITHDRAWN) for state in (_S.SUBMITTED, _S.QUERIED, _S.RELEASED, _S.ACCEPTED, _S.RETURNED)},
        {"laboratory", "trusted"},
    ),
    Act.REDACT: (
        {(state, _S.REDACTED) for state in _S if state not in (_S.DRAFT, _S.REDACTED)},
        {"curator", "colleague", "administrator"},
    ),
}


@pytest.fixture
def registry(database_url: str) -> Iterator[Served]:
    with served(database_url) as given:
        yield given


@dataclass
class Known:
    """What is remembered of a report: whose it is, and the history that must not be lost."""

    owner: str
    steps: list[int] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)


class Review(RuleBasedStateMachine):
    """Everybody does everything, allowed or not."""

    def __init__(self, registry: Served, cast: Cast) -> None:
        super().__init__()
        self.registry, self.cast = registry, cast
        self.known: dict[str, Known] = {}

    def _pick(self, number: int) -> str | None:
        return list(self.known)[number % len(self.known)] if self.known else None

    @rule(
        owner=st.sampled_from(["laboratory", "laboratory", "laboratory", "trusted"]),
        structure=st.sampled_from(STRUCTURES),
        sharing=st.sampled_from(["public", "public", "public", "country"]),
        result=st.sampled_from(["positive", "positive", "uncertain"]),
    )
    def arrive(self, owner: str, structure: str, sharing: str, result: str) -> None:
        """A report comes in."""
        name = {"laboratory": "de-reviewed", "trusted": "de"}[owner]
        answer = self.registry.report(name, a_report(structure, sharing=sharing, result=result))
        assert answer.status_code == 201
        self.known[answer.json()["id"]] = Known(owner)

    @rule(
        number=st.integers(0, 9),
        act=st.sampled_from([Act.RELEASE, Act.ACCEPT, Act.ACCEPT, Act.ACCEPT, Act.QUERY, Act.ANSWER, Act.RETURN]),
        who=st.sampled_from(["focal", "curator", "colleague", "administrator", "laboratory", "abroad"]),
        stale=st.sampled_from([False, False, False, True]),
    )
    def review(self, number: int, act: Act, who: str, stale: bool) -> None:
        """Somebody takes a step, having read the report now or before its last change."""
        steps: dict[Act, Callable[[Session, Asked], Report]] = {
            Act.RELEASE: review.release,
            Act.ACCEPT: review.accept,
            Act.QUERY: lambda session, asked: review.query(session, asked, WHY),
            Act.ANSWER: lambda session, asked: review.answer(session, asked, WHY),
            Act.RETURN: lambda session, asked: review.send_back(session, asked, WHY),
        }
        self._try(number, who, steps[act], stale=stale)

    @rule(number=st.integers(0, 9), owner_acts=st.booleans(), structure=st.sampled_from(STRUCTURES))
    def amend(self, number: int, owner_acts: bool, structure: str) -> None:
        """The laboratory says something else, or takes the report back."""
        report_id = self._pick(number)
        if report_id is None:
            return
        sender = self.cast.sender(self.known[report_id].owner)
        if owner_acts:
            items = a_report(structure)["items"]
            self._do(report_id, lambda session: amend(session, self.cast.desk, sender, report_id, {"items": items}))
        else:
            self._do(report_id, lambda session: withdraw(session, sender, report_id, "mixed up"))

    @rule(
        number=st.integers(0, 9),
        who=st.sampled_from(["focal", "laboratory", "curator"]),
        sharing=st.sampled_from(Sharing),
        held=st.booleans(),
    )
    def share(self, number: int, who: str, sharing: Sharing, held: bool) -> None:
        """Somebody changes who may see it."""
        until = datetime.now(UTC) + timedelta(days=9) if held else None
        self._try(number, who, lambda session, asked: review.share(session, asked, Terms(sharing, until)))

    @rule(
        number=st.integers(0, 9),
        who=st.sampled_from(["laboratory", "trusted", "curator", "focal"]),
        structure=st.sampled_from(STRUCTURES),
        all_of_them=st.booleans(),
    )
    def reidentify(self, number: int, who: str, structure: str, all_of_them: bool) -> None:
        """What was found was something else."""
        report_id = self._pick(number)
        if report_id is None:
            return
        accession = self._accession_of(report_id)
        if accession is None:
            return
        correction = Correction(TargetPart(structure=structure), "NMR", accession, () if all_of_them else (report_id,))
        viewer, desk = self.cast.viewers[who], self.cast.desk
        self._do(None, lambda session: reidentification.reidentify(session, desk, viewer, correction))

    @rule(number=st.integers(0, 9), who=st.sampled_from(["curator", "laboratory"]))
    def merge(self, number: int, who: str) -> None:
        """A provisional substance turns out to be a listed one."""
        report_id = self._pick(number)
        accession = self._accession_of(report_id) if report_id else None
        if accession is not None:
            curated = Curated(accession, self.cast.viewers[who])
            self._do(None, lambda session: curation.merge(session, curated, "NPS-000001", WHY))

    @rule(number=st.integers(0, 9), who=st.sampled_from(["administrator", "curator", "colleague", "laboratory"]))
    def redact(self, number: int, who: str) -> None:
        """Somebody proposes a redaction, or agrees to one."""
        report_id = self._pick(number)
        if report_id is None or number % 3:
            return
        self._try(number, who, lambda session, asked: redaction.propose_redaction(session, asked, WHY))
        self._try(number, who, redaction.redact)

    def _accession_of(self, report_id: str) -> str | None:
        view = self.registry.client.get(f"/api/v1/reports/{report_id}", headers=self.registry.as_("curator")).json()
        found = [detection["substance"] for item in view["items"] for detection in item["detections"]]
        return str(found[0]["accession"]) if found and found[0] else None

    def _try(self, number: int, who: str, take: Callable[[Session, Asked], Any], *, stale: bool = False) -> None:
        report_id = self._pick(number)
        if report_id is None:
            return
        with reading(self.registry.engine) as session:
            revision = session.get_one(Report, report_id).revision
        asked = Asked(report_id, self.cast.viewers[who], revision - 1 if stale else revision)
        done = self._do(report_id, lambda session: take(session, asked))
        assert not (stale and done), "somebody wrote over what was changed meanwhile"

    def _do(self, report_id: str | None, take: Callable[[Session], Any]) -> bool:
        """Do it; answers whether it was done. What is refused leaves nothing behind."""
        before = self._rows()
        try:
            with writing(self.registry.engine) as session:
                firsts = stored.would_be_first(session, [report_id]) if report_id else {}
                take(session)
        except Refusal:
            assert self._rows() == before
            return False
        if report_id:
            self._require_two_persons(report_id, before, bool(firsts))
        return True

    def _rows(self) -> dict[str, tuple[ReportState, int, Sharing]]:
        with reading(self.registry.engine) as session:
            rows = session.execute(select(col(Report.id), col(Report.state), col(Report.revision), col(Report.sharing)))
            return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def _require_two_persons(self, report_id: str, before: dict[str, Any], would_be_first: bool) -> None:
        with reading(self.registry.engine) as session:
            report, steps = session.get_one(Report, report_id), stored.steps_of(session, report_id)
        state, _revision, sharing = before[report_id]
        taken = bool(steps) and steps[-1].act is Act.ACCEPT and state is ReportState.RELEASED
        if taken and report.state is ReportState.ACCEPTED and would_be_first and sharing is Sharing.PUBLIC:
            assert steps[-2].act in {Act.PROPOSE, Act.REIDENTIFY}
            assert steps[-2].made_by != steps[-1].made_by

    @invariant()
    def no_step_is_outside_the_diagram_and_no_history_is_lost(self) -> None:
        """Steps and revisions are only added, and every step is one that the diagram has, by somebody who may."""
        with reading(self.registry.engine) as session:
            for report_id, known in self.known.items():
                steps = stored.steps_of(session, report_id)
                assert [step.id for step in steps][: len(known.steps)] == known.steps
                for step in steps[len(known.steps) :]:
                    self._require_allowed(step)
                for earlier, later in pairwise(steps):
                    assert earlier.to_state is later.from_state
                known.steps = [step.id for step in steps if step.id is not None]
                said = session.scalars(
                    select(ReportRevision)
                    .where(col(ReportRevision.report_id) == report_id)
                    .order_by(col(ReportRevision.revision))
                ).all()
                digests = [revision.payload_digest for revision in said]
                assert digests[: len(known.digests)] == known.digests
                known.digests = digests
                assert not steps or steps[-1].to_state is session.get_one(Report, report_id).state

    def _require_allowed(self, step: ReviewStep) -> None:
        if step.act in MAY:
            arrows, who = MAY[step.act]
            assert (step.from_state, step.to_state) in arrows
            assert step.made_by.removeprefix("person:") in who
        elif step.act is Act.AMEND:
            assert step.to_state in {_S.SUBMITTED, _S.ACCEPTED}
        else:
            stays = step.from_state is step.to_state
            assert stays or (step.from_state, step.to_state) == (_S.ACCEPTED, _S.RELEASED)

    @invariant()
    def the_counts_are_those_of_a_recount_by_hand(self) -> None:
        """So are the queue and the audit chain what they should be."""
        with reading(self.registry.engine) as session:
            assert told(session) == counted_by_hand_at(session, datetime.now(UTC))
            waiting = set(
                session.scalars(
                    select(col(Report.id)).where(col(Report.state).in_((_S.SUBMITTED, _S.QUERIED, _S.RELEASED)))
                )
            )
            entries = list(session.scalars(select(ReviewEntry)))
            assert {entry.report_id for entry in entries} == waiting
            firsts = stored.would_be_first(session, list(waiting))
            assert {entry.report_id for entry in entries if "first_ever" in entry.reasons} == set(firsts)
            assert audit.verify(session) is None

    @invariant()
    def a_merged_substance_has_no_detections(self) -> None:
        """They count where it went."""
        with reading(self.registry.engine) as session:
            counted = select(col(PublicCount.substance_id)).join(
                Substance, col(Substance.id) == col(PublicCount.substance_id)
            )
            assert not session.scalars(counted.where(col(Substance.status) == Status.MERGED)).all()


def test_whatever_is_done_the_diagram_holds_and_the_counts_are_right(registry: Served) -> None:
    cast = Cast.of(registry)
    run_state_machine_as_test(
        lambda: Review(registry, cast),  # type: ignore[arg-type]  # whatever makes a machine will do
        settings=settings(
            max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

"""Nobody is told of what they may not know at the moment of delivery, whatever they were entitled to before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from nps_registry.accounts.people import deactivate
from nps_registry.accounts.tokens import revoke_token
from nps_registry.notices.criteria import Criteria
from nps_registry.notices.fan_out import FanOut
from nps_registry.notices.subscribing import Wish, ask_to_subscribe, confirm, pause, subscribe_feed
from nps_registry.search.watching import PatternWatch
from nps_registry.store.engine import Session, writing
from nps_registry.store.tables import Advisory, Membership, OutboxMessage, Report, Signal
from nps_registry.vocabulary.notice import Channel, DeliveryState
from nps_registry.vocabulary.report import ReportState, Role, Sharing
from nps_registry.vocabulary.signal import AdvisoryState, SignalKind, TrafficLight
from tests.inboxes import text_of
from tests.spec.notices.conftest import URL, World
from tests.spec.notices.raising import publish_advisory, raise_signal
from tests.spec.rows import Found, add_laboratory, add_report


def restricted_report(world: World, sharing: Sharing, country: str = "DE") -> str:
    """A report of 3-MMC by a laboratory in *country*."""
    with writing(world.engine) as session:
        add_laboratory(session, "reporter", country)
        return add_report(session, "reporter", (world.substances["3-MMC"],), Found(sharing=sharing, country=country))


def subscribe_visitor(world: World, email: str = "visitor@example.org") -> None:
    """A visitor who opened the link of the opt-in."""
    ask_to_subscribe(world.engine, world.seal, Wish(Criteria(), Channel.EMAIL, address=email))
    with writing(world.engine) as session:
        (message,) = (row for row in session.scalars(select(OutboxMessage)) if row.content.get("to") == email)
        secret = world.seal.open(str(message.content["sealed"]))
        session.delete(message)
    assert secret is not None
    confirm(world.engine, secret)


@pytest.mark.parametrize(
    ("sharing", "told"),
    [
        (Sharing.NETWORK, {"at@example.org", "de@example.org", "scientist@example.org", "curator@example.org"}),
        (Sharing.COUNTRY, {"de@example.org", "curator@example.org"}),
        (Sharing.LABORATORY, {"curator@example.org"}),
    ],
)
def test_a_restricted_signal_goes_to_those_who_see_its_reports(world: World, sharing: Sharing, told: set[str]) -> None:
    report = restricted_report(world, sharing)
    world.subscribe(world.person("at@example.org", country="AT"))
    world.subscribe(world.person("de@example.org", country="DE"))
    world.subscribe(world.person("scientist@example.org", Role.SCIENTIST, "FR"))
    world.subscribe(world.person("curator@example.org", Role.CURATOR, "CH"))
    subscribe_visitor(world)
    raise_signal(world.engine, world.substances["3-MMC"], public=False, reports=[report])
    world.go()
    assert {letter["To"] for letter in world.postbox.letters} == told


def test_a_restricted_signal_is_announced_and_not_told_by_mail_and_webhook(world: World) -> None:
    report = restricted_report(world, Sharing.COUNTRY)
    world.subscribe(world.person("de@example.org"))
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"], public=False, reports=[report])
    world.go()
    (letter,), (arrival,) = world.postbox.letters, world.receiver.arrivals
    assert letter["Subject"] == "A notice for you is waiting"
    for text in (text_of(letter), text_of(letter, "html"), arrival.body.decode()):
        assert "MMC" not in text
        assert "NPS-0" not in text
        assert "first" not in text.lower()
        assert "Germany" not in text
        assert f"{URL}/account/notices/" in text
    assert arrival.told["type"] == "notice"


def test_what_is_close_to_a_controlled_substance_is_for_reviewers(world: World) -> None:
    world.subscribe(world.person("de@example.org"))
    world.subscribe(world.person("curator@example.org", Role.CURATOR))
    report = restricted_report(world, Sharing.COUNTRY)
    kind = SignalKind.ANALOGUE_OF_CONTROLLED
    raise_signal(world.engine, world.substances["3-MMC"], kind, public=False, reports=[report])
    world.go()
    assert [letter["To"] for letter in world.postbox.letters] == ["curator@example.org"]


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        (TrafficLight.CLEAR, {"visitor", "de", "curator"}),
        (TrafficLight.GREEN, {"de", "curator"}),
        (TrafficLight.AMBER, {"de", "curator"}),
        (TrafficLight.RED, {"curator"}),
    ],
)
def test_an_advisory_goes_to_its_audience_and_is_told_openly_up_to_green(
    world: World, audience: TrafficLight, told: set[str]
) -> None:
    world.subscribe(world.person("de@example.org"))
    world.subscribe(world.person("curator@example.org", Role.CURATOR))
    subscribe_visitor(world)
    publish_advisory(world.engine, audience=audience, recipients=["country:DE"], title="The title")
    world.go()
    assert {letter["To"].partition("@")[0] for letter in world.postbox.letters} == told
    openly = audience in {TrafficLight.CLEAR, TrafficLight.GREEN}
    assert {"The title" in text_of(letter) for letter in world.postbox.letters} == {openly}


def lose_role(session: Session, _report: str) -> None:
    session.delete(session.scalars(select(Membership)).one())


def lose_account(session: Session, _report: str) -> None:
    deactivate(session, session.scalars(select(Membership)).one().person_id)


def withdraw_report(session: Session, report: str) -> None:
    session.get_one(Report, report).state = ReportState.WITHDRAWN


def narrow_sharing(session: Session, report: str) -> None:
    session.get_one(Report, report).sharing = Sharing.LABORATORY


def hold_report(session: Session, report: str) -> None:
    session.get_one(Report, report).legal_hold = True


def retract_signal(session: Session, _report: str) -> None:
    session.scalars(select(Signal)).one().retracted = True


@pytest.mark.parametrize(
    "happens", [lose_role, lose_account, withdraw_report, narrow_sharing, hold_report, retract_signal]
)
def test_who_loses_the_entitlement_between_notice_and_delivery_gets_nothing(
    world: World, happens: Callable[[Session, str], None]
) -> None:
    report = restricted_report(world, Sharing.COUNTRY)
    world.subscribe(world.person("de@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"], public=False, reports=[report])
    FanOut(world.engine, PatternWatch(1)).run()
    assert world.states() == [DeliveryState.WAITING]
    with writing(world.engine) as session:
        happens(session, report)
    world.go()
    assert world.postbox.letters == []
    assert world.states() == [DeliveryState.DROPPED]


def test_an_audience_that_was_narrowed_gets_nothing_any_more(world: World) -> None:
    subscribe_visitor(world)
    advisory = publish_advisory(world.engine)
    FanOut(world.engine, PatternWatch(1)).run()
    with writing(world.engine) as session:
        row = session.get_one(Advisory, advisory)
        row.audience, row.state = TrafficLight.AMBER, AdvisoryState.UPDATED
    world.go()
    assert world.postbox.letters == []


def test_a_token_that_was_revoked_gets_nothing_any_more(world: World) -> None:
    owner = world.token("Laboratory Bob")
    world.subscribe(owner, Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    FanOut(world.engine, PatternWatch(1)).run()
    with writing(world.engine) as session:
        revoke_token(session, owner.token_id or "")
    world.go()
    assert world.receiver.arrivals == []


def test_a_correction_says_no_more_than_the_one_who_lost_the_entitlement_knew(world: World) -> None:
    report = restricted_report(world, Sharing.COUNTRY)
    world.subscribe(world.person("de@example.org"))
    signal_id = raise_signal(world.engine, world.substances["3-MMC"], public=False, reports=[report])
    world.go()
    with writing(world.engine) as session:
        session.get_one(Report, report).state = ReportState.WITHDRAWN
        session.get_one(Signal, signal_id).retracted = True
        session.add(OutboxMessage(topic="notice.signal", content={"signal": signal_id, "change": "retracted"}))
    world.go()
    first, second = world.postbox.letters
    assert second["Subject"] == "A notice that you were sent holds no longer"
    assert "MMC" not in text_of(second)
    assert first["Message-ID"] != second["Message-ID"]


def test_a_paused_subscription_gets_nothing_then_or_later(world: World) -> None:
    owner = world.person("ann@example.org")
    made = world.subscribe(owner)
    raise_signal(world.engine, world.substances["3-MMC"])
    FanOut(world.engine, PatternWatch(1)).run()
    with writing(world.engine) as session:
        pause(session, made.subscription.id, owner, paused=True)
    raise_signal(world.engine, world.substances["4-MMC"])
    world.go()
    with writing(world.engine) as session:
        pause(session, made.subscription.id, owner, paused=False)
    world.make_due()
    world.go()
    assert world.postbox.letters == []


def test_a_feed_without_an_account_holds_what_is_public_only(world: World) -> None:
    report = restricted_report(world, Sharing.NETWORK)
    subscribe_feed(world.engine, world.seal, Wish(Criteria(), Channel.FEED))
    raise_signal(world.engine, world.substances["3-MMC"], public=False, reports=[report])
    raise_signal(world.engine, world.substances["4-MMC"])
    before = datetime.now(UTC)
    world.go()
    (kept,) = world.deliveries()
    assert kept.state is DeliveryState.SENT
    assert kept.ended_at is not None
    assert kept.ended_at >= before.replace(microsecond=0)

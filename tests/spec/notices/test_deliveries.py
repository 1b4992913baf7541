"""Notices reach those who asked for them, once each, and what fails is tried again and given up in the end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from nps_registry.notices.criteria import Criteria
from nps_registry.notices.dispatch import MOST_ATTEMPTS, Dispatch, pause_after
from nps_registry.notices.fan_out import FanOut, next_digest
from nps_registry.search.watching import PatternWatch
from nps_registry.store import deliveries as stored
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Advisory, Delivery, Notice, Signal
from nps_registry.vocabulary.notice import Channel, DeliveryState, Frequency
from nps_registry.vocabulary.signal import AdvisoryState, SignalKind, SignalState
from tests.inboxes import text_of
from tests.spec.notices.conftest import URL, World
from tests.spec.notices.raising import THIS_YEAR, publish_advisory, raise_signal, tell_of_advisory, tell_of_signal


def test_a_signal_reaches_mail_webhook_and_feed_once(world: World) -> None:
    ann, bob = world.person("ann@example.org"), world.token("Laboratory Bob")
    world.subscribe(ann)
    hook = world.subscribe(bob, Channel.WEBHOOK)
    world.subscribe(bob, Channel.FEED)
    raise_signal(world.engine, world.substances["3-MMC"])
    assert world.go().sent == 2
    assert world.go().sent == 0
    (letter,) = world.postbox.letters
    assert letter["To"] == "ann@example.org"
    assert letter["Subject"] == "First report in a country: 3-MMC, Germany"
    for part in (text_of(letter), text_of(letter, "html")):
        assert f"{URL}/signals/" in part
        assert f"{THIS_YEAR} Q4" in part
        assert "No earlier public report" in part
    (arrival,) = world.receiver.arrivals
    assert arrival.is_signed_with(hook.secret)
    assert not arrival.is_signed_with("whsec_" + "A" * 32)
    told = arrival.told
    assert told["type"] == "signal.raised"
    assert told["data"]["signal"]["substance"] == {"accession": "NPS-000001", "name": "3-MMC", "nature": "nps"}
    assert told["data"]["demonstration"] is False
    assert world.states() == [DeliveryState.SENT] * 3


def test_each_letter_carries_its_one_click_way_out(world: World) -> None:
    made = world.subscribe(world.person("ann@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    world.go()
    (letter,) = world.postbox.letters
    link = f"{URL}/unsubscribe/{made.subscription.handle}"
    assert letter["List-Unsubscribe"] == f"<{link}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in text_of(letter)
    assert f'href="{link}"' in text_of(letter, "html")


def test_markup_in_a_title_stays_text_in_html_mail_and_in_one_line_of_the_subject(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    publish_advisory(world.engine, title='<script>alert(1)</script>\r\nBcc: eve@example.org "& more')
    world.go()
    (letter,) = world.postbox.letters
    assert "<script" not in text_of(letter, "html")
    assert "&lt;script&gt;" in text_of(letter, "html")
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]


def test_a_daily_digest_holds_a_days_notices_in_one_letter(world: World) -> None:
    world.subscribe(world.person("ann@example.org"), frequency=Frequency.DAILY)
    for name in ("3-MMC", "4-MMC"):
        raise_signal(world.engine, world.substances[name])
    assert world.go().sent == 0, "not before its hour"
    world.make_due()
    assert world.go().sent == 2
    (letter,) = world.postbox.letters
    assert letter["Subject"] == "2 notices of the NPS registry"
    assert "3-MMC" in text_of(letter)
    assert "4-MMC" in text_of(letter)


def test_a_digest_that_failed_is_repeated_as_the_same_letter_and_later_notices_make_another(world: World) -> None:
    world.subscribe(world.person("ann@example.org"), frequency=Frequency.DAILY)
    raise_signal(world.engine, world.substances["3-MMC"])
    world.go()
    world.make_due()
    world.postbox.answer = "451 busy"
    assert world.go().postponed == 1
    (first,) = {row.letter for row in world.deliveries()}
    raise_signal(world.engine, world.substances["4-MMC"])
    world.go()
    world.make_due()
    world.postbox.answer = "250 kept"
    assert world.go().sent == 2
    keys = [letter["Message-ID"] for letter in world.postbox.letters]
    assert len(set(keys)) == 2, "a receiver that drops repeats loses nothing"
    assert f"<{first}@registry.example>" in keys


@pytest.mark.parametrize("hour", [0, 5, 6, 23])
def test_a_digest_leaves_at_six_in_the_morning(hour: int) -> None:
    at = datetime(2026, 12, 31, hour, 30, tzinfo=UTC)
    leaves = next_digest(at)
    assert (leaves.hour, leaves.minute) == (6, 0)
    assert timedelta(0) < leaves - at <= timedelta(days=1)


def test_a_receiver_that_fails_is_tried_again_under_the_same_id_with_growing_pauses(world: World) -> None:
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    world.receiver.status = 503
    for _attempt in range(3):
        outcome = world.go()
        assert (outcome.postponed, "503" in outcome.reason) == (1, True)
        assert world.go().postponed == 0, "not before its time"
        world.make_due()
    world.receiver.status = 204
    assert world.go().sent == 1
    assert len({arrival.key for arrival in world.receiver.arrivals}) == 1
    assert len({arrival.body for arrival in world.receiver.arrivals}) == 1
    pauses = [pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(minutes=1)
    assert timedelta(hours=12) < sum(pauses, timedelta(0)) < timedelta(days=3)


def test_after_the_last_try_a_delivery_is_given_up_with_the_reason_and_can_be_tried_anew(world: World) -> None:
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    world.receiver.status = 500
    world.go()
    with writing(world.engine) as session:
        session.execute(update(Delivery).values(attempts=MOST_ATTEMPTS - 1))
    world.make_due()
    assert world.go().parked == 1
    world.make_due()
    assert world.go().parked == 0
    with reading(world.engine) as session:
        ((delivery, _notice, _subscription),) = stored.list_parked(session)
        assert "500" in delivery.reason
    world.receiver.status = 200
    with writing(world.engine) as session:
        assert stored.retry(session, datetime.now(UTC), delivery.id) == 1
    assert world.go().sent == 1


@pytest.mark.parametrize(("status", "state"), [(410, DeliveryState.PARKED), (302, DeliveryState.WAITING)])
def test_a_receiver_that_is_gone_is_given_up_and_a_redirect_is_not_followed(
    world: World, status: int, state: DeliveryState
) -> None:
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    world.receiver.status = status
    world.go()
    assert world.states() == [state]
    assert [arrival.path for arrival in world.receiver.arrivals] == ["/hook"]


def test_a_webhook_to_a_private_address_is_not_sent_where_that_is_not_allowed(world: World) -> None:
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    outcome = world.go(webhooks_private=False)
    assert world.receiver.arrivals == []
    assert outcome.sent == 0


def test_a_recipient_that_the_server_refuses_for_good_is_given_up_and_the_others_get_theirs(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    world.postbox.answer = "550 no such user"
    assert world.go().parked == 1
    world.postbox.answer = "250 kept"
    world.subscribe(world.person("bob@example.org"))
    raise_signal(world.engine, world.substances["4-MMC"])
    assert world.go().sent == 2


def test_a_spread_is_told_to_those_who_watch_a_country_that_it_reached(world: World) -> None:
    for name, country in (("ann", "AT"), ("bob", "JP")):
        world.subscribe(world.person(f"{name}@example.org"), criteria=Criteria(countries=(country,)))
    signal_id = raise_signal(world.engine, world.substances["3-MMC"], SignalKind.SPREAD, country=None)
    arrivals = [[code, THIS_YEAR, 3] for code in ("AT", "CH", "CZ", "DE", "PL")]
    with writing(world.engine) as session:
        session.get_one(Signal, signal_id).evidence = {"new_countries": 5, "arrivals": arrivals}
    world.go()
    assert [letter["To"] for letter in world.postbox.letters] == ["ann@example.org"]


def test_a_letter_at_which_the_connection_breaks_holds_up_none_of_the_others(world: World) -> None:
    for name in ("ann", "bob", "eve"):
        world.subscribe(world.person(f"{name}@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    world.postbox.hangs_up_on = "bob@example.org"
    outcome = world.go()
    assert (outcome.sent, outcome.postponed) == (2, 1)
    assert {letter["To"] for letter in world.postbox.letters} == {"ann@example.org", "eve@example.org"}
    assert sorted(row.attempts for row in world.deliveries()) == [1, 1, 1]


def test_webhooks_go_out_while_the_mail_server_is_away(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK)
    raise_signal(world.engine, world.substances["3-MMC"])
    outcome = world.go(smtp_url="smtp://127.0.0.1:1")
    assert (outcome.sent, outcome.postponed) == (1, 1)
    world.make_due()
    assert world.go().sent == 1


def test_without_a_mail_server_mail_waits_untouched(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    world.go(smtp_url="")
    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.attempts) == (DeliveryState.WAITING, 0)


def test_two_workers_never_take_the_same_delivery(world: World) -> None:
    for number in range(4):
        world.subscribe(world.person(f"p{number}@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    FanOut(world.engine, PatternWatch(1)).run()
    one, two = (Dispatch(world.engine, world.settings, world.seal, demonstration=False) for _ in range(2))
    taken = one.claim(Channel.EMAIL)
    assert (len(taken), two.claim(Channel.EMAIL)) == (4, {})
    world.make_due()
    again = two.claim(Channel.EMAIL)
    assert set(again) == set(taken)
    two.carry(Channel.EMAIL, again)
    one.carry(Channel.EMAIL, taken)  # not killed after all, only slow
    keys = [letter["Message-ID"] for letter in world.postbox.letters]
    assert (len(keys), len(set(keys))) == (8, 4), "twice rather than never, and to be told apart"
    assert world.states() == [DeliveryState.SENT] * 4


def test_a_message_fanned_out_by_a_slow_worker_too_makes_no_second_delivery(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"])
    slow, quick = (FanOut(world.engine, PatternWatch(1)) for _ in range(2))
    (claimed,) = slow._claim("notice.signal")
    world.make_due()
    assert quick.run() == 1
    slow._spread(claimed)
    with reading(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1
    assert len(world.deliveries()) == 1


def test_who_was_told_hears_that_it_holds_no_longer_and_nobody_else_does(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    signal_id = raise_signal(world.engine, world.substances["3-MMC"])
    world.go()
    world.subscribe(world.person("late@example.org"))
    with writing(world.engine) as session:
        session.get_one(Signal, signal_id).retracted = True
        tell_of_signal(session, signal_id, "retracted")
    assert world.go().sent == 1
    assert world.postbox.letters[-1]["To"] == "ann@example.org"
    assert world.postbox.letters[-1]["Subject"].startswith("No longer so: First report in a country, 3-MMC")


def test_what_was_taken_back_before_it_left_is_told_to_nobody(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    signal_id = raise_signal(world.engine, world.substances["3-MMC"])
    FanOut(world.engine, PatternWatch(1)).run()
    with writing(world.engine) as session:
        session.get_one(Signal, signal_id).state = SignalState.DISMISSED
        tell_of_signal(session, signal_id, "dismissed")
    FanOut(world.engine, PatternWatch(1)).run()
    for _round in range(3):
        world.go()
        world.make_due()
    assert world.postbox.letters == []
    assert world.states() == [DeliveryState.DROPPED] * 2


def test_an_advisory_is_told_when_published_updated_and_withdrawn(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    advisory = publish_advisory(world.engine, substance_ids=[world.substances["fentanyl"]])
    world.go()
    for revision, (state, change) in enumerate(
        [(AdvisoryState.UPDATED, "updated"), (AdvisoryState.WITHDRAWN, "withdrawn")], start=2
    ):
        with writing(world.engine) as session:
            session.get_one(Advisory, advisory).state = state
            tell_of_advisory(session, advisory, change, revision)
        world.go()
    subjects = [re.sub(r":.*", "", letter["Subject"]) for letter in world.postbox.letters]
    assert subjects == ["Advisory", "Advisory, updated", "Advisory, withdrawn"]


def test_a_signal_from_years_back_is_history_and_a_judgement_is_the_reviewers_own(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    raise_signal(world.engine, world.substances["3-MMC"], year=THIS_YEAR - 3)
    signal_id = raise_signal(world.engine, world.substances["4-MMC"], SignalKind.INCREASE)
    world.go()
    with writing(world.engine) as session:
        tell_of_signal(session, signal_id, "assessed")
        tell_of_signal(session, signal_id, "nonsense")
    world.go()
    assert len(world.postbox.letters) == 1


def test_the_criteria_say_what_comes(world: World) -> None:
    ann = world.person("ann@example.org")
    world.subscribe(ann, criteria=Criteria(countries=("AT",), kinds=(SignalKind.FIRST_IN_COUNTRY,)))
    raise_signal(world.engine, world.substances["3-MMC"], country="DE")
    raise_signal(world.engine, world.substances["3-MMC"], SignalKind.INCREASE, country="AT")
    raise_signal(world.engine, world.substances["4-MMC"], country="AT")
    world.go()
    assert [letter["Subject"] for letter in world.postbox.letters] == ["First report in a country: 4-MMC, Austria"]


def change_signal(world: World, signal_id: str, change: str, *, quietly: bool = False) -> None:
    """Let a rule raise or retract a signal, and tell of it where that is news."""
    with writing(world.engine) as session:
        session.get_one(Signal, signal_id).retracted = change == "retracted"
        if not quietly:
            tell_of_signal(session, signal_id, change)


def test_the_end_of_what_was_raised_again_without_telling_anybody_is_told_to_nobody(world: World) -> None:
    ann = world.person("ann@example.org")
    hook = world.subscribe(world.token("Laboratory Bob"), Channel.WEBHOOK).subscription.id
    for channel in (Channel.EMAIL, Channel.FEED):
        world.subscribe(ann, channel)
    signal_id = raise_signal(world.engine, world.substances["3-MMC"])
    world.go()
    change_signal(world, signal_id, "retracted")
    world.go()
    change_signal(world, signal_id, "raised", quietly=True)
    change_signal(world, signal_id, "retracted")
    world.go()
    assert len(world.postbox.letters) == len(world.receiver.arrivals) == 2, "that it was so, and that it is no longer"
    assert len([row for row in world.deliveries() if row.subscription_id == hook]) == 2
    change_signal(world, signal_id, "raised", quietly=True)
    with writing(world.engine) as session:
        tell_of_signal(session, signal_id, "escalated")
    world.go()
    change_signal(world, signal_id, "retracted")
    world.go()
    changes = [arrival.told["data"]["signal"]["change"] for arrival in world.receiver.arrivals]
    assert changes == ["raised", "retracted", "escalated", "retracted"], "who was told by a curator hears of the end"


def test_that_it_holds_no_longer_is_not_told_once_it_holds_again(world: World) -> None:
    world.subscribe(world.person("ann@example.org"))
    signal_id = raise_signal(world.engine, world.substances["3-MMC"])
    world.go()
    world.postbox.answer = "451 busy"
    change_signal(world, signal_id, "retracted")
    world.go()
    change_signal(world, signal_id, "raised")
    world.postbox.answer = "250 kept"
    world.go()
    world.make_due()
    world.go()
    assert [letter["Subject"] for letter in world.postbox.letters] == [
        "First report in a country: 3-MMC, Germany"
    ] * 2  # fmt: skip

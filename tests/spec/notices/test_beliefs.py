"""What subscribers believe of a signal follows what becomes of it, whatever fails and however late they are told."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nps_registry.store import subscriptions
from nps_registry.store.engine import reading, writing
from nps_registry.store.tables import Signal
from nps_registry.vocabulary.notice import Frequency
from nps_registry.vocabulary.signal import SignalState
from tests.inboxes import text_of
from tests.spec.notices.conftest import World
from tests.spec.notices.raising import raise_signal, tell_of_signal

ENDS = ("No longer so: First report", "Dismissed after review: First report")
STEPS = ("retract", "raise", "raise quietly", "dismiss", "escalate", "subscribe", "fail", "mend", "deliver", "deliver")
numbers = count()


def take(world: World, step: str, signal_id: str) -> None:
    """One thing that happens; judgements and rules do what they may as the signal stands."""
    if step in {"fail", "mend"}:
        world.postbox.answer = "451 busy" if step == "fail" else "250 kept"
    elif step == "subscribe":
        world.subscribe(world.person(f"p{next(numbers)}@example.org"))
    elif step == "deliver":
        world.make_due()
        world.go()
    else:
        with writing(world.engine) as session:
            signal = session.get_one(Signal, signal_id)
            if step == "retract" and not signal.retracted:
                signal.retracted = True
                tell_of_signal(session, signal_id, "retracted")
            elif step.startswith("raise") and signal.retracted:
                signal.retracted = False
                if step == "raise":
                    tell_of_signal(session, signal_id, "raised")
            elif step == "dismiss" and signal.state is not SignalState.DISMISSED:
                signal.state = SignalState.DISMISSED
                tell_of_signal(session, signal_id, "dismissed")
            elif step == "escalate" and signal.state is not SignalState.ESCALATED:
                signal.state = SignalState.ESCALATED
                tell_of_signal(session, signal_id, "escalated")


def stands(world: World, signal_id: str) -> bool:
    with reading(world.engine) as session:
        signal = session.get_one(Signal, signal_id)
        return not signal.retracted and signal.state is not SignalState.DISMISSED


def read_letters(world: World) -> dict[str, bool]:
    """What each reader believes in the end, from letter to letter."""
    believing: dict[str, bool] = {}
    for letter in world.postbox.letters:
        for line in text_of(letter).splitlines():
            if any(end in line for end in ENDS):
                assert believing.get(letter["To"]), "an end of what was never told, or had ended"
                believing[letter["To"]] = False
            elif "First report" in line:
                believing[letter["To"]] = True
    return believing


@example(steps=["deliver", "deliver", "retract", "raise", "retract"])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=12))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_end_is_told_to_those_who_believe_and_nobody_goes_on_to_believe_what_has_ended(
    world: World, steps: list[str]
) -> None:
    world.postbox.letters.clear()
    world.postbox.answer = "250 kept"
    for frequency in Frequency:
        world.subscribe(world.person(f"{frequency}{next(numbers)}@example.org"), frequency=frequency)
    signal_id = raise_signal(world.engine, world.substances["3-MMC"])
    try:
        for step in (*steps, "mend", *["deliver"] * 4):
            take(world, step, signal_id)
        believing = read_letters(world)
        assert stands(world, signal_id) or not any(believing.values())
    finally:
        with writing(world.engine) as session:
            session.get_one(Signal, signal_id).key = f"done {next(numbers)}"
            subscriptions.remove(session, [each.id for each in world.subscriptions()])

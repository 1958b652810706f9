"""What staff tries out is kept for a day, for whoever tries it, and goes with the conversation that it begins with."""

from __future__ import annotations

from typing import Callable

import pytest

from bot.store import Database, Sent, Trials, TurnRecord, TurnRecords
from bot.store.retention import forget_conversation
from bot.store.trials import MOST, MOST_MESSAGES, forget_trials
from bot.store.unsent import Unsent
from tests.store.test_searches import DAY_S, Clock, clock, store

__all__ = ["clock", "store"]
HELLO, WORRY, PLACE = Sent("こんにちは"), Sent("お金が足りない"), Sent("言わずに進む", "prefecture.skip")


@pytest.fixture
def of(store: Database, clock: Clock) -> Callable[[str], Trials]:
    return lambda staff: Trials(store, staff, clock)


@pytest.fixture
def trials(of: Callable[[str], Trials]) -> Trials:
    return of("花子")


@pytest.fixture
def talk(store: Database) -> str:
    """A conversation of three turns."""
    for number, sent in enumerate((HELLO, WORRY, PLACE), start=1):
        record = TurnRecord("web-1", "web", f"id-{number}", 1_700_000_000.0 + number, sent.text, sent.pressed)
        TurnRecords(store).keep(record)
    return "web-1"


def sent_in(trials: Trials, name: str) -> "tuple[Sent, ...] | None":
    found = trials.get(name)
    return found.sent if found is not None else None


def test_a_trial_is_what_was_sent_in_it_in_its_order(trials: Trials) -> None:
    name = trials.begin()
    trials.go_on(name, 0, [HELLO])
    trials.go_on(name, 1, [WORRY, PLACE])
    assert sent_in(trials, name) == (HELLO, WORRY, PLACE)


def test_who_steps_back_goes_on_from_there(trials: Trials) -> None:
    name = trials.begin()
    trials.go_on(name, 0, [HELLO, WORRY])
    trials.go_on(name, 1, [PLACE])
    assert sent_in(trials, name) == (HELLO, PLACE)


def test_a_branch_begins_as_the_other_does_and_leaves_it_as_it_is(trials: Trials) -> None:
    name = trials.begin()
    trials.go_on(name, 0, [HELLO, WORRY])
    other = trials.branch(name, 1)
    assert other is not None
    trials.go_on(other, 1, [PLACE])
    assert (sent_in(trials, name), sent_in(trials, other)) == ((HELLO, WORRY), (HELLO, PLACE))


def test_nobody_gets_the_trial_of_another(of: Callable[[str], Trials], trials: Trials) -> None:
    name = trials.begin()
    assert of("次郎").get(name) is None
    assert of("次郎").go_on(name, 0, [HELLO]) is None
    assert of("次郎").branch(name, 0) is None
    assert of("次郎").all() == ()


def test_a_trial_is_gone_a_day_after_it_was_last_gone_on_with(trials: Trials, clock: Clock) -> None:
    name = trials.begin()
    clock.now += DAY_S / 2
    trials.go_on(name, 0, [HELLO])
    clock.now += DAY_S / 2
    assert trials.get(name) is not None
    clock.now += DAY_S / 2
    assert (trials.get(name), trials.all()) == (None, ())


def test_what_is_a_day_old_is_erased_and_nothing_else(store: Database, trials: Trials, clock: Clock) -> None:
    trials.begin()
    clock.now += DAY_S
    name = trials.begin()
    assert forget_trials(store, clock.now) == 1
    assert [trial.name for trial in trials.all()] == [name]


def test_the_oldest_of_many_goes_and_nobody_elses_with_it(of: Callable[[str], Trials], clock: Clock) -> None:
    others = of("次郎").begin()
    names = []
    for _ in range(MOST + 1):
        clock.now += 1
        names.append(of("花子").begin())
    assert [trial.name for trial in of("花子").all()] == names[:0:-1]
    assert of("次郎").get(others) is not None


def test_what_would_be_too_many_messages_is_left_out(trials: Trials) -> None:
    name = trials.begin()
    trials.go_on(name, 0, [HELLO] * (MOST_MESSAGES + 1))
    assert len(sent_in(trials, name) or ()) == MOST_MESSAGES


def test_a_telephone_number_that_is_tried_is_not_kept(trials: Trials) -> None:
    name = trials.begin()
    trials.go_on(name, 0, [Sent("090-1234-5678 です")])
    assert sent_in(trials, name) == (Sent("〔電話番号〕 です"),)


def test_a_trial_begins_with_what_an_owner_sent_up_to_a_turn(trials: Trials, talk: str) -> None:
    name = trials.begin_with(talk, 2)
    assert name is not None
    found = trials.get(name)
    assert found is not None
    assert (found.sent, found.conversation, found.number) == ((HELLO, WORRY), talk, 2)


def test_what_was_pressed_is_pressed_again(trials: Trials, talk: str) -> None:
    name = trials.begin_with(talk, 3)
    assert name is not None and sent_in(trials, name) == (HELLO, WORRY, PLACE)


def test_nothing_begins_with_a_turn_that_is_not_kept(trials: Trials, talk: str) -> None:
    assert [trials.begin_with(talk, number) for number in (0, 4)] == [None, None]
    assert trials.begin_with("web-2", 1) is None


def test_what_an_owner_took_back_is_in_no_trial(store: Database, trials: Trials, talk: str) -> None:
    Unsent(store).add(talk, "id-2")
    name = trials.begin_with(talk, 3)
    assert name is not None and sent_in(trials, name) == (HELLO, PLACE)
    assert trials.begin_with(talk, 2) is None


def test_who_takes_a_message_back_ends_the_trials_that_have_it(store: Database, trials: Trials, talk: str) -> None:
    before, after = trials.begin_with(talk, 1), trials.begin_with(talk, 2)
    Unsent(store).add(talk, "id-2")
    assert [trial.name for trial in trials.all()] == [before]
    assert after is not None


def test_a_trial_and_its_branches_go_with_the_conversation_that_they_begin_with(
    store: Database, trials: Trials, talk: str
) -> None:
    own = trials.begin()
    name = trials.begin_with(talk, 2)
    assert name is not None and trials.branch(name, 1) is not None
    forget_conversation(store, talk)
    assert [trial.name for trial in trials.all()] == [own]
    assert trials.go_on(name, 2, [PLACE]) is None

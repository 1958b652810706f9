"""One training at a time, whoever begins it where; it says how far it is, ends when told to, is missed when dead."""

from __future__ import annotations

import threading
from typing import List

import pytest

from bot.store import Action, Audit, By, Database, Outcome, Step, Task, Trainings, UnderWayError, Wanted
from bot.store.trainings import KEPT, LEASE_S, MOST_LINES
from tests.store.patience import opened

HANAKO = By("花子", "192.0.2.7")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def trainings(store: Database, clock: Clock) -> Trainings:
    return Trainings(store, clock)


def test_a_training_says_how_far_it_is(trainings: Trainings) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    assert trainings.go_on(number, Step.MEASURES, 3, 9)
    latest = trainings.latest()
    assert latest is not None
    assert (latest.id, latest.who, latest.outcome) == (number, "花子", Outcome.UNDER_WAY)
    assert (latest.step, latest.done, latest.of) == (Step.MEASURES, 3, 9)


def test_no_second_one_begins_beside_it_and_the_next_after_it(trainings: Trainings) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    with pytest.raises(UnderWayError):
        trainings.begin(HANAKO, Task.MEASURE, "a")
    trainings.end(number, Outcome.DONE, "a")
    assert trainings.begin(HANAKO, Task.MEASURE, "a") > number


def test_of_many_who_begin_at_once_in_two_processes_one_does(address: str) -> None:
    stores, won, lost = [opened(address), opened(address)], list[int](), list[int]()
    stores[0].reading()

    def begin(number: int) -> None:
        try:
            won.append(Trainings(stores[number % 2]).begin(HANAKO, Task.TRAIN))
        except UnderWayError:
            lost.append(number)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)


def test_who_is_told_to_stop_hears_it_when_they_go_on(trainings: Trainings) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    assert trainings.stop(HANAKO)
    assert not trainings.go_on(number)
    trainings.end(number, Outcome.STOPPED)
    assert not trainings.stop(HANAKO)


def test_one_that_is_not_heard_of_is_lost_and_another_may_begin(trainings: Trainings, clock: Clock) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    clock.now += LEASE_S - 1
    trainings.go_on(number)
    clock.now += LEASE_S + 1
    latest = trainings.latest()
    assert latest is not None and latest.outcome is Outcome.LOST
    assert trainings.begin(HANAKO, Task.TRAIN) > number


def test_one_that_stood_still_and_was_taken_for_lost_hears_that_it_is_to_end_and_changes_nothing(
    trainings: Trainings, clock: Clock
) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    clock.now += LEASE_S + 1
    other = trainings.begin(HANAKO, Task.TRAIN)
    assert not trainings.go_on(number, Step.MEASURES)
    trainings.end(number, Outcome.DONE, "a")
    one, another = trainings.one(number), trainings.one(other)
    assert one is not None and another is not None
    assert (one.outcome, another.outcome) == (Outcome.LOST, Outcome.UNDER_WAY)


def test_a_clock_that_was_set_back_keeps_nobody_out(trainings: Trainings, clock: Clock) -> None:
    trainings.begin(HANAKO, Task.TRAIN)
    clock.now -= 86_400.0
    assert trainings.begin(HANAKO, Task.TRAIN)


def test_the_log_is_read_from_its_end_in_order(trainings: Trainings) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    for each in range(5):
        trainings.say(number, f"{each}\0")
    assert [line.text for line in trainings.log(number, 3)] == ["2", "3", "4"]


def test_a_log_that_never_ends_is_cut_off(store: Database, trainings: Trainings) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    with store.writing() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO training_log (training, number, at, line) VALUES ({number}, {MOST_LINES}, 0, 'last')"
        )
    trainings.say(number, "one too many")
    assert [line.text for line in trainings.log(number, 9)] == ["last"]


def test_a_few_are_kept_with_their_logs(store: Database, trainings: Trainings) -> None:
    numbers: List[int] = []
    for _ in range(KEPT + 2):
        numbers.append(trainings.begin(HANAKO, Task.TRAIN))
        trainings.say(numbers[-1], "a line")
        trainings.end(numbers[-1], Outcome.DONE, "a")
    assert [trainings.one(number) is not None for number in numbers] == [False] * 2 + [True] * KEPT
    assert [bool(trainings.log(number, 1)) for number in numbers] == [False] * 2 + [True] * KEPT


def test_who_began_and_stopped_what_is_noted(store: Database, trainings: Trainings, clock: Clock) -> None:
    number = trainings.begin(HANAKO, Task.TRAIN)
    trainings.stop(HANAKO)
    trainings.end(number, Outcome.STOPPED)
    trainings.begin(HANAKO, Task.MEASURE, "a")
    noted = Audit(store, clock).entries(Wanted(), 10)
    assert [(each.by, each.action, each.about) for each in reversed(noted)] == [
        (HANAKO, Action.TRAINING_BEGUN, None),
        (HANAKO, Action.TRAINING_STOPPED, None),
        (HANAKO, Action.MEASURING_BEGUN, "a"),
    ]

"""What models were measured to do is kept and compared; whoever chooses one knows of the choice before theirs."""

from __future__ import annotations

from typing import List

import pytest

from bot.store import (
    Action,
    Audit,
    By,
    ChosenMeanwhileError,
    Database,
    Kind,
    Models,
    Result,
    Wanted,
)
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
def models(store: Database, clock: Clock) -> Models:
    return Models(store, clock)


def results(*right: bool, kind: Kind = Kind.TURNS) -> List[Result]:
    return [Result(kind, f"{number}", "digest", is_right, "?") for number, is_right in enumerate(right)]


def test_what_a_model_did_is_as_it_was_kept(models: Models, clock: Clock) -> None:
    kept = results(True, False)
    models.keep("a", kept)
    measured = models.measured("a")
    assert measured is not None
    assert (measured.at, list(measured.results)) == (clock.now, kept)
    assert models.measured("b") is None


def test_a_model_that_is_measured_anew_has_its_latest_results_alone(models: Models) -> None:
    models.keep("a", results(False, False, False))
    models.keep("b", results(False))
    models.keep("a", results(True))
    measured = models.measured("a")
    assert measured is not None and [one.is_right for one in measured.results] == [True]
    assert models.shares() == {"a": {Kind.TURNS: (1, 1)}, "b": {Kind.TURNS: (0, 1)}}


def test_shares_are_counted_by_kind(models: Models) -> None:
    models.keep("a", [*results(True, False, True), *results(False, kind=Kind.DIALOGUES)])
    assert models.shares() == {"a": {Kind.TURNS: (2, 3), Kind.DIALOGUES: (0, 1)}}


def test_results_of_the_latest_twenty_models_are_kept(models: Models, clock: Clock) -> None:
    for number in range(22):
        clock.now += 1
        models.keep(f"{number}", results(True))
    assert set(models.measured_at()) == set(models.shares()) == {f"{number}" for number in range(2, 22)}


def test_two_thousand_results_are_kept_whole(models: Models) -> None:
    models.keep("a", results(*[True] * 2_000))
    assert models.shares()["a"] == {Kind.TURNS: (2_000, 2_000)}


def test_choices_are_read_latest_first(models: Models) -> None:
    first = models.choose(HANAKO, "b", "a", "よくなったので", False, None)
    models.choose(HANAKO, "a", "b", "", True, first)
    assert [(each.who, each.model, each.before, each.reason, each.back) for each in models.activations(9)] == [
        ("花子", "a", "b", "", True),
        ("花子", "b", "a", "よくなったので", False),
    ]


def test_who_does_not_know_of_the_latest_choice_chooses_nothing(models: Models) -> None:
    first = models.choose(HANAKO, "b", "a", "", False, None)
    for known in (None, first + 1):
        with pytest.raises(ChosenMeanwhileError):
            models.choose(HANAKO, "c", "a", "", False, known)
    assert len(models.activations(9)) == 1


def test_a_choice_is_noted_with_its_reason(store: Database, models: Models, clock: Clock) -> None:
    first = models.choose(HANAKO, "b", "a", "急ぎなので", False, None)
    models.choose(HANAKO, "a", "b", "", True, first)
    noted = Audit(store, clock).entries(Wanted(), 9)
    assert [(each.action, each.about, each.detail) for each in noted] == [
        (Action.MODEL_BROUGHT_BACK, "a", None),
        (Action.MODEL_CHOSEN, "b", "急ぎなので"),
    ]


def test_the_model_that_somebody_looked_at_last_is_to_be_prepared_for_a_while(models: Models, clock: Clock) -> None:
    models.prepare(HANAKO, "a")
    models.prepare(HANAKO, "b")
    assert models.to_prepare() == "b"
    clock.now += 601
    assert models.to_prepare() is None


def test_processes_say_which_model_answers_until_they_say_nothing_more(models: Models, clock: Clock) -> None:
    models.answers("host:1", "a")
    models.answers("host:2", "a")
    clock.now += 20
    models.answers("host:2", "b", "gone")
    assert [(each.process, each.model, each.problem) for each in models.answering()] == [
        ("host:1", "a", None),
        ("host:2", "b", "gone"),
    ]
    clock.now += 20
    assert [each.process for each in models.answering()] == ["host:2"]

"""What an owner says in passing is met in words of its own, unless something else in it is answered."""

from __future__ import annotations

import pytest

from bot.consult.moves import Confides, Feeling, Feels, Pick, Problem, Refuses, TurnedAway
from bot.consult.reading.understood import ReadMove
from tests.consult.conftest import Hears, a_consultation, understood

BELOW = a_consultation(issue="事業承継", question="anything_else")
NOT_TOLD = "まだ本人には言ってない"


def test_what_is_said_in_passing_is_heard(hears: Hears) -> None:
    heard = hears(BELOW, understood(NOT_TOLD, ("事業承継", 0.5)))
    assert heard.first(Confides) == Confides("has_not_told_them_yet")


def test_it_is_no_refusal_and_no_end_of_the_talk(hears: Hears) -> None:
    heard = hears(BELOW, understood(NOT_TOLD, ("deny", 0.9)))
    assert not heard.has(Refuses, Pick)


def test_it_takes_the_place_of_a_feeling_of_no_special_kind(hears: Hears) -> None:
    anxious = ReadMove("feels", 0.9, how="anxious")
    heard = hears(BELOW, understood("税務署に行くのが怖い", ("資金繰り", 0.5), moves=(anxious,)))
    assert heard.has(Confides)
    assert not heard.has(Feels)


def test_a_death_is_met_before_it(hears: Hears) -> None:
    bereaved = ReadMove("feels", 0.97, how="bereaved")
    heard = hears(BELOW, understood("妻が死んで、全部一人でやってます", ("課題不明確", 0.5), moves=(bereaved,)))
    assert heard.first(Feels) == Feels(Feeling.BEREAVED)
    assert not heard.has(Confides)


@pytest.mark.parametrize("text", ["まだ本人には言ってないのですが、大丈夫ですか", "友人が離島で民宿を始めました"])
def test_a_question_or_what_is_told_of_others_is_none(hears: Hears, text: str) -> None:
    assert not hears(BELOW, understood(text, ("事業承継", 0.5))).has(Confides)


def test_who_was_turned_away_is_met_as_that(hears: Hears) -> None:
    away = ReadMove("complains", 0.97, about="institution")
    heard = hears(BELOW, understood("銀行に相手にしてもらえなかった", ("資金繰り", 0.4), moves=(away,)))
    assert heard.has(TurnedAway)
    assert not heard.has(Confides)


def test_a_worry_that_the_message_tells_stays(hears: Hears) -> None:
    opening = understood("小麦粉が上がって、値上げを言い出せません", ("下請取引", 0.95))
    heard = hears(a_consultation(), opening)
    assert heard.has(Confides)
    assert heard.first(Problem) is not None


def test_as_often_as_there_are_answers_it_is_heard(hears: Hears) -> None:
    said = BELOW.with_talk(asides=("has_not_told_them_yet",) * 3)
    heard = hears(said, understood(NOT_TOLD, ("事業承継", 0.5)))
    assert not heard.has(Confides)

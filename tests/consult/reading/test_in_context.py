"""What a message on its own does: it tells of an issue, of two that it may be, or nothing that is clear."""

from __future__ import annotations

import pytest

from bot.consult.moves import About, Asks, Greets, Problem, Standing, WantsPerson
from bot.consult.reading import Thresholds
from bot.consult.reading.hearing import guesses
from bot.consult.state import UNCLEAR
from bot.knowledge import Knowledge
from bot.messages import COMES_IN, PERSON
from bot.normalization import LONGEST_TEXT_READ
from tests.consult.conftest import Hears, a_consultation, understood


def test_a_message_over_the_limit_is_heard_to_be_too_long_and_not_read(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("あ" * (LONGEST_TEXT_READ + 1), ("創業", 0.9)))
    assert heard.too_long
    assert heard.moves == ()


def test_a_message_of_just_the_limit_is_read(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("あ" * LONGEST_TEXT_READ, ("創業", 0.9)))
    assert not heard.too_long
    assert heard.leading is not None


def test_a_sure_issue_is_taken(hears: Hears) -> None:
    leading = hears(a_consultation(), understood("店を出したい", ("創業", 0.8))).leading
    assert leading is not None
    assert leading.issue == "創業"


def test_two_close_issues_are_two_guesses(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("お金がない", ("創業", 0.4), ("資金繰り", 0.35)))
    assert [problem.issue for problem in heard.problems(Standing.GUESSED)] == ["創業", "資金繰り"]
    assert heard.leading is None


def test_a_flat_ranking_is_not_understood(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("うーん", ("創業", 0.2), ("資金繰り", 0.15)))
    assert heard.unsure
    assert heard.moves == ()


def test_no_marks_and_no_letters_are_not_understood(hears: Hears) -> None:
    assert hears(a_consultation(), understood("🙂🙂", ("創業", 0.9))).unsure


def test_a_sub_issue_told_with_the_issue_is_taken(hears: Hears) -> None:
    message = understood("娘婿に株を渡す税金が心配", ("事業承継", 0.9), sub_issues={"事業承継": ("tax", 0.9)})
    leading = hears(a_consultation(), message).leading
    assert leading == Problem("事業承継", "tax", confidence=0.9, words="娘婿に株を渡す税金が心配")


def test_a_sub_issue_that_is_not_clear_is_left_open(hears: Hears) -> None:
    message = understood("会社を継がせたい", ("事業承継", 0.9), sub_issues={"事業承継": ("tax", 0.4)})
    leading = hears(a_consultation(), message).leading
    assert leading is not None
    assert leading.sub_issue is None


def test_that_the_matter_is_unclear_is_never_offered_as_a_guess(knowledge: Knowledge, thresholds: Thresholds) -> None:
    message = understood("うーん", ("課題不明確", 0.4), ("資金繰り", 0.3), ("人材確保", 0.2))
    assert guesses(knowledge, message, thresholds.guess) == ("資金繰り", "人材確保")


def test_guesses_that_are_hardly_likely_are_none(knowledge: Knowledge) -> None:
    message = understood("うーん", ("資金繰り", 0.1), ("人材確保", 0.1))
    assert guesses(knowledge, message, 0.3) == ()


@pytest.mark.parametrize("text", ["こんなこと、ここに書いていいんでしょうか", "とりあえず続きを"])
def test_what_is_written_right_after_distress_is_no_message_that_was_not_understood(hears: Hears, text: str) -> None:
    heard = hears(a_consultation(comforted=True), understood(text, ("ask_capability", 0.4), ("deny", 0.3)))
    assert heard.moves == ()
    assert not heard.unsure


def test_who_asks_something_right_after_distress_is_heard_to_ask(hears: Hears) -> None:
    heard = hears(a_consultation(comforted=True), understood("お金はかかりますか", ("ask_cost", 0.9)))
    assert heard.moves == (Asks(About.COST),)


def test_who_is_tired_is_heard_to_have_no_clear_issue(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("もうへとへとですわ", ("out_of_scope", 0.3), ("課題不明確", 0.25)))
    assert heard.leading is not None
    assert heard.leading.issue == UNCLEAR


def test_to_have_something_to_ask_says_no_more_than_a_greeting(hears: Hears) -> None:
    assert hears(a_consultation(), understood("ちょっと相談があります", ("課題不明確", 0.9))).moves == (Greets(),)


def test_what_stands_at_any_time_is_settled_by_its_id(hears: Hears) -> None:
    waiting = a_consultation(issue="創業", question="prefecture")
    assert hears(waiting, understood("人に相談する", pressed=PERSON)).moves == (WantsPerson(),)
    assert hears(waiting, understood("", pressed=COMES_IN)).moves == (Greets(),)

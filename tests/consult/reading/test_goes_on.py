"""In the middle of a matter a message goes on with it: what sounds like something else has to say so."""

from __future__ import annotations

from typing import Optional

import pytest

from bot.consult.moves import About, Asks, Brings, Problem, Standing, Tells, WantsEasyJapanese, WantsToBeForgotten
from bot.consult.reading.put_right import Reading, put_right
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import ReadMove
from bot.knowledge import Knowledge
from tests.consult.conftest import Hears, a_consultation, understood

SUCCESSION = a_consultation(issue="事業承継", question="prefecture")
REVIEWS = a_consultation(issue="販路開拓", question="anything_else")
FORGETS = ReadMove("wants_to_be_forgotten", 0.9)


def test_another_matter_that_only_sounds_so_is_told_of_this_one(hears: Hears) -> None:
    assert hears(SUCCESSION, understood("従業員がお金を持ってない", ("資金繰り", 0.6))).moves == (Tells(),)


def test_another_matter_that_was_read_in_its_place_is_taken_up(hears: Hears) -> None:
    read = ReadMove("problem", 0.9, issue="資金繰り")
    heard = hears(SUCCESSION, understood("返済が苦しいです", ("資金繰り", 0.92), moves=(read,)))
    assert heard.leading is not None
    assert heard.leading.issue == "資金繰り"


def test_another_matter_that_was_read_for_half_sure_is_offered_later(thresholds: Thresholds) -> None:
    read = ReadMove("problem", 0.5, issue="資金繰り")
    message = understood("借金は300万ほどあります", ("資金繰り", 0.95), moves=(read,))
    told = put_right(Reading(SUCCESSION, message, thresholds, ()), (Problem("資金繰り"),), in_place=False)
    assert told == (Tells(), Problem("資金繰り", standing=Standing.BESIDE))


@pytest.mark.parametrize(("text", "deletes"), [("消せますか", False), ("ここに書いたことを消してほしい", True)])
def test_what_is_to_vanish_is_our_record_only_where_it_speaks_of_it(hears: Hears, text: str, deletes: bool) -> None:
    heard = hears(REVIEWS, understood(text, ("ask_capability", 0.5), moves=(FORGETS,)))
    assert heard.has(WantsToBeForgotten) is deletes


def test_who_cannot_read_kanji_is_heard_to_say_just_that(hears: Hears) -> None:
    heard = hears(REVIEWS, understood("かんじ わかりません", ("課題不明確", 0.4)))
    assert heard.moves == (WantsEasyJapanese(),)
    assert heard.in_kana


def test_a_president_is_not_sent_to_their_own_association(hears: Hears) -> None:
    heard = hears(a_consultation(), understood("商店街の会長をしています", ("商店街振興", 0.9)))
    assert heard.turned_down == ("shotengai_kumiai",)


def test_a_loan_for_a_shop_to_come_is_of_founding(hears: Hears, knowledge: Knowledge) -> None:
    founding = a_consultation(issue="創業", question="anything_else")
    message = understood("借りられますか", ("資金繰り", 0.99), sub_issues={"資金繰り": ("lending", 0.99)})
    heard = hears(founding, message)
    assert heard.leading is not None
    assert (heard.leading.issue, heard.leading.sub_issue) == (
        "創業",
        knowledge.issues["創業"].includes["資金繰り/lending"],
    )


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("店じまいを考えてます", "haigyo"),
        ("このまま続けてよいものか、たたんだほうがよいのか", "mayoi"),
        ("閉店セールをしたい", None),
    ],
)
def test_closing_and_indecision_are_told_in_plain_words(hears: Hears, text: str, matter: Optional[str]) -> None:
    brings = hears(a_consultation(), understood(text, ("事業承継", 0.9))).first(Brings)
    assert (brings.matter if brings else None) == matter


@pytest.mark.parametrize(
    ("text", "passed_on"),
    [
        ("登録にはいくらかかりますか", "登録にはいくらかかりますか"),
        ("続けて話せって、あんた聞きよるとか", ""),
        ("補助金で機械が買えると営業が来た。怪しいですか", "補助金で機械が買えると営業が来た。怪しいですか"),
        ("これ違法じゃねえの？", ""),
        ("補助金で催しをやろうと思うんですが", "補助金で催しをやろうと思うんですが"),
    ],
)
def test_what_is_passed_on_can_be_asked_elsewhere(hears: Hears, text: str, passed_on: str) -> None:
    assert hears(REVIEWS, understood(text, ("課題不明確", 0.5))).question == passed_on


def test_the_field_of_the_talk_stays_with_a_question_of_a_word_or_two(hears: Hears) -> None:
    of_taxes = a_consultation(issue="資金繰り", question="prefecture", fields=(("tax", 0.95),))
    assert hears(of_taxes, understood("いつから効くの？", fields={"tax": 0.2, "contract": 0.3})).field == "tax"


def test_what_money_they_have_is_no_question_for_fees(hears: Hears) -> None:
    asked = ReadMove("asks", 0.95, about="cost")
    heard = hears(REVIEWS, understood("お金は100万くらいしかないです", ("ask_cost", 0.6), moves=(asked,)))
    assert not [move for move in heard.moves if isinstance(move, Asks) and move.about is About.COST]


def test_how_many_work_there_is_no_worry_about_people(hears: Hears) -> None:
    fire = a_consultation().with_roads(brought=("kaji",))
    heard = hears(fire, understood("従業員が二人います", ("人材確保", 0.96), employee_count=2))
    assert not heard.has(Problem)

"""Moves that were read in their place: several of one message, and only where they are sure."""

from __future__ import annotations

from typing import Any, Tuple

import pytest

from bot.consult.moves import (
    About,
    Asks,
    Complains,
    Distress,
    Feels,
    Move,
    NotProblem,
    Pick,
    Problem,
    Standing,
    Stops,
    Thanks,
    WantsPerson,
    WillGo,
    every,
)
from bot.consult.reading.understood import ReadMove
from bot.consult.state import Question
from tests.consult.conftest import Hears, a_consultation, a_road, understood

ASKED_WHERE = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")
BELOW_A_ROAD = a_consultation(
    issue="資金繰り", sub_issue="lending", question="anything_else", shown=(a_road("資金繰り", "lending"),)
)
OFFERED = a_consultation(
    issue="資金繰り", sub_issue="lending", question="sheet", shown=(a_road("資金繰り", "lending"),)
)


def read(move: str, confidence: float = 0.95, **arguments: Any) -> ReadMove:
    return ReadMove(move, confidence, **arguments)


def heard(hears: Hears, there: Any, text: str, *moves: ReadMove, intent: str = "課題不明確") -> Tuple[Move, ...]:
    return hears(there, understood(text, (intent, 0.5), moves=moves)).moves


def topics(moves: Tuple[Move, ...]) -> Tuple[About, ...]:
    return tuple(asked.about for asked in every(moves, Asks))


def test_two_questions_are_two_questions(hears: Hears) -> None:
    asked = heard(
        hears,
        ASKED_WHERE,
        "予約は要りますか。何を持って行けばいいですか",
        read("asks", about="appointment"),
        read("asks", about="documents"),
    )
    assert topics(asked) == (About.APPOINTMENT, About.DOCUMENTS)


def test_one_sentence_asks_one_thing(hears: Hears) -> None:
    asked = heard(
        hears, ASKED_WHERE, "予約は要りますか", read("asks", about="appointment"), read("asks", 0.8, about="remote")
    )
    assert topics(asked) == (About.APPOINTMENT,)


def test_what_is_not_put_as_a_question_is_none_unless_beyond_doubt(hears: Hears) -> None:
    assert not every(heard(hears, ASKED_WHERE, "まず単価のほうを", read("asks", 0.85, about="first_step")), Asks)


def test_a_denial_withdraws_the_issue_and_names_another(hears: Hears) -> None:
    moves = heard(
        hears,
        ASKED_WHERE,
        "借りる話は済みました。人が来ないんです",
        read("not_problem", issue="資金繰り"),
        read("problem", issue="人材確保"),
    )
    assert [type(move) for move in moves] == [NotProblem, Problem]
    assert every(moves, Problem)[0].issue == "人材確保"


def test_a_denial_of_something_else_is_of_that_alone(hears: Hears) -> None:
    denied = heard(hears, ASKED_WHERE, "開業のことではありません", read("not_problem", issue="創業"))
    assert every(denied, NotProblem) == (NotProblem("創業"),)


@pytest.mark.parametrize(("n", "answer"), [(1, "make"), (2, "skip")])
def test_an_answer_is_picked_by_its_meaning(hears: Hears, n: int, answer: str) -> None:
    (pick,) = heard(hears, OFFERED, "紙があると助かります", read("pick", n=n))
    assert isinstance(pick, Pick)
    assert pick.option.is_(Question.SHEET, answer)


def test_who_takes_leave_is_let_go(hears: Hears) -> None:
    assert heard(hears, ASKED_WHERE, "仕込みがあるので、これで", read("stops")) == (Stops(),)


def test_who_thanks_us_and_leaves_does_both(hears: Hears) -> None:
    assert heard(hears, BELOW_A_ROAD, "今夜はここまで", read("thanks", 0.99), read("stops", 0.8)) == (Stops(), Thanks())


def test_who_will_go_is_not_asked_whether_it_helps(hears: Hears) -> None:
    assert heard(hears, BELOW_A_ROAD, "明日行ってみます", read("will_go"), read("asks", 0.8, about="chance")) == (
        WillGo(),
    )


def test_a_person_is_called_where_one_is_wanted(hears: Hears) -> None:
    assert heard(hears, ASKED_WHERE, "人間出して", read("wants_person")) == (WantsPerson(),)


def test_what_is_not_sure_is_left_to_the_rest_of_the_reading(hears: Hears) -> None:
    assert not every(heard(hears, ASKED_WHERE, "はあ", read("stops", 0.45)), Stops)


def test_a_cause_told_with_the_place_is_kept_beside(hears: Hears) -> None:
    message = understood(
        "埼玉。元請が払ってくれない", moves=(read("problem", issue="下請取引"),), prefectures=("埼玉県",)
    )
    (cause,) = every(hears(ASKED_WHERE, message).moves, Problem)
    assert (cause.issue, cause.standing) == ("下請取引", Standing.BESIDE)


def test_who_mourns_is_heard_so_and_not_as_distress(hears: Hears) -> None:
    message = understood(
        "父が亡くなりました", ("distress", 0.6), moves=(read("feels", how="bereaved"), read("distress", 0.4))
    )
    heard_there = hears(BELOW_A_ROAD, message)
    assert (heard_there.has(Feels), heard_there.has(Distress)) == (True, False)


def test_words_of_ones_own_death_are_distress_beside_any_grief(hears: Hears) -> None:
    message = understood("妻が死んで、私ももう死にたい", ("distress", 0.6), moves=(read("feels", how="bereaved"),))
    assert hears(BELOW_A_ROAD, message).has(Distress)


def test_a_death_that_is_only_feared_is_not_condoled_with(hears: Hears) -> None:
    felt = (read("feels", how="bereaved"), read("problem", issue="事業承継"))
    message = understood("父が亡くなったら税金が心配です", ("事業承継", 0.9), moves=felt)
    assert not hears(BELOW_A_ROAD, message).has(Feels)


def test_the_kind_that_the_words_alone_make_certain_is_taken_before_a_pick_by_meaning(hears: Hears) -> None:
    asked = a_consultation(issue="創業", question="sub_issue")
    told = understood(
        "物件は決まって工事を待つところ",
        ("創業", 0.7),
        sub_issues={"創業": ("at_start", 0.96)},
        moves=(read("pick", n=1),),
    )
    (pick,) = every(hears(asked, told).moves, Pick)
    assert pick.option.answer == "at_start"


def test_a_yes_with_a_doubt_in_it_is_no_consent_to_a_sheet(hears: Hears) -> None:
    asked = a_consultation(issue="資金繰り", shown=(a_road("資金繰り"),), question="sheet")
    doubts = understood("はい、でも誰が見るんですか", ("ask_sheet", 0.5), moves=(read("yes"), read("pick", n=1)))
    assert not every(hears(asked, doubts).moves, Pick)


def test_what_a_message_denies_brings_nothing_up(hears: Hears) -> None:
    there = a_consultation(issue="資金繰り", shown=(a_road("資金繰り"),), question="anything_else")
    told = understood(
        "銀行は関係ないって言ってるでしょう",
        ("ask_institution", 0.9),
        institutions=("local_bank",),
        moves=(read("asks", about="contact"),),
    )
    assert not every(hears(there, told).moves, Asks)


def test_a_complaint_about_us_is_no_question(hears: Hears) -> None:
    told = understood(
        "人の話を聞いてるのか",
        ("ask_institution", 0.7),
        moves=(read("complains", about="bot"), read("asks", 0.9, about="bot")),
    )
    assert [type(move) for move in hears(ASKED_WHERE, told).moves] == [Complains]


TWO_OFFERED = a_consultation(question="which_issue", candidates=("人材確保", "事業承継"))


def test_who_cannot_say_which_of_two_leaves_it_to_us(hears: Hears) -> None:
    (pick,) = heard(hears, TWO_OFFERED, "どっちとも言えませんね", read("does_not_know"))
    assert isinstance(pick, Pick)
    assert pick.left_to_us


def test_who_denies_one_of_two_means_the_other(hears: Hears) -> None:
    (pick,) = heard(hears, TWO_OFFERED, "跡取りはもう決まりました", read("not_problem", issue="事業承継"))
    assert isinstance(pick, Pick)
    assert pick.option.is_(Question.ISSUE, "人材確保")


def test_thanks_in_the_middle_do_not_end_a_message_that_asks(hears: Hears) -> None:
    moves = heard(hears, BELOW_A_ROAD, "ありがとうございます。計画書はどう書けばいいですか。不安です", read("thanks"))
    assert every(moves, Asks)


def test_who_says_that_they_go_and_thanks_does_both(hears: Hears) -> None:
    moves = heard(hears, BELOW_A_ROAD, "明日行きます。助かりました", read("will_go"), read("thanks"))
    assert moves == (WillGo(), Thanks())


def test_half_a_refusal_of_the_place_is_none_beside_a_fear(hears: Hears) -> None:
    moves = heard(hears, ASKED_WHERE, "怖くて言い出せません", read("feels", how="anxious"), read("refuses", 0.6))
    assert not every(moves, Pick)


def test_a_no_that_begins_a_message_below_a_road_takes_the_matter_back(hears: Hears) -> None:
    moves = heard(hears, BELOW_A_ROAD, "違います。そういう話をしたんじゃないんです", read("not_problem"))
    assert every(moves, NotProblem) == (NotProblem("資金繰り"),)


def test_words_like_those_of_an_institution_are_no_question_where_none_is_put(hears: Hears) -> None:
    message = understood(
        "商工会議所はもう何べんも行った",
        ("ask_institution", 0.9),
        moves=(read("fact", slot="tried", value="商工会議所"),),
    )
    assert not every(hears(BELOW_A_ROAD, message).moves, Asks)


def test_who_asks_whether_to_call_somebody_else_makes_no_promise(hears: Hears) -> None:
    message = understood("そうじゃなくて、相手に自分で電話していいかを聞いたんです", ("affirm", 0.8))
    assert not every(hears(BELOW_A_ROAD, message).moves, WillGo)


def test_the_kind_in_hand_is_denied_by_the_name_that_we_gave_it(hears: Hears) -> None:
    there = a_consultation(issue="販路開拓", sub_issue="local_trader", question="anything_else")
    message = understood("地元のお客さまの減少ではないと思うんですが", ("販路開拓", 0.5))
    assert every(hears(there, message).moves, NotProblem) == (NotProblem("販路開拓", "local_trader"),)


def test_anger_that_sounds_like_a_question_asks_nothing(hears: Hears) -> None:
    moves = heard(hears, ASKED_WHERE, "ふざけた話でしょう。腹が立って仕方がない", read("feels", how="angry"))
    assert not every(moves, Asks)


def test_a_worry_beside_that_was_not_read_is_not_made_up(hears: Hears) -> None:
    message = understood(
        "ひとりで左官をしています。元請けが払ってくれません",
        ("下請取引", 0.9),
        moves=(read("problem", issue="下請取引"),),
        other_issues={"人材確保": 0.95},
    )
    assert [told.issue for told in every(hears(a_consultation(), message).moves, Problem)] == ["下請取引"]

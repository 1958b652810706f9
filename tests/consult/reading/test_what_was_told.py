"""What a message tells in passing is not asked for, and what it does not ask is not answered."""

from __future__ import annotations

from typing import Dict

import pytest

from bot.consult.moves import (
    About,
    Asks,
    Complains,
    Distress,
    Feels,
    NotProblem,
    Pick,
    Problem,
    Stops,
    Tells,
    Thanks,
    every,
)
from bot.consult.reading.understood import ReadMove, is_put_aside, understood_from
from bot.knowledge import AnswerId
from tests.consult.conftest import Hears, a_consultation, a_road, understood

UNDER_WAY = a_consultation(
    issue="人材確保", sub_issue="hiring", question="anything_else", shown=(a_road("人材確保", "hiring"),)
)


def likeness(**answers: float) -> Dict[AnswerId, float]:
    return {AnswerId.parse(name.replace("__", "/")): like for name, like in answers.items()}


def test_a_complaint_and_its_cause_told_in_one_breath_are_both_told(hears: Hears) -> None:
    message = understood(
        "お客さんが減って、売上も落ちています",
        ("課題不明確", 0.7),
        symptoms=likeness(comes_with__sales_down=0.8, what_fell__customers=0.76),
    )
    assert hears(a_consultation(), message).comes_with == (
        AnswerId("comes_with", "sales_down"),
        AnswerId("what_fell", "customers"),
    )


def test_a_complaint_alone_has_no_cause_yet(hears: Hears) -> None:
    message = understood("売上が減っています", ("販路開拓", 0.85), symptoms=likeness(comes_with__sales_down=0.97))
    assert hears(a_consultation(), message).comes_with == (AnswerId("comes_with", "sales_down"),)


def test_an_institution_that_was_tried_is_not_explained(hears: Hears) -> None:
    text = "ハローワークにはもう出してます"
    parse = {
        "text": text,
        "entities": [{"entity": "institution", "value": "hellowork", "start": 0, "end": 6}],
        "intent_ranking": [{"name": "ask_institution", "confidence": 0.7}],
    }
    heard = hears(UNDER_WAY, understood_from(parse))
    assert heard.turned_down == ("hellowork",)
    assert heard.institutions == ()


def test_a_place_that_it_is_not_is_not_where_the_owner_is() -> None:
    parse = {
        "text": "福島じゃないです",
        "entities": [{"entity": "prefecture", "value": "福島県", "start": 0, "end": 2}],
        "facts": [{"slot": "prefecture", "value": "福島県"}],
    }
    assert understood_from(parse).prefectures == ()


def test_who_is_not_heard_is_owned_up_to_whatever_their_words_sound_like(hears: Hears) -> None:
    heard = hears(UNDER_WAY, understood("さっき言いましたよ。聞いてますか", ("greet", 0.8)))
    assert heard.moves == (Complains(),)


def test_a_question_after_a_road_is_no_farewell(hears: Hears) -> None:
    message = understood("いえ、先に支払いです。車を取られたりしますか", ("deny", 0.9), moves=(ReadMove("no", 0.9),))
    heard = hears(UNDER_WAY, message)
    assert not heard.has(Pick, Stops)
    assert heard.has(Asks)


def test_thanks_with_a_word_after_it_are_thanks(hears: Hears) -> None:
    message = understood("ありがとう、豆腐を作って待ってます", ("out_of_scope", 0.9))
    assert hears(UNDER_WAY, message).moves == (Thanks(),)


@pytest.mark.parametrize("text", ["電話では何て言えばいいですか", "どう話したらいいんやろ", "なんて言うたらええの"])
def test_the_words_to_say_there_are_asked_for(hears: Hears, text: str) -> None:
    assert Asks(About.WORDS) in hears(UNDER_WAY, understood(text, ("ask_contact", 0.5))).moves


def test_who_begins_by_asking_what_to_say_asks_it_of_us(hears: Hears) -> None:
    moves = hears(a_consultation(), understood("何を話せばいいのか", ("課題不明確", 0.9))).moves
    assert not every(moves, Asks)


def test_fear_of_being_found_out_is_asked_about_secrecy(hears: Hears) -> None:
    message = understood("窓口の人は秘密を守ってくれないのですか", ("ask_capability", 0.9))
    (asked,) = every(hears(UNDER_WAY, message).moves, Asks)
    assert asked.about is About.SECRECY


def test_who_cannot_sleep_is_met_before_what_they_seem_to_ask(hears: Hears) -> None:
    message = understood(
        "もう寝られません。どうすればいいのか", ("人材確保", 0.5), moves=(ReadMove("asks", 0.4, about="why"),)
    )
    heard = hears(UNDER_WAY, message)
    assert heard.has(Feels)
    assert not heard.has(Asks)


def test_fear_that_is_told_with_a_worry_is_a_feeling_and_no_distress(hears: Hears) -> None:
    felt = ReadMove("feels", 0.95, how="anxious")
    message = understood("保証のことが怖いです", ("distress", 0.8), ("資金繰り", 0.1), moves=(felt,))
    heard = hears(a_consultation(), message)
    assert heard.strained
    assert not heard.has(Distress)


def test_who_says_that_no_death_is_meant_is_believed(hears: Hears) -> None:
    met = a_consultation(comforted=True, spoken=(("utter_comfort", 1),))
    heard = hears(met, understood("死ぬとかそういうことじゃないです", ("distress", 0.9)))
    assert heard.means_no_death
    assert not heard.has(Distress)


def test_who_speaks_of_dying_besides_is_not_calmed_by_a_denial(hears: Hears) -> None:
    met = a_consultation(comforted=True, spoken=(("utter_comfort", 1),))
    heard = hears(met, understood("大げさじゃないです。もう死ぬしかない", ("distress", 0.9)))
    assert heard.has(Distress)


def test_what_somebody_asks_themselves_is_no_question(hears: Hears) -> None:
    assert not understood("もう店をやめようかな").asks_within
    assert hears(UNDER_WAY, understood("もう店をやめようかな", ("out_of_scope", 0.7))).moves == (Tells(),)


def test_a_widow_is_not_asked_how_far_she_is_with_founding(hears: Hears) -> None:
    mourning = ReadMove("feels", 1.0, how="bereaved")
    message = understood("夫が先月亡くなり、会社をどうすれば", ("創業", 0.66), ("事業承継", 0.1), moves=(mourning,))
    assert not hears(a_consultation(), message).has(Problem)


def test_a_detail_put_right_below_the_road_asks_for_nothing_anew(hears: Hears) -> None:
    denies = ReadMove("not_problem", 0.8)
    message = understood(
        "やめるときの話です。工事なんてしません。本人が入院中でも、わたしが届けを出せますか",
        ("correct", 0.9),
        moves=(denies,),
    )
    assert not every(hears(UNDER_WAY, message).moves, NotProblem)


def test_which_comes_first_is_asked_whatever_the_names_were_taken_for(hears: Hears) -> None:
    message = understood(
        "よろずと商工会議所、どっちに先に電話すればいいですか",
        ("ask_contact", 0.9),
        moves=(ReadMove("asks", 0.9, about="contact"),),
        institutions=("yorozu", "cci"),
    )
    assert [move.about for move in every(hears(UNDER_WAY, message).moves, Asks)] == [About.ORDER]


def test_who_will_go_and_asks_something_is_answered(hears: Hears) -> None:
    goes = ReadMove("will_go", 0.95)
    message = understood(
        "ハローワークに聞いてみます。お客を呼ぶのは誰に相談したらいいですか？", ("affirm", 0.9), moves=(goes,)
    )
    assert every(hears(UNDER_WAY, message).moves, Asks)


def test_who_says_what_it_is_for_while_we_search_has_told_the_matter(hears: Hears) -> None:
    searching = a_consultation(issue="課題不明確", question="triage", symptom="time_spent")
    message = understood("人が来ないのがいちばん辛い。求人はどこに相談すればいいですか", ("人材確保", 0.91))
    heard = hears(searching, message)
    assert heard.leading is not None
    assert heard.leading.issue == "人材確保"


def test_whom_to_see_below_a_road_is_asked_for_the_first_step(hears: Hears) -> None:
    message = understood("だれに相談したらいいですか", ("ask_capability", 0.6))
    assert [move.about for move in every(hears(UNDER_WAY, message).moves, Asks)] == [About.FIRST_STEP]


def test_a_longer_denial_that_is_of_the_matter_in_hand_denies_something_else(hears: Hears) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="turnaround", question="prefecture")
    denies = ReadMove("not_problem", 0.99)
    message = understood("お客は来てくれてるから関係ないねん。返済の話や", ("資金繰り", 0.97), moves=(denies,))
    assert not every(hears(there, message).moves, NotProblem)


def test_three_worries_in_one_breath_have_no_first(hears: Hears) -> None:
    message = understood(
        "予約は電話とFAX、若い客は来ない、仲居も足りない",
        ("IT活用", 0.72),
        other_issues={"人材確保": 0.76, "販路開拓": 0.61},
    )
    assert {problem.issue for problem in every(hears(a_consultation(), message).moves, Problem)} == {
        "IT活用",
        "人材確保",
        "販路開拓",
    }


def test_the_kind_that_is_said_to_be_it_takes_the_place_of_the_one_in_hand(hears: Hears) -> None:
    there = a_consultation(
        issue="人材確保", sub_issue="workplace", question="anything_else", shown=(a_road("人材確保", "workplace"),)
    )
    message = understood(
        "辞めるのよりも、人が来ないのが一番だ", ("人材確保", 0.95), sub_issues={"人材確保": ("hiring", 0.85)}
    )
    heard = hears(there, message)
    assert heard.leading is not None
    assert heard.leading.sub_issue == "hiring"


def test_a_trade_that_is_put_aside_is_not_the_owners() -> None:
    assert is_put_aside("酒屋", "酒屋の話ではなくて、うちの利益のことです")


def test_who_denies_what_is_in_hand_and_tells_another_in_a_clause_means_that(hears: Hears) -> None:
    text = "配達の話ではなくて、仕入れが上がって利益が残らないんです"
    denies = ReadMove("not_problem", 0.95)
    ranking = (("課題不明確", 0.45), ("correct", 0.35))
    told = understood(text, *ranking, moves=(denies,), other_issues={"資金繰り": 0.85})
    there = a_consultation(issue="販路開拓", question="anything_else", shown=(a_road("販路開拓"),))
    assert "資金繰り" in [problem.issue for problem in every(hears(there, told).moves, Problem)]

"""What is said to the question that waits: an answer offered, a refusal, an issue named, or more of the same."""

from __future__ import annotations

import pytest

from bot.consult.moves import Asks, Pick, Refuses, Tells
from bot.consult.state import UNCLEAR, Question
from tests.consult.conftest import Hears, a_consultation, in_a_place, understood


@pytest.mark.parametrize("text", ["そこは勘弁してください", "それもパスで。狭い世界なんです", "言いたくありません"])
@pytest.mark.parametrize("question", [Question.SUB_ISSUE, Question.PREFECTURE])
def test_who_declines_skips_the_question(hears: Hears, question: Question, text: str) -> None:
    asked = a_consultation(issue="下請取引", question=question.value)
    pick = hears(asked, understood(text, ("下請取引", 0.8))).first(Pick)
    assert pick is not None
    assert pick.option.is_(question, "skip")


def test_a_word_about_an_institution_picks_no_sub_issue(hears: Hears) -> None:
    message = understood(
        "商工会なら先月も来ていたのに",
        ("課題不明確", 0.8),
        institutions=("shokokai",),
        sub_issues={"人材確保": ("hiring", 0.9)},
    )
    assert not hears(a_consultation(issue="人材確保", question="sub_issue"), message).has(Pick)


def test_a_sub_issue_in_the_owners_own_words_is_the_one_it_means(hears: Hears) -> None:
    message = understood("三か月出しても誰も来ん", ("人材確保", 0.9), sub_issues={"人材確保": ("hiring", 0.9)})
    pick = hears(a_consultation(issue="人材確保", question="sub_issue"), message).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.SUB_ISSUE, "hiring")


@pytest.mark.parametrize("text", ["ああ、そっちの話か", "そう言われれば、売り先の話ですね"])
def test_who_sees_it_in_what_was_found_has_agreed(hears: Hears, text: str) -> None:
    found = a_consultation(issue=UNCLEAR, question="which_issue", candidates=("販路開拓",), over=True)
    pick = hears(found, understood(text, ("下請取引", 0.4))).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.ISSUE, "販路開拓")


def test_facts_alone_agree_to_the_one_issue_that_was_found(hears: Hears) -> None:
    found = a_consultation(issue=UNCLEAR, question="which_issue", candidates=("販路開拓",), over=True)
    pick = hears(found, in_a_place("福井です", "福井県")).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.ISSUE, "販路開拓")


def test_what_a_yes_goes_on_to_name_is_taken_of_the_two_that_were_offered(hears: Hears) -> None:
    waiting = a_consultation(question="which_issue", candidates=("IT活用", "販路開拓"))
    message = understood("そうです、新しい売り先です", ("affirm", 0.9), other_issues={"販路開拓": 0.9})
    leading = hears(waiting, message).leading
    assert leading is not None
    assert leading.issue == "販路開拓"


def test_another_issue_must_be_clear_to_take_the_place_of_the_one_in_hand(hears: Hears) -> None:
    waiting = a_consultation(issue="知的財産", question="prefecture")
    assert hears(waiting, understood("試作は自分で", ("創業", 0.8))).moves == (Tells(),)
    leading = hears(waiting, understood("やっぱり人手のことで", ("人材確保", 0.95))).leading
    assert leading is not None
    assert leading.issue == "人材確保"


def test_a_place_alone_answers_the_question_for_it(hears: Hears) -> None:
    waiting = a_consultation(issue="創業", question="prefecture")
    heard = hears(waiting, in_a_place("福島です", "福島県", ("greet", 0.9)))
    assert heard.moves_beside_facts == ()
    assert not heard.unsure


def test_a_place_told_with_small_talk_answers_the_question_for_it(hears: Hears) -> None:
    waiting = a_consultation(issue="販路開拓", question="prefecture")
    text = "大崎です。漬物屋なんて珍しいでしょ、このへんじゃ"
    heard = hears(waiting, in_a_place(text, "宮城県", ("out_of_scope", 0.9)))
    assert heard.moves_beside_facts == ()
    assert not heard.unsure


def test_who_works_there_told_with_the_place_is_no_other_issue(hears: Hears) -> None:
    waiting = a_consultation(issue="資金繰り", question="prefecture")
    heard = hears(waiting, in_a_place("島根です。家内とわし", "島根県", ("人材確保", 0.97)))
    assert heard.moves_beside_facts == ()


@pytest.mark.parametrize(
    ("issue", "text", "prefecture", "intent"),
    [
        ("知的財産", "ところで知財総合支援窓口って静岡にもあるの", "静岡県", "ask_contact"),
        ("資金繰り", "島根です。お金はかかりますか", "島根県", "ask_cost"),
    ],
)
def test_a_question_told_with_the_place_is_heard(
    hears: Hears, issue: str, text: str, prefecture: str, intent: str
) -> None:
    heard = hears(a_consultation(issue=issue, question="prefecture"), in_a_place(text, prefecture, (intent, 0.97)))
    assert heard.has(Asks)
    assert [fact.value for fact in heard.moves if fact not in heard.moves_beside_facts] == [prefecture]


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_a_bare_yes_or_no_to_the_first_question_tells_of_no_worry_until_it_is_the_second(
    hears: Hears, intent: str
) -> None:
    text = {"affirm": "はい", "deny": "いいえ"}[intent]
    assert hears(a_consultation(question="issue"), understood(text, (intent, 0.95))).moves == (Refuses(),)
    again = hears(a_consultation(question="issue", misses=1), understood(text, (intent, 0.95)))
    assert again.leading is not None
    assert again.leading.issue == UNCLEAR

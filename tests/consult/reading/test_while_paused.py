"""While staff has the conversation, the bot hears distress, its own question and the way back, and nothing else."""

from __future__ import annotations

from typing import Optional, Tuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.consult.moves import (
    About,
    Asks,
    Distress,
    Move,
    Pick,
    StartsOver,
    WantsBot,
    WantsCallBack,
    WantsToBeForgotten,
)
from bot.consult.state import Consultation, Question
from bot.knowledge import load_knowledge
from tests.consult.conftest import Hears, a_consultation, understood

PAUSED = a_consultation(issue="資金繰り", question="prefecture", paused=True)
ASKED_FOR_CALL_BACK = a_consultation(issue="資金繰り", question="call_back", paused=True)
ISSUES = tuple(load_knowledge().issues)


def heard_as(
    hears: Hears, text: str, intent: str = "", confidence: float = 0.9, there: Consultation = PAUSED
) -> Tuple[Move, ...]:
    ranking = ((intent, confidence),) if intent else ()
    heard = hears(there, understood(text, *ranking))
    assert not heard.unsure
    return heard.moves


@pytest.mark.parametrize("intent", ["資金繰り", "ask_human", "ask_cost", "greet", "deny", "thank", ""])
def test_what_is_written_to_staff_is_not_for_the_bot(hears: Hears, intent: str) -> None:
    assert heard_as(hears, "先月から返済を止めています", intent) == ()


@pytest.mark.parametrize("text", ["1", "２", "福島です", "言いたくない", "", "😢", "あ" * 1001])
def test_an_answer_to_staff_answers_no_question_of_the_bots(hears: Hears, text: str) -> None:
    assert heard_as(hears, text) == ()


@pytest.mark.parametrize("text", ["ボットに戻る", "「ボットに戻る」", "ﾎﾞｯﾄに戻る", "ボットに戻してください。", "戻る"])
def test_the_owner_calls_the_bot_back(hears: Hears, text: str) -> None:
    assert heard_as(hears, text) == (WantsBot(),)


def test_the_bot_can_be_called_back_a_moment_after_staff_gave_the_conversation_back(hears: Hears) -> None:
    assert heard_as(hears, "ボットに戻る", "restart", there=PAUSED.resumed()) == (WantsBot(),)
    assert heard_as(hears, "戻る", "restart", there=PAUSED.resumed()) == (StartsOver(),)


def test_what_comes_after_staff_gave_the_conversation_back_is_heard_by_the_bot(hears: Hears) -> None:
    heard = hears(PAUSED, understood("店を出したい", ("創業", 0.95)), given_back=True)
    assert heard.leading is not None
    assert heard.given_back


@pytest.mark.parametrize("there", [PAUSED, ASKED_FOR_CALL_BACK], ids=["staff has it", "call-back was asked"])
def test_distress_is_heard_while_staff_has_the_conversation(hears: Hears, there: Consultation) -> None:
    assert heard_as(hears, "もう死にたい", "distress", 0.45, there) == (Distress(),)


def test_beginning_again_is_heard(hears: Hears) -> None:
    assert heard_as(hears, "最初からやり直したい", "restart") == (StartsOver(),)


def test_a_story_from_the_beginning_is_for_staff(hears: Hears) -> None:
    assert heard_as(hears, "最初からお話しすると、去年の春に父から店を継ぎました", "restart") == ()


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("夕方にお願いします", "affirm", (WantsCallBack(),)),
        ("0120の999の999に、10時ごろ", "deny", (WantsCallBack(),)),
        ("どうして番号がいるの", "ask_why", (Asks(About.WHY),)),
        ("借りたお金が返せないんです", "資金繰り", ()),
        ("😢", "affirm", ()),
        ("ボットに戻る", "", (WantsBot(),)),
    ],
)
def test_how_the_question_for_call_back_is_answered(
    hears: Hears, text: str, intent: str, expected: Tuple[Move, ...]
) -> None:
    assert heard_as(hears, text, intent, there=ASKED_FOR_CALL_BACK) == expected


@pytest.mark.parametrize(
    ("text", "intent"), [("電話はいらない", ""), ("1", ""), ("電話に出られないので、やめておきます", "deny")]
)
def test_who_wants_no_call_back_says_so(hears: Hears, text: str, intent: str) -> None:
    (pick,) = heard_as(hears, text, intent, there=ASKED_FOR_CALL_BACK)
    assert isinstance(pick, Pick)
    assert pick.option.is_(Question.CALL_BACK, "skip")


@pytest.mark.parametrize(
    ("there", "text"),
    [(PAUSED, "福島の旅館です。従業員は10人です"), (ASKED_FOR_CALL_BACK, "福島です。夕方に電話をください")],
    ids=["to staff", "a wish for call-back"],
)
def test_nothing_is_noted_of_what_is_written_to_staff(hears: Hears, there: Consultation, text: str) -> None:
    message = understood(text, prefectures=("福島県",), industry="旅館", employee_count=10, stage="創業後")
    heard = hears(there, message)
    assert [move for move in heard.moves if move not in heard.moves_beside_facts] == []
    assert (heard.own_words, heard.tried) == (False, ())


@example(text="", question=Question.FORGET, intent="affirm", confidence=1.0)
@given(
    text=st.text(max_size=1200),
    question=st.sampled_from([None, *Question]),
    intent=st.sampled_from([*ISSUES, "affirm", "deny", "skip", "distress", "greet", "restart"]),
    confidence=st.floats(0, 1),
)
def test_no_message_to_staff_gets_consultation_content(
    hears: Hears, text: str, question: Optional[Question], intent: str, confidence: float
) -> None:
    there = a_consultation(issue="資金繰り", question=question, paused=True)
    for move in heard_as(hears, text, intent, confidence, there):
        is_for_the_bot = isinstance(move, (Distress, StartsOver, WantsBot, WantsCallBack, WantsToBeForgotten))
        answers_the_bot = isinstance(move, Pick) and move.option.question in (Question.CALL_BACK, Question.FORGET)
        assert is_for_the_bot or answers_the_bot

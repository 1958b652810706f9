"""While staff has the conversation, the bot hears distress, its own question and the way back, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.acts import Reading, Thresholds
from bot.consult.consultation import Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import read
from bot.knowledge import Knowledge, load_knowledge
from bot.messages import IN_DISTRESS, PERSON

THRESHOLDS = Thresholds(
    sure=0.5, pair=0.6, sub_issue=0.5, other=0.5, change=0.9, explicit=0.97, distress=0.3, dying=0.05, weary=0.8
)
KNOWLEDGE = load_knowledge()
PAUSED = Consultation(issue="資金繰り", question="prefecture", paused=True)
ASKED_FOR_CALL_BACK = Consultation(issue="資金繰り", question="call_back", paused=True)


def heard(text: str, intent: str = "", confidence: float = 0.9) -> Heard:
    return Heard(text, ((intent, confidence),) if intent else ())


@pytest.mark.parametrize("intent", ["資金繰り", "ask_human", "ask_cost", "greet", "deny", "thank", ""])
def test_what_is_written_to_staff_is_not_for_the_bot(knowledge: Knowledge, intent: str) -> None:
    assert read(knowledge, PAUSED, heard("先月から返済を止めています", intent), THRESHOLDS) == Reading("paused")


@pytest.mark.parametrize("text", ["1", "２", "福島です", "言いたくない", "", "😢", "あ" * 1001])
def test_an_answer_to_staff_answers_no_question_of_the_bots(knowledge: Knowledge, text: str) -> None:
    assert read(knowledge, PAUSED, heard(text), THRESHOLDS) == Reading("paused")


@pytest.mark.parametrize("text", ["ボットに戻る", "「ボットに戻る」", "ﾎﾞｯﾄに戻る", "ボットに戻してください。", "戻る"])
def test_the_owner_calls_the_bot_back(knowledge: Knowledge, text: str) -> None:
    assert read(knowledge, PAUSED, heard(text), THRESHOLDS).act == "back_to_bot"


def test_the_bot_can_be_called_back_a_moment_after_staff_gave_the_conversation_back(knowledge: Knowledge) -> None:
    resumed = PAUSED.resumed()
    assert read(knowledge, resumed, heard("ボットに戻る", "restart"), THRESHOLDS).act == "back_to_bot"
    assert read(knowledge, resumed, heard("戻る", "restart"), THRESHOLDS).act == "restart"


def test_distress_is_heard_while_staff_has_the_conversation(knowledge: Knowledge) -> None:
    for state in (PAUSED, ASKED_FOR_CALL_BACK):
        assert read(knowledge, state, heard("もう死にたい", "distress", 0.35), THRESHOLDS).act == "distress"


def test_help_by_a_press_is_given_while_staff_has_the_conversation(knowledge: Knowledge) -> None:
    for state in (PAUSED, ASKED_FOR_CALL_BACK):
        assert read(knowledge, state, replace(heard("つらいとき"), pressed=IN_DISTRESS), THRESHOLDS).act == "distress"


def test_who_has_asked_for_a_person_and_presses_that_again_writes_to_staff(knowledge: Knowledge) -> None:
    assert read(knowledge, PAUSED, replace(heard("人に相談する"), pressed=PERSON), THRESHOLDS).act == "paused"


def test_the_message_after_distress_is_met_even_then(knowledge: Knowledge) -> None:
    comforted = Consultation(comforted=True, paused=True)
    assert read(knowledge, comforted, heard("電話がつながりません"), THRESHOLDS).act == "after_distress"


def test_beginning_again_takes_the_conversation_back(knowledge: Knowledge) -> None:
    assert read(knowledge, PAUSED, heard("最初からやり直したい", "restart"), THRESHOLDS).act == "restart"


def test_a_story_from_the_beginning_does_not(knowledge: Knowledge) -> None:
    message = heard("最初からお話しすると、去年の春に父から店を継ぎました", "restart")
    assert read(knowledge, PAUSED, message, THRESHOLDS).act == "paused"


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("夕方にお願いします", "affirm", Reading("call_back")),
        ("0120の999の999に、10時ごろ", "deny", Reading("call_back")),
        ("電話はいらない", "", Reading("call_back", "call_back.skip")),
        ("1", "", Reading("call_back", "call_back.skip")),
        ("電話に出られないので、やめておきます", "deny", Reading("call_back", "call_back.skip")),
        ("どうして番号がいるの", "ask_why", Reading("ask_why")),
        ("借りたお金が返せないんです", "資金繰り", Reading("paused")),
        ("😢", "affirm", Reading("paused")),
        ("ボットに戻る", "", Reading("back_to_bot")),
    ],
)
def test_how_the_question_for_call_back_is_answered(
    knowledge: Knowledge, text: str, intent: str, expected: Reading
) -> None:
    assert read(knowledge, ASKED_FOR_CALL_BACK, heard(text, intent), THRESHOLDS) == expected


def test_nothing_is_noted_of_what_is_written_to_staff(knowledge: Knowledge) -> None:
    message = Heard("福島の旅館です。従業員は10人です", prefectures=("福島県",), industry="旅館", employee_count=10)
    assert listen(knowledge, PAUSED, message, Reading("paused")) == PAUSED


def test_a_wish_for_call_back_leaves_nothing_but_the_question_settled(knowledge: Knowledge) -> None:
    message = Heard("福島です。夕方に電話をください", prefectures=("福島県",))
    after = listen(knowledge, ASKED_FOR_CALL_BACK, message, Reading("call_back"))
    assert after == Consultation(issue="資金繰り", paused=True)


def test_back_with_the_bot_the_question_that_waited_still_waits(knowledge: Knowledge) -> None:
    after = listen(knowledge, PAUSED, heard("ボットに戻る"), Reading("back_to_bot"))
    assert (after.paused, after.question) == (False, "prefecture")


def test_back_with_the_bot_nobody_asks_for_a_telephone_number(knowledge: Knowledge) -> None:
    after = listen(knowledge, ASKED_FOR_CALL_BACK, heard("ボットに戻る"), Reading("back_to_bot"))
    assert (after.paused, after.question) == (False, None)


@given(
    text=st.text(max_size=1200),
    question=st.sampled_from([None, *KNOWLEDGE.questions]),
    intent=st.sampled_from([*KNOWLEDGE.issues, "affirm", "deny", "skip", "distress", "greet", "restart"]),
    confidence=st.floats(0, 1),
)
def test_no_message_to_staff_gets_consultation_content(
    text: str, question: Optional[str], intent: str, confidence: float
) -> None:
    state = Consultation(issue="資金繰り", question=question, paused=True)
    reading = read(KNOWLEDGE, state, heard(text, intent, confidence), THRESHOLDS)
    assert reading.act in ("paused", "distress", "restart", "back_to_bot", "call_back")

"""What the owner told is said back in plain words, and a long silence is noticed."""

from __future__ import annotations

import pytest

from bot.consult.acts import ALREADY_SAID, RETURNED, Reading, Thresholds
from bot.consult.consultation import ANYTHING_ELSE, PREFECTURE, SUB_ISSUE, UNCLEAR, Consultation
from bot.consult.heard import Heard, heard_from
from bot.consult.listening import listen
from bot.consult.reading import LONG_SILENCE_H, read
from bot.consult.telling import told
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, sub_issue=0.8, other=0.5, change=0.9, explicit=0.97, distress=0.4, dying=0.05, weary=0.8
)
GREETING = Heard("こんにちは", (("greet", 0.9),))


def test_what_was_told_is_one_plain_sentence(knowledge: Knowledge) -> None:
    consultation = Consultation(issue="人材確保", prefecture="福島県", industry="旅館", employee_count="5")
    assert told(knowledge, consultation) == "ご相談は人手のこと、場所は福島県、お仕事は旅館、働く方は5人"


def test_an_unclear_issue_is_not_told_as_one(knowledge: Knowledge) -> None:
    assert told(knowledge, Consultation(issue=UNCLEAR)) == ""


@pytest.mark.parametrize("question", [SUB_ISSUE, PREFECTURE])
def test_a_greeting_after_a_long_silence_is_a_return(knowledge: Knowledge, question: str) -> None:
    waiting = Consultation(issue="人材確保", question=question)
    assert read(knowledge, waiting, GREETING, THRESHOLDS, LONG_SILENCE_H).act == RETURNED
    assert read(knowledge, waiting, GREETING, THRESHOLDS, LONG_SILENCE_H - 1).act == "greet"


def test_nothing_is_taken_up_again_when_all_was_answered(knowledge: Knowledge) -> None:
    done = Consultation(issue="人材確保", referred=("人材確保//",), question=ANYTHING_ELSE)
    assert read(knowledge, done, GREETING, THRESHOLDS, 100).act == "greet"


def test_what_was_said_already_is_not_asked_again(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="人材確保", question=PREFECTURE)
    after = listen(knowledge, waiting, Heard("もう言った"), Reading(ALREADY_SAID))
    assert after.question is None
    assert PREFECTURE in after.asked


def test_another_issue_must_be_clear_to_take_the_place_of_the_one_in_hand(knowledge: Knowledge) -> None:
    waiting = Consultation(issue="知的財産", question=PREFECTURE)
    assert read(knowledge, waiting, Heard("試作は自分で", (("創業", 0.8),)), THRESHOLDS).act == "told"
    assert read(knowledge, waiting, Heard("やっぱり人手のことで", (("人材確保", 0.95),)), THRESHOLDS).act == "人材確保"


@pytest.mark.parametrize(
    ("text", "facts", "only"),
    [
        ("熊本、いまは6人です", [("prefecture", "熊本"), ("employee_count", "6人")], True),
        ("大阪で内装屋や。4人", [("prefecture", "大阪"), ("industry", "内装屋"), ("employee_count", "4人")], True),
        ("内装屋で人が足りない", [("industry", "内装屋")], False),
        ("福島です。借入の返済が苦しい", [("prefecture", "福島")], False),
    ],
)
def test_a_message_of_facts_alone_is_known_from_one_with_a_matter(
    text: str, facts: "list[tuple[str, str]]", only: bool
) -> None:
    entities = [
        {"entity": kind, "value": "1", "start": text.index(said), "end": text.index(said) + len(said)}
        for kind, said in facts
    ]
    assert heard_from({"text": text, "entities": entities}).only_facts is only

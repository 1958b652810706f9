"""A sheet is made after a plain yes, and after nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.consult.acts import Reading, Thresholds
from bot.consult.choices import offered
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE, SHEET, Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import read
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, distress=0.4, sub_issue=0.8, other=0.5, change=0.9, explicit=0.97, dying=0.05, weary=0.8
)
REFERRED = Consultation(issue="資金繰り", sub_issue="lending", referred=("資金繰り/lending/",))
ASKED = replace(REFERRED, question=SHEET)


def reading(knowledge: Knowledge, text: str, intent: str, confidence: float = 0.9) -> Reading:
    return read(knowledge, ASKED, Heard(text, ((intent, confidence),)), THRESHOLDS)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい", "affirm"),
        ("ええ、それでいいです", "affirm"),
        ("それならお願いします", "affirm"),
        ("相談シートを作ってください", "ask_sheet"),
        ("作ります", "affirm"),
        ("1", "affirm"),
    ],
)
def test_a_plain_yes_is_consent(knowledge: Knowledge, text: str, intent: str) -> None:
    assert reading(knowledge, text, intent) == Reading("answer", "sheet.make")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい、でも誰が見るんですか", "affirm"),
        ("いいですけど、まだ迷っています", "affirm"),
        ("相談シートって何ですか", "ask_sheet"),
        ("相談シートは何日残りますか", "ask_sheet"),
        ("そうですかね", "affirm"),
        ("ありがとう", "thank"),
        ("なぜ聞くの", "ask_why"),
        ("あとで決めます", "affirm"),
    ],
)
def test_asking_back_or_hesitating_is_no_consent(knowledge: Knowledge, text: str, intent: str) -> None:
    assert reading(knowledge, text, intent).choice != "sheet.make"


@pytest.mark.parametrize("confidence", [0.1, 0.3, 0.59])
def test_a_message_not_understood_is_no_consent(knowledge: Knowledge, confidence: float) -> None:
    assert reading(knowledge, "ふむふむ", "affirm", confidence).choice is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("いらん", "deny"), ("相談シートは作らなくていいです", "ask_sheet"), ("パス", "skip"), ("やめておきます", "deny")],
)
def test_a_no_is_a_no(knowledge: Knowledge, text: str, intent: str) -> None:
    assert reading(knowledge, text, intent) == Reading("answer", "sheet.skip")


def test_to_have_something_else_made_is_no_consent(knowledge: Knowledge) -> None:
    assert reading(knowledge, "事業計画書を作ってください", "創業").act == "創業"


def test_the_sheet_is_offered_after_a_road_until_there_is_one(knowledge: Knowledge) -> None:
    for question in (ANYTHING_ELSE, OTHER_ISSUE):
        waiting = replace(REFERRED, question=question)
        assert f"{question}.sheet" in [choice.id for choice in offered(knowledge, waiting)]
        given = replace(waiting, sheets=REFERRED.referred)
        assert f"{question}.sheet" not in [choice.id for choice in offered(knowledge, given)]


def test_after_two_messages_not_understood_the_question_is_let_go(knowledge: Knowledge) -> None:
    after = ASKED
    for _ in range(2):
        after = listen(knowledge, after, Heard("ふむ"), Reading("unsure"))
    assert after.question == ANYTHING_ELSE


def test_what_was_tried_is_kept_in_the_owners_words(knowledge: Knowledge) -> None:
    heard = Heard("銀行に相談しました。でも断られそうで怖い。", (("資金繰り", 0.9),))
    after = listen(knowledge, Consultation(), heard, Reading("資金繰り"))
    assert after.tried_already == "銀行に相談しました。"


def test_what_was_tried_for_one_issue_is_not_told_of_another(knowledge: Knowledge) -> None:
    tried = replace(REFERRED, tried_already="銀行に相談しました。")
    assert listen(knowledge, tried, Heard("商標を取りたい"), Reading("知的財産")).tried_already is None


def test_what_was_tried_is_kept_over_the_triage(knowledge: Knowledge) -> None:
    unclear = Consultation(issue="課題不明確", tried_already="税理士に相談しました。")
    assert listen(knowledge, unclear, Heard("資金"), Reading("資金繰り")).tried_already == "税理士に相談しました。"


@pytest.mark.parametrize("act", ["distress", "paused", "call_back", "ask_human", "unsure", "after_distress"])
def test_what_is_not_told_of_the_matter_was_not_tried(knowledge: Knowledge, act: str) -> None:
    heard = Heard("銀行に相談しましたが断られました。")
    assert listen(knowledge, Consultation(), heard, Reading(act)).tried_already is None

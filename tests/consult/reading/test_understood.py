"""What the language understanding hands over is read in one spelling, and kept as it was typed for quotes."""

from __future__ import annotations

import pytest

from bot.consult.moves import Pick
from bot.consult.reading import understood_from
from bot.consult.state import Question
from bot.knowledge import AnswerId
from tests.consult.conftest import Hears, a_consultation


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
    assert understood_from({"text": text, "entities": entities}).only_facts is only


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("あと３日しかない", "あと3日しかない"),
        ("ﾎﾞｯﾄに戻る", "ボットに戻る"),
        ("みせ あります。でも お客さん すくない です", "みせあります。でもお客さんすくないです"),
    ],
    ids=["full-width digits", "half-width kana", "spaces between words"],
)
def test_patterns_see_one_spelling_and_quotes_the_words_as_typed(typed: str, read: str) -> None:
    message = understood_from({"text": typed})
    assert (message.text, message.original) == (read, typed)


@pytest.mark.parametrize("typed", ["死 に た い で す", "支払いが あと ３日 です"])
def test_words_with_spaces_between_are_heard_as_those_without(hears: Hears, typed: str) -> None:
    def heard(text: str) -> "tuple[object, ...]":
        parse = {"text": text, "intent_ranking": [{"name": "distress", "confidence": 0.2}]}
        message = hears(a_consultation(), understood_from(parse))
        return message.moves, message.urgent

    assert heard(typed) == heard(typed.replace(" ", ""))


def test_a_number_in_full_width_is_the_choice_of_that_number(hears: Hears) -> None:
    there = a_consultation(issue="知的財産", question="sub_issue")
    pick = hears(there, understood_from({"text": "２"})).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.SUB_ISSUE, "use")


def test_those_named_beside_a_count_are_counted_with_it() -> None:
    entities = [
        {"entity": "employee_count", "value": "3", "start": 0, "end": 2, "beside": 1},
        {"entity": "employee_count", "value": "2", "start": 3, "end": 5},
    ]
    assert understood_from({"text": "3人と2人", "entities": entities}).employee_count == 6


def test_a_parse_with_nothing_in_it_is_a_message_of_nothing() -> None:
    message = understood_from({})
    assert (message.text, message.top, message.pressed) == ("", ("", 0.0), None)


def test_the_choice_that_was_pressed_stands_in_the_metadata() -> None:
    assert understood_from({"text": "募集", "metadata": {"choice": "sub_issue.hiring"}}).pressed == "sub_issue.hiring"


def test_answers_of_the_triage_come_by_their_ids() -> None:
    message = understood_from({"text": "客が減った", "symptoms": {"change/fewer": 0.8}})
    assert message.symptoms == {AnswerId("change", "fewer"): 0.8}


@pytest.mark.parametrize(
    ("text", "asks"), [("いくらですか", True), ("どこやろか。", True), ("ええんか…", True), ("困っています", False)]
)
def test_what_is_put_as_a_question_asks(text: str, asks: bool) -> None:
    assert understood_from({"text": text}).asks is asks


def test_without_one_intent_the_others_still_add_up_to_one() -> None:
    parse = {"intent_ranking": [{"name": "greet", "confidence": 0.6}, {"name": "創業", "confidence": 0.4}]}
    assert understood_from(parse).without("greet").ranking == (("創業", 1.0),)


@pytest.mark.parametrize(
    "text",
    ["どこさ言えばいいの", "業務改善助成金の締切はいつだっぺ", "これは誰に言うたらよかと", "家まで取られるんかいのう",
     "口約束だけんど、それでも相談になるのけ", "番号を知りたい", "順番を教えて"],
)  # fmt: skip
def test_a_question_is_heard_in_any_dialect(text: str) -> None:
    assert understood_from({"text": text}).asks_within


@pytest.mark.parametrize(
    "text", ["売上が落ちて困っています", "どうにも人が集まらない", "何か始めたい", "いつも赤字なんだ"]
)
def test_what_is_told_is_no_question(text: str) -> None:
    assert not understood_from({"text": text}).asks_within


def test_the_sentences_that_ask_are_counted() -> None:
    assert understood_from({"text": "工場だけですか。うちは旅館です。来るのは一回きり？"}).questions == 2


def test_a_clause_is_put_as_a_question_by_the_mark_behind_it() -> None:
    clauses = [{"text": "うちは旅館です", "answers": {}}, {"text": "来るのは一回きり", "answers": {"remote_any": 0.5}}]
    parts = understood_from({"text": "うちは旅館です。来るのは一回きり？", "answers_by_clause": clauses}).parts
    assert [part.asks for part in parts] == [False, True]

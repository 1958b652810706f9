"""Which messages are the owner's own account of an issue, and which sentences say that something was tried."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from bot.consult.own_words import Said, own_words, tried_in
from bot.knowledge import Knowledge

TRIED = [
    "もう銀行に相談しました",
    "商工会に相談してみたが、よくわからないと言われました。",
    "去年、税理士さんにも相談した",
    "よろず支援拠点へ相談に行きました。",
    "顧問の先生には相談済みです",
    "信用金庫の担当の方に、一度相談しています",
    "ハローワークに相談に行ったけれど、担当が替わるばかりで",
    "チラシを配ってみたがだめだった",
    "SNSもやってみましたが、反応がありません",
    "時給を上げてみたけど応募はゼロです",
    "値下げをしてみたものの、客足は変わらない",
    "自分で調べてみたんですが、うまくいきませんでした",
    "広告を試したけど効果がなかった",
    "求人を出しましたが、誰も来ません",
    "値上げをお願いしましたが、断られました",
    "単価の交渉をしたけれど相手にされなかった",
    "役場に頼んだが、門前払いだった",
    "銀行に相談したら断られました",
    "公庫に申し込んだけど落ちた",
    "取引先に話したら、無理と言われた。",
    "商談会に行ったが、その後の返事がない",
    "折込を打ったけど増えなかった",
    "ホームページに載せたのに問い合わせが来ない",
    "会議所の人に相談したけど、話が前に進まん",
]
NOT_TRIED = [
    "税理士に相談したい",
    "銀行に相談したほうがいいですか",
    "商工会に相談したらいいでしょうか",
    "どこに相談したらよいか、わかりません",
    "誰にも相談していません",
    "まだ誰にも相談してない",
    "税理士に相談したことがありません。",
    "弁護士に相談しようと思っています",
    "来週、会議所に相談に行くつもりです",
    "銀行に相談すべきでしょうか",
    "知り合いの社長は弁護士に相談したそうです",
    "友達は公庫に相談したら断られたらしい",
    "求人を出しましたか",
    "チラシを配ってみたらどうだろう",
    "チラシを配ってみたい",
    "ネットで売ってみようかと思うが、うまくいくか心配",
    "もし銀行に断られたらどうしよう",
    "客から相談されて困っている",
    "お客さんの相談に乗っています",
    "値上げをお願いしたいが、断られそうで怖い",
    "反応がなかったらどうしようと不安です",
    "人が来ません",
    "売上が増えない",
    "銀行に断られました",
    "相談した方がいいと娘に言われた",
    "商工会に相談した場合、お金はかかりますか",
    "やってみたら、よく売れました",
    "求人を出して、一人来てくれました",
    "応募がゼロで困っている",
    "妻に相談してから決めます",
]


@pytest.mark.parametrize("sentence", TRIED)
def test_a_plain_statement_of_what_was_tried_is_kept_as_it_was_said(sentence: str) -> None:
    assert tried_in(sentence) == (sentence,)


@pytest.mark.parametrize("sentence", NOT_TRIED)
def test_a_wish_a_plan_a_question_or_hearsay_says_of_nothing_that_it_was_tried(sentence: str) -> None:
    assert tried_in(sentence) == ()


def test_only_the_sentence_that_says_so_is_taken_from_a_message() -> None:
    message = "人手が足りません。求人を出しましたが、誰も来ません。どうしたらいいですか？"
    assert tried_in(message) == ("求人を出しましたが、誰も来ません。",)


def said(
    text: str,
    act: str,
    choice: Optional[str] = None,
    issue: Optional[str] = "人材確保",
    led_to: Optional[str] = "人材確保",
    **parse: Any,
) -> Said:
    entities = [{"entity": "choice", "value": choice, "start": 0, "end": len(text)}] if choice else []
    whole: Dict[str, Any] = {"text": text, "intent": {"name": act}, "entities": entities, **parse}
    return Said(whole, issue, led_to)


def test_the_issue_in_the_owners_words_is_kept(knowledge: Knowledge) -> None:
    messages = [said(" 人が足りなくて、店を開けられない日があります\n", "人材確保")]
    assert own_words(knowledge, messages, "人材確保") == ("人が足りなくて、店を開けられない日があります",)


def test_a_sub_issue_described_in_words_is_kept(knowledge: Knowledge) -> None:
    messages = [said("三か月募集しても電話一本ないんです", "answer", "sub_issue.hiring")]
    assert len(own_words(knowledge, messages, "人材確保")) == 1


def test_what_was_told_in_the_triage_is_kept_with_the_issue_it_led_to(knowledge: Knowledge) -> None:
    messages = [said("朝から晩まで休む間がない", "answer", "triage.said", issue="課題不明確")]
    assert len(own_words(knowledge, messages, "人材確保")) == 1
    assert own_words(knowledge, messages, "資金繰り") == ()


def test_a_message_about_two_issues_belongs_to_both(knowledge: Knowledge) -> None:
    other = {"entity": "other_issue", "value": "資金繰り", "start": 0, "end": 3}
    messages = [said("人も足りないし返済も苦しい", "人材確保", entities=[other])]
    assert own_words(knowledge, messages, "資金繰り") == own_words(knowledge, messages, "人材確保") != ()


def test_what_was_told_of_another_issue_is_left_out(knowledge: Knowledge) -> None:
    messages = [said("返済が苦しい", "資金繰り", issue="資金繰り", led_to="資金繰り")]
    assert own_words(knowledge, messages, "人材確保") == ()


@pytest.mark.parametrize(
    ("text", "act", "choice"),
    [
        ("人手が足りない・人を雇いたい", "人材確保", None),
        ("2", "answer", "sub_issue.hiring"),
        ("募集しても人が来ない", "answer", "sub_issue.hiring"),
        ("わかりません", "answer", "sub_issue.skip"),
        ("はい", "answer", "anything_else.more"),
        ("それは何をするところですか", "ask_institution", None),
        ("もう死んでしまいたい", "distress", None),
        ("なんちゅうか", "after_distress", None),
        ("担当の方へ、妻には内緒にしてください", "paused", None),
        ("0120-999-999に夕方お願いします", "call_back", None),
        ("ボットに戻る", "back_to_bot", None),
        ("ああああ", "unsure", None),
        ("人と話したい", "ask_human", None),
    ],
)
def test_choices_questions_distress_and_what_is_for_staff_are_left_out(
    knowledge: Knowledge, text: str, act: str, choice: Optional[str]
) -> None:
    assert own_words(knowledge, [said(text, act, choice)], "人材確保") == ()


def test_a_choice_that_was_pressed_is_not_the_owners_wording(knowledge: Knowledge) -> None:
    messages = [said("募集のこと", "人材確保", metadata={"choice": "sub_issue.hiring"})]
    assert own_words(knowledge, messages, "人材確保") == ()


def test_a_bare_place_is_a_fact_and_no_account(knowledge: Knowledge) -> None:
    place = {"entity": "prefecture", "value": "鳥取県", "start": 0, "end": 2}
    assert own_words(knowledge, [said("鳥取です", "answer", entities=[place])], "人材確保") == ()


def test_the_same_message_sent_twice_stands_there_once(knowledge: Knowledge) -> None:
    messages = [said("人が足りない", "人材確保")] * 2
    assert own_words(knowledge, messages, "人材確保") == ("人が足りない",)

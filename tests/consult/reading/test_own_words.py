"""Which messages are the owner's own account of a matter, and which sentences say that something was tried."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from bot.consult.reading.own_words import tried_in
from bot.consult.reading.understood import Understood
from tests.consult.conftest import Hears, a_consultation, in_a_place, understood

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


HIRING = {"issue": "人材確保", "question": "sub_issue"}
SEARCH = {"issue": "課題不明確", "question": "triage", "symptom": "first_relief"}
SHOWN_MORE = {"issue": "人材確保", "question": "anything_else"}
WITH_STAFF = {"issue": "人材確保", "paused": True}
CALLED_BACK = {"issue": "人材確保", "paused": True, "question": "call_back"}


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (understood("人が足りなくて、店を開けられない日があります", ("人材確保", 0.9)), {}),
        (
            understood(
                "三か月募集しても電話一本ないんです", ("人材確保", 0.9), sub_issues={"人材確保": ("hiring", 0.9)}
            ),
            HIRING,
        ),
        (understood("朝から晩まで休む間がない", ("人材確保", 0.5)), SEARCH),
        (understood("人も足りないし返済も苦しい", ("人材確保", 0.9), other_issues={"資金繰り": 0.8}), {}),
    ],
    ids=["an issue", "a sub-issue", "an answer to the triage", "two issues"],
)
def test_what_is_told_of_the_matter_is_the_owners_own_account(
    hears: Hears, message: Understood, place: Dict[str, Any]
) -> None:
    assert hears(a_consultation(**place), message).own_words


@pytest.mark.parametrize(
    ("text", "intent", "place"),
    [
        ("人手が足りない・人を雇いたい", "人材確保", {"question": "issue"}),
        ("2", "", HIRING),
        ("募集しても人が来ない", "人材確保", HIRING),
        ("わかりません", "skip", HIRING),
        ("はい", "affirm", SHOWN_MORE),
        ("それは何をするところですか", "ask_institution", {"issue": "人材確保"}),
        ("もう死んでしまいたい", "distress", {"issue": "人材確保"}),
        ("なんちゅうか", "", {"issue": "人材確保", "comforted": True}),
        ("担当の方へ、妻には内緒にしてください", "人材確保", WITH_STAFF),
        ("0120-999-999に夕方お願いします", "affirm", CALLED_BACK),
        ("ボットに戻る", "", WITH_STAFF),
        ("ああああ", "", {"issue": "人材確保"}),
        ("人と話したい", "ask_human", {"issue": "人材確保"}),
    ],
)
def test_choices_questions_distress_and_what_is_for_staff_are_left_out(
    hears: Hears, text: str, intent: Optional[str], place: Dict[str, Any]
) -> None:
    ranking = ((intent, 0.95),) if intent else ()
    heard = hears(a_consultation(**place), understood(text, *ranking))
    assert (heard.own_words, heard.tried) == (False, ())


def test_a_choice_that_was_pressed_is_not_the_owners_wording(hears: Hears) -> None:
    heard = hears(a_consultation(**HIRING), understood("募集のこと", pressed="sub_issue.hiring"))
    assert not heard.own_words


def test_a_bare_place_is_a_fact_and_no_account(hears: Hears) -> None:
    assert not hears(
        a_consultation(issue="人材確保", question="prefecture"), in_a_place("鳥取です", "鳥取県")
    ).own_words


@pytest.mark.parametrize(
    ("text", "intent", "place"),
    [
        ("銀行に相談しましたが断られました。", "distress", {}),
        ("銀行に相談しましたが断られました。", "資金繰り", WITH_STAFF),
        ("銀行に相談しましたが断られました。", "affirm", CALLED_BACK),
        ("銀行に相談しましたが断られました。", "ask_human", {}),
        ("銀行に相談しましたが断られました。", "", {}),
        ("銀行に相談しましたが断られました。", "", {"comforted": True}),
    ],
    ids=["distress", "for staff", "call-back", "a person wanted", "not clear", "after distress"],
)
def test_what_is_not_told_of_the_matter_was_not_tried(
    hears: Hears, text: str, intent: str, place: Dict[str, Any]
) -> None:
    ranking = ((intent, 0.9),) if intent else ()
    assert hears(a_consultation(**place), understood(text, *ranking)).tried == ()

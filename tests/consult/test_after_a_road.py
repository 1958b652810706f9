"""What an owner adds once a road is shown is heard, and seldom leads away from the road."""

from __future__ import annotations

from dataclasses import replace
from typing import Tuple

import pytest

from bot.consult.acts import ANSWER, CORRECT, GOES, REMARK, Reading, Thresholds
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE, PREFECTURE, SUB_ISSUE, Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import read
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, sub_issue=0.8, other=0.55, change=0.9, explicit=0.94, distress=0.4, dying=0.05, weary=0.8
)
SHOWN = Consultation(
    issue="IT活用",
    sub_issue="cost_vendor",
    prefecture="三重県",
    referred=("IT活用/cost_vendor/三重県",),
    question=ANYTHING_ELSE,
)


def heard(text: str, *ranking: Tuple[str, float]) -> Heard:
    return Heard(text, ranking)


def test_what_is_not_clear_is_a_remark_and_no_new_beginning(knowledge: Knowledge) -> None:
    message = heard("なんだか気持ちの整理がつかなくて", ("課題不明確", 0.9))
    assert read(knowledge, SHOWN, message, THRESHOLDS) == Reading(REMARK)


def test_what_is_said_to_be_another_matter_is_one(knowledge: Knowledge) -> None:
    message = heard("ほかのことも、何から手をつければいいのか", ("課題不明確", 0.9))
    assert read(knowledge, SHOWN, message, THRESHOLDS).act == "課題不明確"


@pytest.mark.parametrize(
    ("confidence", "reading"),
    [
        (0.95, Reading("人材確保")),
        (0.8, Reading(REMARK, None, ("人材確保",))),
        (0.65, Reading(REMARK)),
    ],
)
def test_the_clearer_another_issue_is_the_sooner_it_is_taken_up(
    knowledge: Knowledge, confidence: float, reading: Reading
) -> None:
    assert read(knowledge, SHOWN, heard("若い子がおらんでな", ("人材確保", confidence)), THRESHOLDS) == reading


def test_an_issue_that_was_offered_is_taken_up_as_any_other(knowledge: Knowledge) -> None:
    offered = replace(SHOWN, question=OTHER_ISSUE, other_issues=("人材確保",))
    assert read(knowledge, offered, heard("若い子がおらんでな", ("人材確保", 0.7)), THRESHOLDS).act == "人材確保"


def test_what_a_remark_brings_up_is_kept_to_be_offered(knowledge: Knowledge) -> None:
    after = listen(knowledge, SHOWN, heard("若い子がおらんでな"), Reading(REMARK, None, ("人材確保",)))
    assert (after.issue, after.other_issues) == ("IT活用", ("人材確保",))


def test_who_says_thanks_and_will_go_is_sent_off(knowledge: Knowledge) -> None:
    message = Heard("行ってみます、ありがとう", (("thank", 0.5), ("affirm", 0.4)), sub_issues={"affirm": ("goes", 0.9)})
    assert read(knowledge, SHOWN, message, THRESHOLDS).act == GOES


def test_who_says_yes_and_that_they_will_go_is_sent_off_whatever_was_offered(knowledge: Knowledge) -> None:
    offered = replace(SHOWN, question=OTHER_ISSUE, other_issues=("人材確保",))
    message = heard("はい！わかりました。いきます", ("affirm", 0.9))
    assert read(knowledge, offered, message, THRESHOLDS) == Reading(GOES)


def test_who_wants_to_go_on_is_not_sent_off(knowledge: Knowledge) -> None:
    offered = replace(SHOWN, question=OTHER_ISSUE, other_issues=("人材確保",))
    message = heard("はい、そちらも考えていきます", ("affirm", 0.9))
    assert read(knowledge, offered, message, THRESHOLDS) == Reading(ANSWER, "other_issue.go")


def test_a_place_told_in_passing_does_not_move_the_shop(knowledge: Knowledge) -> None:
    message = replace(heard("福岡の店に似たのがあったんです"), prefectures=("福岡県",), municipalities=("福岡市",))
    after = listen(knowledge, SHOWN, message, Reading(REMARK))
    assert (after.prefecture, after.municipality) == ("三重県", None)


@pytest.mark.parametrize("text", ["店は山梨なんですけどね", "うちは山梨です、さっきのは兄の店"])
def test_where_the_shop_is_moves_it(knowledge: Knowledge, text: str) -> None:
    message = replace(heard(text), prefectures=("山梨県",))
    assert listen(knowledge, SHOWN, message, Reading(REMARK)).prefecture == "山梨県"


def test_what_sounds_a_little_like_another_issue_is_a_remark(knowledge: Knowledge) -> None:
    message = heard("若い子がおらんでな", ("人材確保", 0.45), ("販路開拓", 0.4))
    assert read(knowledge, SHOWN, message, THRESHOLDS) == Reading(REMARK)


def test_a_yes_to_both_goes_on_to_what_was_offered(knowledge: Knowledge) -> None:
    offered = replace(SHOWN, question=OTHER_ISSUE, other_issues=("人材確保", "販路開拓"))
    message = heard("はい、両方お願いします", ("人材確保", 0.7))
    assert read(knowledge, offered, message, THRESHOLDS) == Reading(ANSWER, "other_issue.go")


def test_who_sees_what_was_found_does_not_correct_it(knowledge: Knowledge) -> None:
    message = heard("機械じゃなくて、頼み先の話だったんですね", ("correct", 0.9))
    assert read(knowledge, SHOWN, message, THRESHOLDS) == Reading(REMARK)


def test_a_place_put_right_moves_the_shop(knowledge: Knowledge) -> None:
    message = replace(heard("店は和歌山のほうやった"), prefectures=("和歌山県",))
    assert listen(knowledge, SHOWN, message, Reading(CORRECT)).prefecture == "和歌山県"


@pytest.mark.parametrize("text", ["そこは勘弁してください", "それもパスで。狭い世界なんです", "言いたくありません"])
@pytest.mark.parametrize("question", [SUB_ISSUE, PREFECTURE])
def test_who_declines_is_not_asked_again(knowledge: Knowledge, question: str, text: str) -> None:
    asked = Consultation(issue="下請取引", question=question)
    assert read(knowledge, asked, heard(text, ("下請取引", 0.8)), THRESHOLDS).choice == f"{question}.skip"


def test_a_word_about_an_institution_picks_no_sub_issue(knowledge: Knowledge) -> None:
    asked = Consultation(issue="人材確保", question=SUB_ISSUE)
    message = Heard(
        "商工会なら先月も来ていたのに",
        (("課題不明確", 0.8),),
        institutions=("shokokai",),
        sub_issues={"人材確保": ("hiring", 0.9)},
    )
    assert read(knowledge, asked, message, THRESHOLDS).choice is None


@pytest.mark.parametrize("text", ["ああ、そっちの話か", "そう言われれば、売り先の話ですね"])
def test_who_sees_it_in_what_was_found_has_agreed(knowledge: Knowledge, text: str) -> None:
    found = Consultation(issue="課題不明確", question="which_issue", candidates=("販路開拓",), triaged=True)
    assert read(knowledge, found, heard(text, ("下請取引", 0.4)), THRESHOLDS).choice == "issue.販路開拓"

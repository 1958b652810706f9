"""What an owner adds once a road is shown is heard, and seldom leads away from the road."""

from __future__ import annotations

from typing import Optional, Tuple

import pytest

from bot.consult.moves import Fact, NotProblem, Pick, Slot, Standing, Tells, WillGo
from bot.consult.state import Question
from tests.consult.conftest import Hears, a_consultation, a_road, in_a_place, understood

SHOWN = a_consultation(
    issue="IT活用",
    sub_issue="cost_vendor",
    prefecture="三重県",
    shown=(a_road("IT活用", "cost_vendor", "三重県"),),
    question="anything_else",
)
OFFERED = a_consultation(
    issue="IT活用",
    sub_issue="cost_vendor",
    prefecture="三重県",
    shown=(a_road("IT活用", "cost_vendor", "三重県"),),
    question="other_issue",
    later=("人材確保", "販路開拓"),
)


def test_what_is_not_clear_is_a_remark_and_no_new_beginning(hears: Hears) -> None:
    heard = hears(SHOWN, understood("なんだか気持ちの整理がつかなくて", ("課題不明確", 0.9)))
    assert heard.moves == (Tells(),)


def test_what_is_said_to_be_another_matter_is_one(hears: Hears) -> None:
    heard = hears(SHOWN, understood("ほかのことも、何から手をつければいいのか", ("課題不明確", 0.9)))
    assert heard.leading is not None
    assert heard.leading.issue == "課題不明確"


@pytest.mark.parametrize(
    ("confidence", "leads", "beside"),
    [(0.95, "人材確保", ()), (0.8, None, ("人材確保",)), (0.65, None, ())],
    ids=["as clear as a change", "worth offering", "a remark"],
)
def test_the_clearer_another_issue_is_the_sooner_it_is_taken_up(
    hears: Hears, confidence: float, leads: Optional[str], beside: Tuple[str, ...]
) -> None:
    heard = hears(SHOWN, understood("若い子がおらんでな", ("人材確保", confidence)))
    assert (heard.leading.issue if heard.leading else None) == leads
    assert tuple(problem.issue for problem in heard.problems(Standing.BESIDE)) == beside
    assert heard.has(Tells) is (leads is None)


def test_an_issue_that_was_offered_is_taken_up_as_any_other(hears: Hears) -> None:
    heard = hears(OFFERED, understood("若い子がおらんでな", ("人材確保", 0.7)))
    assert heard.leading is not None
    assert heard.leading.issue == "人材確保"


def test_who_says_thanks_and_will_go_is_heard_to_go(hears: Hears) -> None:
    message = understood(
        "行ってみます、ありがとう", ("thank", 0.5), ("affirm", 0.4), sub_issues={"affirm": ("goes", 0.9)}
    )
    assert hears(SHOWN, message).moves == (WillGo(),)


def test_who_says_yes_and_that_they_will_go_goes_whatever_was_offered(hears: Hears) -> None:
    assert hears(OFFERED, understood("はい！わかりました。いきます", ("affirm", 0.9))).moves == (WillGo(),)


def test_who_will_go_has_not_said_yes_to_another_issue(hears: Hears) -> None:
    message = understood("電話してみます", ("affirm", 0.9), sub_issues={"affirm": ("goes", 0.9)})
    assert hears(OFFERED, message).moves == (WillGo(),)


@pytest.mark.parametrize(
    ("text", "intent"), [("はい、そちらも考えていきます", "affirm"), ("はい、両方お願いします", "人材確保")]
)
def test_who_wants_to_go_on_goes_on_to_what_was_offered(hears: Hears, text: str, intent: str) -> None:
    pick = hears(OFFERED, understood(text, (intent, 0.9))).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.OTHER_ISSUE, "go")


def test_a_mere_yes_asks_for_more_only_where_more_was_asked(hears: Hears) -> None:
    pick = hears(SHOWN, understood("はい", ("affirm", 1.0))).first(Pick)
    assert pick is not None
    assert pick.option.is_(Question.ANYTHING_ELSE, "more")
    assert hears(SHOWN.with_talk(standing=True), understood("はい", ("affirm", 1.0))).moves == (WillGo(),)


def test_a_place_told_in_passing_does_not_move_the_shop(hears: Hears) -> None:
    message = in_a_place("福岡の店に似たのがあったんです", "福岡県", ("課題不明確", 0.9), municipalities=("福岡市",))
    heard = hears(SHOWN, message)
    assert heard.facts(Slot.PREFECTURE) == (Fact(Slot.PREFECTURE, "福岡県", anew=False),)
    assert heard.facts(Slot.MUNICIPALITY) == (Fact(Slot.MUNICIPALITY, "福岡市", anew=False),)


@pytest.mark.parametrize("text", ["店は山梨なんですけどね", "うちは山梨です、さっきのは兄の店"])
def test_where_the_shop_is_moves_it(hears: Hears, text: str) -> None:
    message = understood(text, ("課題不明確", 0.9), prefectures=("山梨県",))
    assert hears(SHOWN, message).facts(Slot.PREFECTURE) == (Fact(Slot.PREFECTURE, "山梨県", anew=True),)


def test_a_place_put_right_moves_the_shop(hears: Hears) -> None:
    message = understood("和歌山県内のほうやったんですわ、すみません", ("correct", 0.95), prefectures=("和歌山県",))
    heard = hears(SHOWN, message)
    assert heard.has(NotProblem)
    assert heard.facts(Slot.PREFECTURE) == (Fact(Slot.PREFECTURE, "和歌山県", anew=True),)


def test_what_sounds_a_little_like_another_issue_is_a_remark(hears: Hears) -> None:
    message = understood("若い子がおらんでな", ("人材確保", 0.45), ("販路開拓", 0.4))
    assert hears(SHOWN, message).moves == (Tells(),)


def test_who_sees_what_was_found_does_not_correct_it(hears: Hears) -> None:
    message = understood("機械じゃなくて、頼み先の話だったんですね", ("correct", 0.9))
    assert hears(SHOWN, message).moves == (Tells(),)

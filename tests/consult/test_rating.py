"""Whether it was of use is asked once, quietly, below a farewell; never in distress or anger; and why, if they like."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional, Tuple

import pytest

from bot.consult.cards import part_of
from bot.consult.choices import DONE, Option, can_be_pressed
from bot.consult.heard import Heard
from bot.consult.moves import (
    Complains,
    Distress,
    Feeling,
    Feels,
    Move,
    OffTopic,
    Pick,
    Problem,
    Rates,
    SaysWhy,
    StartsOver,
    Stops,
    Thanks,
    WillGo,
)
from bot.consult.scene import CardKind, Turn
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge
from bot.messages import NOT_USEFUL, USEFUL, Choices
from tests.consult.conftest import Decides, Hears, a_consultation, a_road, spoken, understood

SHOWN = a_consultation(
    issue="資金繰り",
    sub_issue="lending",
    prefecture="福島県",
    shown=(a_road("資金繰り", "lending", "福島県"),),
    question="anything_else",
)
OFFERED = SHOWN.with_talk(question=None, rating_offered=True, rating_open=True)
WHY = SHOWN.with_talk(question=None, rating_offered=True, why_asked=True)
DONE_WITH_IT = Pick(Option(Question.ANYTHING_ELSE, DONE))


def says(*moves: Move, **more: object) -> Heard:
    return Heard("それでは", moves=moves, **more)  # type: ignore[arg-type]


def is_offered(turn: Turn) -> bool:
    return turn.said[-1].card is not None and turn.said[-1].card.kind is CardKind.RATING


@pytest.mark.parametrize("farewell", [Stops(), WillGo(), Thanks(), DONE_WITH_IT])
def test_below_a_farewell_stand_the_two_answers(decides: Decides, knowledge: Knowledge, farewell: Move) -> None:
    turn = decides(SHOWN, says(farewell))
    assert is_offered(turn)
    part = part_of(knowledge, turn.consultation, turn.said[-1].card)  # type: ignore[arg-type]
    assert isinstance(part, Choices)
    assert [(choice.id, choice.label) for choice in part.choices] == [
        (USEFUL, "役に立った"),
        (NOT_USEFUL, "役に立たなかった"),
    ]


def test_it_adds_no_words_of_its_own(decides: Decides) -> None:
    once_more = SHOWN.with_talk(rating_offered=True)
    assert spoken(decides(SHOWN, says(Stops()))) == spoken(decides(once_more, says(Stops())))


def test_it_is_asked_once_however_often_somebody_leaves_or_begins_anew(decides: Decides) -> None:
    left = decides(SHOWN, says(Stops())).consultation
    assert not is_offered(decides(left, says(Stops())))
    begun = decides(left, says(StartsOver())).consultation
    assert begun.talk.rating_offered


@pytest.mark.parametrize(
    "moves",
    [
        (Stops(), Feels(how=Feeling.ANGRY)),
        (Stops(), Feels(how=Feeling.BEREAVED)),
        (Stops(), Complains()),
        (Stops(), OffTopic(abuse=True)),
        (Stops(), Distress()),
        (Distress(),),
    ],
)
def test_nobody_in_distress_or_anger_is_asked(decides: Decides, moves: Tuple[Move, ...]) -> None:
    turn = decides(SHOWN, says(*moves))
    assert not is_offered(turn)
    assert not turn.consultation.talk.rating_offered


@pytest.mark.parametrize("response", ["utter_comfort", "utter_stay_near", "utter_believed", "utter_feels_angry"])
def test_nobody_who_was_in_distress_or_angry_before_is_asked(decides: Decides, response: str) -> None:
    assert not is_offered(decides(SHOWN.with_talk(spoken=((response, 1),)), says(Stops())))


def test_nobody_is_asked_whom_something_weighs_on_or_who_told_nothing(decides: Decides) -> None:
    assert not is_offered(decides(SHOWN, says(Stops(), strained=True)))
    assert not is_offered(decides(a_consultation(question="issue"), says(Stops())))


def test_thanks_on_the_way_are_no_farewell(decides: Decides) -> None:
    on_the_way = replace(SHOWN, talk=replace(SHOWN.talk, question=Question.PREFECTURE))
    assert not is_offered(decides(on_the_way, says(Thanks())))


@pytest.mark.parametrize(("pressed", "useful"), [(USEFUL, True), (NOT_USEFUL, False)])
def test_a_press_counts_from_then_on(hears: Hears, knowledge: Knowledge, pressed: str, useful: bool) -> None:
    later = OFFERED.with_talk(rating_open=False, question=Question.ISSUE)
    for there in (OFFERED, later):
        assert hears(there, understood("役に立たなかった", pressed=pressed)).moves == (Rates(useful),)
        assert can_be_pressed(knowledge, there, pressed)


def test_a_press_that_was_not_offered_counts_for_nothing(hears: Hears, knowledge: Knowledge) -> None:
    assert not can_be_pressed(knowledge, SHOWN, USEFUL)
    assert not hears(SHOWN, understood("役に立った", pressed=USEFUL)).has(Rates)


@pytest.mark.parametrize(
    ("text", "useful"), [("役に立った", True), ("役に立たなかった", False), ("１", True), ("2", False), ("3", None)]
)
def test_typed_right_below_it_counts_too(hears: Hears, text: str, useful: Optional[bool]) -> None:
    heard = hears(OFFERED, understood(text)).first(Rates)
    assert (heard.useful if heard is not None else None) is useful


def test_typed_later_it_is_read_as_ever(hears: Hears) -> None:
    assert not hears(OFFERED.with_talk(rating_open=False), understood("1")).has(Rates)


@pytest.mark.parametrize(("useful", "response"), [(True, "utter_rated_useful"), (False, "utter_rated_not_useful")])
def test_who_rates_is_thanked_and_may_say_why(decides: Decides, useful: bool, response: str) -> None:
    turn = decides(OFFERED, says(Rates(useful)))
    assert spoken(turn) == (response,)
    assert turn.consultation.talk.why_asked
    assert turn.consultation.question is None


@pytest.mark.parametrize("text", ["遠かった", "電話番号が古かったです", "話が長くて、よくわからなかった"])
@pytest.mark.parametrize("intent", ["deny", "correct", "already_said", "out_of_scope"])
def test_what_is_written_right_after_it_is_the_reason(hears: Hears, text: str, intent: str) -> None:
    assert hears(WHY, understood(text, (intent, 0.4))).moves == (SaysWhy(words=text),)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("人手が足りなくて困っています", "人材確保"),
        ("人と話したい", "ask_human"),
        ("最初からやり直したい", "restart"),
        ("記録を消してほしい", "ask_capability"),
        ("いいえ", "deny"),
        ("ありがとう", "thank"),
        ("はい", "affirm"),
        ("死にたい", "distress"),
    ],
)
def test_any_other_message_is_read_as_ever(hears: Hears, text: str, intent: str) -> None:
    there, as_ever = (hears(one, understood(text, (intent, 0.95))) for one in (WHY, WHY.with_talk(why_asked=False)))
    assert there.moves == as_ever.moves
    assert not there.has(SaysWhy)


def test_a_reason_is_taken_once(hears: Hears, decides: Decides) -> None:
    turn = decides(WHY, says(SaysWhy()))
    assert spoken(turn) == ("utter_rated_why",)
    assert not hears(turn.consultation, understood("遠かった", ("deny", 0.4))).has(SaysWhy)


def test_what_waits_below_a_road_still_waits_after_a_rating(decides: Decides) -> None:
    seen_off = decides(SHOWN, says(WillGo())).consultation
    rated = decides(seen_off, says(Rates(True))).consultation
    assert (seen_off.question, rated.question) == (Question.ANYTHING_ELSE, Question.ANYTHING_ELSE)
    assert decides(rated, says(Problem("人材確保"))).consultation.issue == "人材確保"


def test_a_rating_asks_for_nothing_and_is_no_reason_for_review(decides: Decides) -> None:
    there: Consultation = decides(OFFERED, says(Rates(False))).consultation
    assert there.talk.repeated == 0

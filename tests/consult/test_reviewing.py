"""Why a person should look at a turn, and what was asked in it, follow from what was heard and decided."""

from __future__ import annotations

from typing import Sequence

import pytest
from hypothesis import HealthCheck, given, settings

from bot.consult.heard import Heard
from bot.consult.moves import About, Asks, Distress, No, NotProblem, Problem, StartsOver, Stops, Tells, WillGo
from bot.consult.named import institutions_named, places_cited
from bot.consult.reviewing import Asked, asked, reasons_for_review, stands_open
from bot.consult.scene import CHOICES, Card, CardKind, Turn
from bot.consult.state import Consultation
from bot.knowledge import Knowledge
from bot.operator.desk import Desk
from bot.review import ReviewReason
from tests.consult.conftest import WITHOUT_STAFF, Decides, a_consultation, a_road
from tests.consult.random_talks import DESKS, KNOWLEDGE, TALKS, Message, turns_of

FRESH = Consultation()
ON_THE_WAY = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")
ON_A_ROAD = a_consultation(
    issue="事業承継",
    sub_issue="tax",
    shown=(a_road("事業承継", "tax", "福島県"),),
    prefecture="福島県",
    question="anything_else",
)


def reasons(
    knowledge: Knowledge, decides: Decides, before: Consultation, heard: Heard, desk: Desk = WITHOUT_STAFF
) -> "tuple[ReviewReason, ...]":
    return reasons_for_review(knowledge, before, heard, decides(before, heard, desk))


def test_a_message_that_was_not_clear_is_to_be_looked_at(knowledge: Knowledge, decides: Decides) -> None:
    assert reasons(knowledge, decides, FRESH, Heard("ほにゃらら", unsure=True)) == (ReviewReason.UNSURE,)


def test_what_is_left_to_staff_is_read_by_them_anyway(knowledge: Knowledge, decides: Decides) -> None:
    with_staff = a_consultation(paused=True, passed_on=True)
    heard = Heard("ほにゃらら", unsure=True)
    assert reasons(knowledge, decides, with_staff, heard, Desk(staff=True)) == ()


def test_an_owner_who_puts_us_right_is_a_reason(knowledge: Knowledge, decides: Decides) -> None:
    heard = Heard("借り入れの話じゃないです", moves=(NotProblem("資金繰り"),))
    assert reasons(knowledge, decides, ON_THE_WAY, heard) == (ReviewReason.DENIED,)


def test_a_no_to_what_was_taken_for_the_matter_is_a_reason(knowledge: Knowledge, decides: Decides) -> None:
    assert reasons(knowledge, decides, ON_THE_WAY, Heard("いや", moves=(No(),))) == (ReviewReason.DENIED,)


def test_a_no_after_a_farewell_denies_nothing(knowledge: Knowledge, decides: Decides) -> None:
    ended = a_consultation(issue="事業承継", shown=(a_road("事業承継"),))
    assert reasons(knowledge, decides, ended, Heard("いいえ", moves=(No(),))) == ()


def test_a_question_that_we_have_no_answer_to_is_a_reason(knowledge: Knowledge, decides: Decides) -> None:
    heard = Heard("審査は何日かかりますか", moves=(Asks(About.OTHER),), asks=True)
    assert reasons(knowledge, decides, ON_A_ROAD, heard) == (ReviewReason.UNANSWERED,)


def test_a_question_whose_answer_is_that_we_do_not_know_is_a_reason(knowledge: Knowledge, decides: Decides) -> None:
    unknown = next(answer for answer in knowledge.answers.values() if not answer.known)
    heard = Heard("わかりますか", moves=(Asks(About(unknown.topic), (unknown.id,)),), asks=True)
    assert ReviewReason.UNANSWERED in reasons(knowledge, decides, ON_A_ROAD, heard)


def test_a_question_that_was_answered_is_none(knowledge: Knowledge, decides: Decides) -> None:
    heard = Heard("商工会議所は無料ですか", moves=(Asks(About.COST, ("cost_cci",)),), institutions=("cci",), asks=True)
    assert asked(knowledge, heard, decides(FRESH, heard)) == (Asked(About.COST, True),)
    assert reasons(knowledge, decides, FRESH, heard) == ()


@pytest.mark.parametrize("leaves", [Stops(), StartsOver()])
def test_who_told_of_a_matter_and_leaves_without_a_road_is_a_reason(
    knowledge: Knowledge, decides: Decides, leaves: Stops
) -> None:
    assert reasons(knowledge, decides, ON_THE_WAY, Heard("もういいです", moves=(leaves,))) == (ReviewReason.NO_ROAD,)


def test_who_leaves_with_a_road_or_without_having_told_anything_is_none(knowledge: Knowledge, decides: Decides) -> None:
    leaving = Heard("もういいです", moves=(Stops(),))
    assert reasons(knowledge, decides, ON_A_ROAD, leaving) == ()
    assert reasons(knowledge, decides, FRESH, leaving) == ()


def test_distress_is_a_reason(knowledge: Knowledge, decides: Decides) -> None:
    assert reasons(knowledge, decides, FRESH, Heard("消えたい", moves=(Distress(),))) == (ReviewReason.DISTRESS,)


def test_a_message_that_was_understood_and_answered_is_not_to_be_looked_at(
    knowledge: Knowledge, decides: Decides
) -> None:
    heard = Heard("融資を断られた", moves=(Problem("資金繰り", "lending"),), own_words=True)
    assert reasons(knowledge, decides, FRESH, heard) == ()


def test_a_matter_without_a_road_stands_open(decides: Decides) -> None:
    heard = Heard("融資を断られた", moves=(Problem("資金繰り", "lending"),), own_words=True)
    assert stands_open(heard, decides(FRESH, heard))


@pytest.mark.parametrize("move", [Stops(), WillGo()])
def test_who_takes_leave_left_nothing_standing_open(decides: Decides, move: Stops) -> None:
    heard = Heard("ここまでで", moves=(move,))
    assert not stands_open(heard, decides(ON_THE_WAY, heard))


def test_neither_does_a_road_stand_open_nor_who_only_looked_in(decides: Decides) -> None:
    tells = Heard("ふうん", moves=(Tells(),))
    assert not stands_open(tells, decides(ON_A_ROAD, tells))
    assert not stands_open(Heard(), decides(FRESH, Heard()))


def test_a_road_names_its_institutions_and_cites_the_paper(knowledge: Knowledge) -> None:
    shown = Turn(ON_A_ROAD).saying("utter_refer", Card(CardKind.ROAD))
    assert "zeirishi" in institutions_named(knowledge, shown)
    assert {place.heading for place in places_cited(knowledge, shown)} >= {"ト"}


def test_whoever_is_named_in_words_is_named_and_a_menu_names_nobody(knowledge: Knowledge) -> None:
    name = knowledge.institutions["cci"].name
    said = Turn(FRESH).saying("utter_ask_there", CHOICES, institution=name).saying("utter_noted")
    assert (institutions_named(knowledge, said), places_cited(knowledge, said)) == (("cci",), ())


def test_of_several_institutions_on_a_road_only_those_that_are_explained_are_cited(knowledge: Knowledge) -> None:
    why = Turn(ON_A_ROAD).saying("utter_answer_why", Card(CardKind.WHY, ("zeirishi",), ON_A_ROAD.roads.in_hand))
    assert institutions_named(knowledge, why) == ("zeirishi",)
    assert [place.section for place in places_cited(knowledge, why)] == ["別添2"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(desk=DESKS, talk=TALKS)
def test_whatever_was_talked_whom_a_turn_names_is_known(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        assert {*institutions_named(KNOWLEDGE, decided)} <= {*KNOWLEDGE.institutions}
        places_cited(KNOWLEDGE, decided)

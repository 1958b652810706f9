"""What comes of a message: each line of the table of manners has its say, in its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Tuple

import pytest

from bot.consult.cards import part_of
from bot.consult.choices import NO, YES, Option
from bot.consult.heard import Heard
from bot.consult.moves import (
    About,
    Apologizes,
    Asks,
    Brings,
    Complains,
    Distress,
    Fact,
    Feeling,
    Feels,
    Greets,
    Move,
    No,
    NotProblem,
    OffTopic,
    Pick,
    Problem,
    Refuses,
    Slot,
    Standing,
    StartsOver,
    Stops,
    Tells,
    Thanks,
    TurnedAway,
    WantsBot,
    WantsCallBack,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
    Yes,
)
from bot.consult.scene import LONG_SILENCE_H, CardKind, EffectKind, Turn
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.consult.state.roads import LONGEST_WORDS, MOST_WORDS
from bot.consult.state.search import MOST_QUOTES
from bot.consult.turn import turn as decide
from bot.knowledge import AnswerId, Knowledge, load_knowledge
from bot.knowledge.staff_desk import OpenTime, StaffDesk
from bot.operator.desk import Desk
from tests.consult.conftest import DESK, Decides, a_consultation, a_road, matters, spoken

STAFF = Desk(staff=True, call_back=True, hours="平日9時から17時")
ROAD = a_road("資金繰り", "turnaround", "福島県")
GREETED = (("utter_greet", 1),)
SHOWN = a_consultation(
    issue="資金繰り",
    sub_issue="turnaround",
    prefecture="福島県",
    shown=(ROAD,),
    question="anything_else",
    spoken=GREETED,
)
ASKED = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture", spoken=GREETED)
WITH_STAFF = a_consultation(issue="資金繰り", question="prefecture", paused=True)
HOUR_S = 3600


def heard(*moves: Move, text: str = "店の話", **more: object) -> Heard:
    return Heard(text, moves=moves, **more)  # type: ignore[arg-type]


def picks(question: Question, answer: str, symptom: "str | None" = None) -> Pick:
    return Pick(Option(question, answer, symptom=symptom))


def cards(turn: Turn) -> Tuple[CardKind, ...]:
    return tuple(line.card.kind for line in turn.said if line.card is not None)


def effects(turn: Turn) -> Tuple[EffectKind, ...]:
    return tuple(effect.kind for effect in turn.effects)


# note


def test_facts_are_kept_before_anything_is_answered(decides: Decides) -> None:
    turn = decides(ASKED, heard(Asks(About.COST), Fact(Slot.INDUSTRY, "旅館")))
    assert turn.consultation.owner.industry == "旅館"
    assert "utter_answer_cost" in spoken(turn) or "utter_cost_of_this_desk" in spoken(turn)


def test_what_was_told_of_the_business_stays_until_it_is_told_anew(decides: Decides) -> None:
    there = a_consultation(issue="資金繰り", sub_issue="lending", prefecture="三重県", industry="旅館")
    passing = decides(there, heard(Fact(Slot.PREFECTURE, "福岡県"), Fact(Slot.INDUSTRY, "食堂")))
    assert (passing.consultation.owner.prefecture, passing.consultation.owner.industry) == ("三重県", "旅館")
    moved = decides(there, heard(Fact(Slot.PREFECTURE, "福井県", anew=True), Fact(Slot.INDUSTRY, "食堂", anew=True)))
    assert (moved.consultation.owner.prefecture, moved.consultation.owner.industry) == ("福井県", "食堂")


def test_an_owner_who_moved_on_to_another_prefecture_is_not_told_of_the_city_named_before(decides: Decides) -> None:
    there = a_consultation(issue="創業", sub_issue="before", prefecture="東京都", municipality="八王子市")
    turn = decides(there, heard(Fact(Slot.PREFECTURE, "福井県", anew=True)))
    assert turn.consultation.roads.shown[-1].networks == ()


def test_a_question_missed_twice_is_let_go(decides: Decides) -> None:
    once = decides(ASKED, heard(unsure=True)).consultation
    twice = decides(once, heard(unsure=True)).consultation
    assert once.question is Question.PREFECTURE
    assert Question.PREFECTURE in twice.talk.asked


def test_the_prefecture_is_let_go_where_the_owner_only_tells_more(decides: Decides) -> None:
    there = a_consultation(issue="創業", sub_issue="before", question="prefecture")
    once = decides(there, heard(Problem("創業"), text="借りる店はもう決めたんです")).consultation
    twice = decides(once, heard(Problem("創業"), text="看板も頼みました")).consultation
    assert once.question is Question.PREFECTURE
    assert twice.answered


def test_after_two_messages_not_understood_the_question_for_a_sheet_is_let_go(decides: Decides) -> None:
    after = SHOWN.with_talk(question=Question.SHEET)
    for _ in range(2):
        after = decides(after, heard(unsure=True)).consultation
    assert after.question is Question.ANYTHING_ELSE


def test_what_was_tried_is_kept_in_the_owners_words(decides: Decides) -> None:
    after = decides(a_consultation(), heard(Problem("資金繰り"), tried=("銀行に相談しました。",))).consultation
    assert after.owner.tried == ("銀行に相談しました。",)


def test_what_was_tried_for_one_issue_is_not_told_of_another(decides: Decides) -> None:
    after = decides(SHOWN.with_owner(tried=("銀行に相談しました。",)), heard(Problem("知的財産"))).consultation
    assert after.owner.tried == ()


def test_what_was_tried_is_kept_over_the_triage(decides: Decides) -> None:
    unclear = a_consultation(issue=UNCLEAR, tried=("税理士に相談しました。",))
    assert decides(unclear, heard(Problem("資金繰り"))).consultation.owner.tried == ("税理士に相談しました。",)


# meet_distress, stay_near


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (a_consultation(), heard(Distress(), too_long=True)),
        (WITH_STAFF, heard(Distress())),
        (ASKED, heard(Distress(), StartsOver(), WantsPerson(), Asks(About.COST))),
        (SHOWN, heard(Distress(), Stops())),
    ],
    ids=["too long", "staff has it", "other moves", "leaving"],
)
def test_distress_comes_before_anything_else(decides: Decides, there: Consultation, message: Heard) -> None:
    turn = decides(there, message)
    assert spoken(turn) == ("utter_comfort",)
    assert turn.said[0].card is not None
    assert turn.said[0].card.kind is CardKind.HELP


def test_distress_is_met_though_the_same_message_calls_the_bot_back(decides: Decides) -> None:
    assert "utter_comfort" in spoken(decides(WITH_STAFF, heard(Distress(), WantsBot())))


def test_a_worry_told_with_a_question_is_taken_in(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(Asks(About.SECRECY), Problem("事業承継", "tax")))
    assert "utter_privacy" in spoken(turn)
    assert (turn.consultation.issue, turn.consultation.sub_issue) == ("事業承継", "tax")


def test_in_distress_nothing_is_asked_and_the_next_message_is_met(decides: Decides) -> None:
    after = decides(ASKED, heard(Distress())).consultation
    assert (after.question, after.talk.comforted) == (None, True)


def test_staff_is_alerted_to_distress_where_the_desk_has_it(decides: Decides) -> None:
    assert effects(decides(ASKED, heard(Distress()), STAFF)) == (EffectKind.ALERT_STAFF,)
    assert effects(decides(ASKED, heard(Distress()))) == ()


@pytest.mark.parametrize("paused", [False, True])
def test_the_message_after_distress_is_met_whatever_it_is_about(decides: Decides, paused: bool) -> None:
    turn = decides(a_consultation(comforted=True, paused=paused), heard(text="電話がつながりません"))
    assert spoken(turn) == ("utter_stay_near",)
    assert not turn.consultation.talk.comforted


def test_who_tells_the_place_after_distress_gets_the_lines_there(decides: Decides) -> None:
    turn = decides(a_consultation(comforted=True), heard(Fact(Slot.PREFECTURE, "福島県")))
    assert turn.said[0].card is not None
    assert turn.said[0].card.kind is CardKind.HELP
    assert turn.consultation.owner.prefecture == "福島県"


def test_who_asks_something_after_distress_is_answered(decides: Decides) -> None:
    assert "utter_cost_of_this_desk" in spoken(decides(a_consultation(comforted=True), heard(Asks(About.COST))))


# leave_to_staff, call_a_person, come_back_from_staff


def test_while_staff_has_the_conversation_nothing_is_said_but_once(decides: Decides) -> None:
    first = decides(WITH_STAFF, heard(text="先月から返済を止めています"))
    assert spoken(first) == ("utter_passed_on",)
    assert spoken(decides(first.consultation, heard(text="それと家賃も"))) == ()


def test_after_a_long_silence_who_writes_to_staff_is_told_once_more(decides: Decides) -> None:
    told = WITH_STAFF.with_talk(passed_on=True, heard_at=0.0)
    assert spoken(decides(told, heard(at=LONG_SILENCE_H * HOUR_S))) == ("utter_passed_on",)


def test_what_is_written_to_staff_changes_nothing_of_the_consultation(decides: Decides) -> None:
    after = decides(WITH_STAFF.with_talk(passed_on=True), heard(text="返済を止めています")).consultation
    assert after == WITH_STAFF.with_talk(passed_on=True, heard_at=0.0)


def test_a_wish_for_call_back_is_passed_on_and_leaves_nothing_but_the_question_settled(decides: Decides) -> None:
    asked = WITH_STAFF.with_talk(question=Question.CALL_BACK)
    turn = decides(asked, heard(WantsCallBack(), text="夕方に電話をください"), STAFF)
    assert effects(turn) == (EffectKind.PASS_ON_WISH,)
    assert spoken(turn) == ("utter_call_back_noted",)
    assert turn.consultation.question is None
    assert turn.consultation.roads == asked.roads
    assert turn.consultation.owner == asked.owner


def test_a_wish_that_cannot_be_kept_is_not_said_to_be_noted(decides: Decides) -> None:
    turn = decides(WITH_STAFF.with_talk(question=Question.CALL_BACK), heard(WantsCallBack()), STAFF)
    assert turn.effects[0].otherwise is not None
    assert spoken(turn.effects[0].otherwise) == ("utter_passed_on",)


def test_who_wants_no_call_back_is_not_asked_for_it(decides: Decides) -> None:
    turn = decides(WITH_STAFF.with_talk(question=Question.CALL_BACK), heard(picks(Question.CALL_BACK, "skip")), STAFF)
    assert (spoken(turn), turn.consultation.question) == (("utter_no_call_back",), None)


def test_who_calls_the_bot_back_has_it_where_they_were(decides: Decides) -> None:
    turn = decides(WITH_STAFF, heard(WantsBot()), STAFF)
    assert effects(turn) == (EffectKind.TAKE_BACK,)
    assert spoken(turn) == ("utter_back_to_bot", "utter_ask_prefecture_again")
    assert (turn.consultation.talk.paused, turn.consultation.question) == (False, Question.PREFECTURE)


def test_back_with_the_bot_nobody_asks_for_a_telephone_number(decides: Decides) -> None:
    after = decides(WITH_STAFF.with_talk(question=Question.CALL_BACK), heard(WantsBot()), STAFF).consultation
    assert not after.talk.paused
    assert after.question is not Question.CALL_BACK


def test_what_is_written_after_staff_gave_the_conversation_back_is_answered(decides: Decides) -> None:
    turn = decides(WITH_STAFF, heard(Problem("創業"), given_back=True), STAFF)
    assert turn.consultation.issue == "創業"
    assert not turn.consultation.talk.paused


def test_who_asks_for_a_person_is_handed_over_and_asked_how_to_be_called_back(decides: Decides) -> None:
    turn = decides(ASKED, heard(WantsPerson()), STAFF)
    assert effects(turn) == (EffectKind.CALL_STAFF,)
    assert spoken(turn) == ("utter_call_staff", "utter_staff_hours", "utter_meanwhile", "utter_ask_call_back")
    assert (turn.consultation.talk.paused, turn.consultation.question) == (True, Question.CALL_BACK)


def test_outside_the_hours_of_the_desk_it_is_told_when_somebody_will_read(knowledge: Knowledge) -> None:
    nine_to_five = StaffDesk(hours=(OpenTime((0, 1, 2, 3, 4), time(9), time(17)),))
    here = replace(knowledge, window=replace(DESK, staff=nine_to_five))
    saturday, monday = (datetime.fromisoformat(f"2026-11-{day}T10:00+09:00").timestamp() for day in (28, 30))
    away = decide(here, STAFF, ASKED, heard(WantsPerson(), at=saturday))
    assert spoken(away)[:2] == ("utter_call_staff", "utter_staff_away")
    assert dict(away.said[1].words) == {"when": "11月30日（月曜日）の9時"}
    assert "utter_staff_away" not in spoken(decide(here, STAFF, ASKED, heard(WantsPerson(), at=monday)))


# beside a person of the staff


def test_while_a_person_has_the_conversation_the_bot_says_nothing_of_its_own(decides: Decides) -> None:
    told = (Asks(About.COST), Problem("創業"), Greets(), Thanks())
    for move in told:
        turn = decides(WITH_STAFF, heard(move, with_a_person=True, hides=True, in_english=True), STAFF)
        assert spoken(turn) == (), move


def test_words_of_dying_are_met_also_while_a_person_has_the_conversation(decides: Decides) -> None:
    turn = decides(WITH_STAFF, heard(Distress(), with_a_person=True), STAFF)
    assert (spoken(turn), effects(turn)) == (("utter_comfort",), (EffectKind.ALERT_STAFF,))
    assert spoken(decides(turn.consultation, heard(with_a_person=True), STAFF)) == ()


def test_staff_that_cannot_be_called_is_not_promised(decides: Decides) -> None:
    instead = decides(ASKED, heard(WantsPerson()), STAFF).effects[0].otherwise
    assert instead is not None
    assert spoken(instead) == ("utter_call_human", "utter_tell_them")
    assert not instead.consultation.talk.paused


def test_without_staff_a_person_elsewhere_is_named_and_nothing_more_asked(decides: Decides) -> None:
    turn = decides(ASKED, heard(WantsPerson()))
    assert effects(turn) == ()
    assert spoken(turn) == ("utter_call_human", "utter_tell_them")
    assert turn.consultation.question is None


# ask_for_less, start_over, let_go, welcome_back


def test_a_message_that_is_too_long_is_answered_with_the_limit(decides: Decides) -> None:
    assert spoken(decides(ASKED, heard(too_long=True))) == ("utter_too_long",)


def test_who_begins_anew_keeps_nothing(decides: Decides) -> None:
    turn = decides(SHOWN, heard(StartsOver()))
    assert spoken(turn) == ("utter_restart", "utter_ask_issue")
    assert turn.consultation.roads == Consultation().roads
    assert turn.consultation.owner == Consultation().owner


def test_who_begins_anew_takes_the_conversation_back_from_staff(decides: Decides) -> None:
    turn = decides(WITH_STAFF, heard(StartsOver()), STAFF)
    assert effects(turn) == (EffectKind.TAKE_BACK,)
    assert not turn.consultation.talk.paused


def test_who_wants_to_leave_leaves(decides: Decides) -> None:
    assert spoken(decides(ASKED, heard(Stops()))) == ("utter_goodbye",)


@pytest.mark.parametrize("question", ["sub_issue", "prefecture"])
def test_a_greeting_after_a_long_silence_is_a_return(decides: Decides, question: str) -> None:
    waiting = a_consultation(issue="人材確保", question=question, heard_at=0.0)
    returned = spoken(decides(waiting, heard(Greets(), at=LONG_SILENCE_H * HOUR_S)))
    assert returned == ("utter_welcome_back", f"utter_ask_{question}_again")
    sooner = spoken(decides(waiting, heard(Greets(), at=(LONG_SILENCE_H - 1) * HOUR_S)))
    assert sooner == ("utter_greet_again", f"utter_ask_{question}_again")


def test_nothing_is_taken_up_again_when_all_was_answered(decides: Decides) -> None:
    turn = decides(SHOWN.with_talk(heard_at=0.0), heard(Greets(), at=100 * HOUR_S))
    assert "utter_welcome_back" not in spoken(turn)


def test_who_brings_something_after_a_long_silence_is_answered(decides: Decides) -> None:
    waiting = ASKED.with_talk(heard_at=0.0)
    assert "utter_welcome_back" not in spoken(decides(waiting, heard(Asks(About.COST), at=100 * HOUR_S)))


# withdraw


def test_a_correction_with_content_is_taken_up_and_the_old_issue_not_kept(decides: Decides) -> None:
    there = a_consultation(issue="IT活用", sub_issue="first_steps", question="prefecture", industry="八百屋")
    turn = decides(there, heard(NotProblem("IT活用"), Problem("人材確保")))
    assert spoken(turn)[0] == "utter_corrected"
    after = turn.consultation
    assert (after.issue, after.sub_issue, after.others, after.owner.industry) == ("人材確保", None, (), "八百屋")


def test_a_correction_without_content_asks_anew(decides: Decides) -> None:
    turn = decides(ASKED, heard(NotProblem()))
    assert spoken(turn) == ("utter_sorry_misunderstood", "utter_ask_openly_briefly")
    assert (turn.consultation.issue, turn.consultation.others) == (None, ())


def test_a_place_put_right_after_the_road_leads_to_the_road_there(decides: Decides) -> None:
    turn = decides(SHOWN, heard(NotProblem(), Fact(Slot.PREFECTURE, "和歌山県", anew=True)))
    assert spoken(turn)[:2] == ("utter_corrected", "utter_refer_nearby")
    assert turn.consultation.roads.shown[-1].prefecture == "和歌山県"


def test_an_undo_says_which_answer_is_taken_back(decides: Decides) -> None:
    there = a_consultation(
        issue=UNCLEAR, question="triage", symptom="first_relief", told=("change/age",), symptoms_asked=("change",)
    )
    turn = decides(there, heard(NotProblem()))
    assert spoken(turn)[0] == "utter_symptom_undo"
    assert turn.said[0].words != ()
    assert turn.consultation.search.told == ()


def test_a_no_where_something_is_settled_asks_anew(decides: Decides) -> None:
    assert spoken(decides(ASKED, heard(No())))[0] == "utter_sorry_misunderstood"


def test_a_kind_of_an_issue_that_is_denied_in_the_same_breath_is_not_taken(decides: Decides) -> None:
    asked = a_consultation(issue="資金繰り", question="sub_issue", spoken=GREETED)
    picked = Pick(Option(Question.SUB_ISSUE, "lending"))
    turn = decides(asked, heard(No(), picked, Problem("販路開拓")))
    assert (turn.consultation.issue, turn.consultation.sub_issue) == ("販路開拓", None)


# answer_questions


def test_a_fact_with_a_question_is_kept_and_the_question_answered(decides: Decides) -> None:
    turn = decides(ASKED, heard(Asks(About.SECRECY), Fact(Slot.PREFECTURE, "静岡県")))
    assert "utter_privacy" in spoken(turn)
    assert turn.consultation.owner.prefecture == "静岡県"
    assert Question.PREFECTURE in turn.consultation.talk.asked


def test_several_questions_are_all_answered_and_then_what_waits_comes_back(decides: Decides) -> None:
    turn = decides(ASKED, heard(Asks(About.SECRECY), Asks(About.BOT)))
    assert spoken(turn) == ("utter_privacy", "utter_capability", "utter_ask_prefecture_again")


def test_every_institution_named_is_explained_by_its_card(decides: Decides) -> None:
    turn = decides(a_consultation(), heard(Asks(About.WHAT_IS), institutions=("yorozu",)))
    assert spoken(turn) == ("utter_explain_institution", "utter_ask_for_more")
    assert turn.said[0].card is not None
    assert turn.said[0].card.institutions == ("yorozu",)


def test_why_is_told_of_the_road_it_was_asked_on_though_the_message_goes_on_to_another(decides: Decides) -> None:
    more = Pick(Option(Question.ANYTHING_ELSE, "more"))
    turn = decides(SHOWN, heard(Asks(About.WHY_THIS), more))
    (card,) = (said.card for said in turn.said if said.response == "utter_answer_why")
    assert card is not None
    assert part_of(load_knowledge(), turn.consultation, card)


@pytest.mark.parametrize("there", [a_consultation(), ASKED, SHOWN], ids=["nothing told", "asked", "on a road"])
@pytest.mark.parametrize("about", About)
def test_two_questions_with_one_answer_get_it_once(decides: Decides, there: Consultation, about: About) -> None:
    for other in About:
        for institutions in ((), ("yorozu",)):
            said = decides(there, heard(Asks(about), Asks(other), institutions=institutions)).said
            responses = [(one.response, one.words, one.card) for one in said]
            assert len(responses) == len(set(responses)), other


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("about", About)
def test_whatever_is_asked_is_answered_wherever_the_talk_is(decides: Decides, about: About, question: Question) -> None:
    there = SHOWN.with_talk(question=question, candidates=("創業", "知的財産")).with_roads(later=matters("創業"))
    assert spoken(decides(there, heard(Asks(about)))) != ()


@pytest.mark.parametrize(("abuse", "response"), [(False, "utter_out_of_scope"), (True, "utter_abuse")])
def test_what_this_desk_does_not_serve_is_said_so(decides: Decides, abuse: bool, response: str) -> None:
    assert spoken(decides(ASKED, heard(OffTopic(abuse=abuse)))) == (response, "utter_ask_prefecture_again")


# own_up


def test_what_was_said_already_is_not_asked_again(decides: Decides) -> None:
    turn = decides(a_consultation(issue="人材確保", question="prefecture"), heard(Complains(), text="もう言った"))
    assert spoken(turn)[0] == "utter_recall"
    assert turn.consultation.question is not Question.PREFECTURE
    assert Question.PREFECTURE in turn.consultation.talk.asked


# small words between (return_courtesies, see_off come in this order)


def test_a_first_greeting_is_returned_and_the_issue_asked(decides: Decides) -> None:
    assert spoken(decides(a_consultation(), heard(Greets()))) == ("utter_greet", "utter_ask_issue")


@pytest.mark.parametrize(
    ("move", "responses"),
    [
        (Thanks(), ("utter_thank",)),
        (Apologizes(), ("utter_no_harm", "utter_ask_prefecture_again")),
        (Yes(), ("utter_ask_prefecture_again",)),
    ],
)
def test_small_words_are_met(decides: Decides, move: Move, responses: Tuple[str, ...]) -> None:
    assert spoken(decides(ASKED, heard(move))) == responses


def test_a_yes_that_answers_nothing_brings_the_question_back_once_and_then_lets_it_go(decides: Decides) -> None:
    there = a_consultation(issue=UNCLEAR, question="triage", symptom="first_relief")
    once = decides(there, heard(Yes(), text="うん")).consultation
    twice = decides(once, heard(Yes(), text="うん")).consultation
    assert (once.search.symptom, once.talk.misses) == ("first_relief", 1)
    assert twice.search.asked == ("first_relief",)


def test_who_will_go_is_seen_off_with_what_cannot_wait_once(decides: Decides) -> None:
    turn = decides(SHOWN, heard(WillGo()))
    assert spoken(turn)[0] == "utter_encourage"
    assert spoken(decides(turn.consultation, heard(WillGo())))[:2] == ("utter_encourage",)


def test_before_a_road_to_go_is_a_yes_like_any_other(decides: Decides) -> None:
    assert spoken(decides(ASKED, heard(WillGo()))) == ("utter_ask_prefecture_again",)


# hear_remark, ask_which_worry


def test_what_a_remark_brings_up_is_kept_and_offered(decides: Decides) -> None:
    turn = decides(SHOWN, heard(Tells(), Problem("人材確保", None, Standing.BESIDE)))
    assert spoken(turn) == ("utter_remark", "utter_ask_other_issue")
    assert (turn.consultation.issue, turn.consultation.others) == ("資金繰り", ("人材確保",))


def test_a_remark_is_heard_and_what_waits_is_not_asked_again(decides: Decides) -> None:
    turn = decides(SHOWN.with_talk(reminded=True), heard(Tells()))
    assert spoken(turn) == ("utter_remark",)
    assert turn.consultation.talk.standing


def test_of_several_worries_which_first_is_asked_and_the_others_are_kept(decides: Decides) -> None:
    turn = decides(a_consultation(), heard(Problem("人材確保"), Problem("資金繰り", "lending")))
    assert spoken(turn)[-1] == "utter_ask_which_first"
    assert turn.consultation.talk.candidates == ("人材確保", "資金繰り")
    chosen = decides(turn.consultation, heard(picks(Question.ISSUE, "人材確保"))).consultation
    assert (chosen.issue, chosen.roads.later) == ("人材確保", matters("資金繰り/lending"))


def test_two_issues_that_it_may_be_are_named(decides: Decides) -> None:
    guessed = [Problem(issue, None, Standing.GUESSED, confidence=0.4) for issue in ("創業", "資金繰り")]
    turn = decides(a_consultation(), heard(*guessed))
    assert spoken(turn)[-1] == "utter_ask_which_issue"
    assert (turn.consultation.question, turn.consultation.issue) == (Question.WHICH_ISSUE, None)


# take_in


def test_a_worry_is_said_back_and_a_question_that_changes_the_road_is_asked(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(Problem("事業承継")))
    assert spoken(turn) == ("utter_acknowledge", "utter_ask_sub_issue")


def test_a_worry_that_is_clear_is_not_asked_about(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(Problem("事業承継", "tax")))
    assert spoken(turn) == ("utter_acknowledge_closely", "utter_ask_prefecture")


def test_who_begins_without_a_greeting_is_told_what_this_desk_is(decides: Decides) -> None:
    assert spoken(decides(a_consultation(), heard(Problem("事業承継"))))[0] == "utter_notice"


def test_a_payment_due_within_days_is_advised_on_at_once(decides: Decides) -> None:
    turn = decides(a_consultation(), heard(Problem("資金繰り"), urgent=True))
    assert spoken(turn).index("utter_urgent") < spoken(turn).index("utter_ask_sub_issue")


@pytest.mark.parametrize(
    ("answer", "effect", "response"),
    [("make", (EffectKind.MAKE_SHEET,), "utter_ask_anything_else_again"), ("skip", (), "utter_no_sheet")],
)
def test_a_sheet_is_made_after_a_yes_alone(
    decides: Decides, answer: str, effect: Tuple[EffectKind, ...], response: str
) -> None:
    turn = decides(SHOWN.with_talk(question=Question.SHEET), heard(picks(Question.SHEET, answer)))
    assert effects(turn) == effect
    assert spoken(turn)[0] == response


def test_a_sheet_that_is_gone_is_asked_for_anew(decides: Decides) -> None:
    turn = decides(SHOWN.with_roads(sheets=(ROAD,)), heard(Asks(About.SHEET)))
    assert effects(turn) == (EffectKind.GIVE_SHEET,)
    assert turn.effects[0].otherwise is not None
    assert spoken(turn.effects[0].otherwise) == ("utter_ask_sheet",)
    assert turn.effects[0].otherwise.consultation.question is Question.SHEET


def test_an_answer_to_another_question_of_the_triage_is_not_lost(decides: Decides) -> None:
    there = a_consultation(issue=UNCLEAR, question="triage", symptom="first_relief", spoken=GREETED)
    turn = decides(there, heard(picks(Question.TRIAGE, "typing", "time_spent")))
    assert spoken(turn)[0] == "utter_said_back"
    assert [str(answer) for answer in turn.consultation.search.told] == ["time_spent/typing"]
    assert set(turn.consultation.search.asked) == {"first_relief", "time_spent"}


def test_what_is_told_beside_the_question_is_noted_and_the_question_put_again(decides: Decides) -> None:
    turn = decides(ASKED, heard(Fact(Slot.INDUSTRY, "旅館"), only_facts=True))
    assert spoken(turn) == ("utter_heard_trade", "utter_ask_prefecture_again")


def test_who_will_not_say_what_the_matter_is_is_left_in_peace_in_the_end(decides: Decides) -> None:
    there = decides(a_consultation(question="issue"), heard(Refuses())).consultation
    assert there.question is Question.ISSUE
    turn = decides(there, heard(Refuses()))
    assert spoken(turn)[-1] == "utter_need_not_ask"
    assert turn.consultation.question is None


# fall_back


@pytest.mark.parametrize("misses", range(4))
def test_it_is_never_said_twice_in_the_same_words_that_a_message_was_not_understood(
    decides: Decides, misses: int
) -> None:
    there = a_consultation(question="issue", misses=misses)
    first = decides(there, heard(unsure=True))
    again = decides(first.consultation, heard(unsure=True))
    assert {(said.response, said.variation) for said in first.said}.isdisjoint(
        (said.response, said.variation) for said in again.said
    )


def test_who_is_not_understood_is_offered_two_guesses(decides: Decides) -> None:
    turn = decides(a_consultation(question="issue"), heard(unsure=True, guesses=("創業", "資金繰り")))
    assert spoken(turn)[-2:] == ("utter_not_understood", "utter_ask_which_issue")


def test_who_is_not_understood_twice_is_asked_what_happens_in_the_shop(decides: Decides) -> None:
    turn = decides(a_consultation(question="issue", misses=1), heard(unsure=True))
    assert spoken(turn)[-2:] == ("utter_not_understood_again", "utter_ask_triage")


# what is remembered


def test_when_the_message_came_is_remembered(decides: Decides) -> None:
    assert decides(ASKED, heard(Yes(), at=1234.5)).consultation.talk.heard_at == 1234.5


def test_what_was_told_in_the_owners_words_is_kept_with_what_it_was_about(decides: Decides) -> None:
    message = heard(
        Problem("人材確保"), Problem("資金繰り", None, Standing.BESIDE), text=" 人も金も足りない\n", own_words=True
    )
    (words,) = decides(a_consultation(), message).consultation.roads.words
    assert (words.text, set(words.about), words.open) == ("人も金も足りない", {"人材確保", "資金繰り"}, False)


def test_what_was_told_before_the_issue_was_clear_belongs_to_the_road_that_followed(decides: Decides) -> None:
    unclear = decides(a_consultation(), heard(Problem(UNCLEAR), text="休む間がない", own_words=True)).consultation
    on_the_way = unclear.on("人材確保").about("hiring")
    after = decides(on_the_way, heard(Fact(Slot.PREFECTURE, "福島県"))).consultation
    assert after.answered
    assert [(words.open, words.led_to) for words in after.roads.words] == [(True, "人材確保")]


def test_quotes_and_words_are_bounded_however_long_the_talk(decides: Decides) -> None:
    there = a_consultation(issue=UNCLEAR)
    for number in range(40):
        symptom = "first_relief" if number % 2 else "change"
        there = there.with_talk(question=Question.TRIAGE).with_search(symptom=symptom, over=False)
        message = heard(
            Tells(),
            Problem("人材確保", None, Standing.BESIDE),
            text=f"{number}番目の話。" * 200,
            own_words=True,
            said_back="人が足りない",
        )
        there = decides(there, message).consultation
    assert len(there.search.quotes) == MOST_QUOTES
    assert len(there.roads.words) == MOST_WORDS
    assert max(len(words.text) for words in there.roads.words) <= LONGEST_WORDS
    assert there.roads.words[-1].text.startswith("39番目")


# own_what_is_lost, say_what_is_not_kept, forget


def test_whose_words_cannot_be_read_any_more_is_told_so_before_anything_else(decides: Decides) -> None:
    assert spoken(decides(a_consultation(), heard(Problem("資金繰り"), begins_anew=True)))[0] == "utter_begin_anew"


def test_that_a_number_was_not_kept_is_told_once(decides: Decides) -> None:
    first = decides(ASKED, heard(Fact(Slot.PREFECTURE, "福島県"), hides=True))
    second = decides(first.consultation, heard(Thanks(), hides=True))
    assert "utter_number_not_kept" in spoken(first)
    assert "utter_number_not_kept" not in spoken(second)


def test_who_wrote_a_number_alone_hears_the_question_again(decides: Decides) -> None:
    turn = decides(ASKED, heard(hides=True, hides_all=True))
    assert spoken(turn)[0] == "utter_number_not_kept"
    assert turn.consultation.question is Question.PREFECTURE


def test_who_wants_their_words_gone_is_asked_back_and_nothing_is_gone_yet(decides: Decides) -> None:
    turn = decides(ASKED, heard(WantsToBeForgotten()))
    assert turn.consultation.question is Question.FORGET
    assert CardKind.FORGOTTEN not in cards(turn)


def test_after_a_yes_the_records_are_gone_and_nothing_more_is_asked(decides: Decides) -> None:
    asked = decides(ASKED, heard(WantsToBeForgotten())).consultation
    turn = decides(asked, heard(picks(Question.FORGET, YES)))
    assert spoken(turn) == ("utter_forgotten",)
    assert cards(turn) == (CardKind.FORGOTTEN,)


def test_after_a_no_the_records_stay_and_the_consultation_goes_on(decides: Decides) -> None:
    asked = decides(ASKED, heard(WantsToBeForgotten())).consultation
    turn = decides(asked, heard(picks(Question.FORGET, NO)))
    assert spoken(turn)[0] == "utter_not_forgotten"
    assert CardKind.FORGOTTEN not in cards(turn)
    assert turn.consultation.issue == "資金繰り"


def test_who_is_with_staff_can_have_the_records_deleted_too(decides: Decides) -> None:
    asked = decides(WITH_STAFF, heard(WantsToBeForgotten()), STAFF)
    turn = decides(asked.consultation, heard(picks(Question.FORGET, YES)), STAFF)
    assert cards(turn) == (CardKind.FORGOTTEN,)


# stay_near


def test_who_wants_a_person_right_after_distress_is_given_the_help_lines_and_no_desk_for_business(
    decides: Decides,
) -> None:
    turn = decides(decides(ASKED, heard(Distress())).consultation, heard(WantsPerson()))
    assert cards(turn) == (CardKind.HELP,)


def test_where_the_desk_has_staff_it_is_called_beside_the_help_lines(decides: Decides) -> None:
    turn = decides(decides(ASKED, heard(Distress()), STAFF).consultation, heard(WantsPerson()), STAFF)
    assert cards(turn)[0] is CardKind.HELP
    assert EffectKind.CALL_STAFF in effects(turn)


def test_what_was_told_is_said_back_in_the_owners_words_with_what_is_said_to_that_matter_only(
    decides: Decides, knowledge: Knowledge
) -> None:
    told = heard(Problem("資金繰り", "turnaround"), said_back="返済が苦しい")
    turn = decides(a_consultation(spoken=GREETED), told)
    said = turn.said[0]
    assert said.response == "utter_said_back_with_sympathy"
    assert dict(said.words) == {"said": "返済が苦しい", "sympathy": knowledge.sympathies["資金繰り/turnaround"][0]}


def test_no_sympathy_is_said_twice(decides: Decides) -> None:
    there = a_consultation(spoken=GREETED)
    heard_sympathies = []
    for _ in range(6):
        turn = decides(there.with_roads(in_hand=None), heard(Problem("資金繰り"), said_back="お金が足りない"))
        heard_sympathies += [dict(said.words)["sympathy"] for said in turn.said if "sympathy" in dict(said.words)]
        there = turn.consultation
    assert len(heard_sympathies) == len(set(heard_sympathies)) > 1


def test_a_feeling_is_met_in_a_sentence_of_its_own_and_not_a_second_time(decides: Decides) -> None:
    angry = heard(Feels(Feeling.ANGRY), Problem("下請取引", "price"), said_back="単価を3割下げろと言われた")
    turn = decides(a_consultation(spoken=GREETED), angry)
    assert spoken(turn)[:2] == ("utter_feels_angry", "utter_said_back")


def test_a_death_is_condoled_and_not_said_back(decides: Decides) -> None:
    bereaved = heard(Feels(Feeling.BEREAVED), Problem("事業承継"), said_back="お父さまが亡くなった")
    turn = decides(a_consultation(spoken=GREETED), bereaved)
    assert spoken(turn)[0] == "utter_feels_bereaved"
    assert not any(response.startswith("utter_said_back") for response in spoken(turn))


def test_who_was_turned_away_and_tells_nothing_else_is_asked_openly(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(TurnedAway(), Tells()))
    assert spoken(turn) == ("utter_turned_away", "utter_ask_openly_briefly")


def test_a_feeling_below_a_road_is_met_and_nothing_is_asked(decides: Decides) -> None:
    there = a_consultation(
        issue="資金繰り", shown=(a_road("資金繰り"),), question=Question.ANYTHING_ELSE.value, spoken=GREETED
    )
    turn = decides(there, heard(Feels(Feeling.RELIEVED)))
    assert spoken(turn) == ("utter_feels_relieved",)


def test_what_an_owner_comes_with_is_followed_by_the_question_for_its_cause(decides: Decides) -> None:
    loss = heard(Problem("資金繰り"), comes_with=(AnswerId("comes_with", "in_the_red"),), said_back="赤字が続いている")
    turn = decides(a_consultation(spoken=GREETED), loss)
    assert turn.consultation.issue == UNCLEAR
    assert turn.consultation.search.symptom == "why_loss"


def test_a_cause_that_became_clear_is_said_and_not_asked_about(decides: Decides) -> None:
    there = a_consultation(
        issue=UNCLEAR,
        question="triage",
        symptom="unit_price",
        told=("comes_with/in_the_red", "why_loss/buyer"),
        symptoms_asked=("why_loss",),
        spoken=GREETED,
    )
    turn = decides(there, heard(picks(Question.TRIAGE, "buyer", "unit_price")))
    assert "utter_settled" in spoken(turn)
    assert turn.consultation.issue == "下請取引"


def test_after_a_no_the_matter_is_asked_for_openly_and_the_list_is_there_on_request(decides: Decides) -> None:
    denied = decides(a_consultation(issue="資金繰り", prefecture="福島県", spoken=GREETED), heard(NotProblem()))
    assert spoken(denied) == ("utter_sorry_misunderstood", "utter_ask_openly")
    listed = decides(denied.consultation, heard(picks(Question.ISSUE, "list")))
    assert spoken(listed)[-1] == "utter_ask_issue"
    assert not listed.consultation.talk.openly


def test_what_was_denied_is_not_offered_again_until_the_owner_brings_it_up(decides: Decides) -> None:
    there = a_consultation(issue="資金繰り", spoken=GREETED)
    denied = decides(there, heard(NotProblem("資金繰り"), Problem("人材確保"))).consultation
    beside = decides(denied, heard(Problem("人材確保"), Problem("資金繰り", standing=Standing.BESIDE))).consultation
    assert beside.others == ()
    told = decides(denied, heard(Problem("資金繰り"))).consultation
    assert (told.issue, told.roads.denied) == ("資金繰り", ())


def test_who_asks_for_plain_words_has_them_from_there_on(decides: Decides) -> None:
    asked = decides(a_consultation(spoken=GREETED), heard(Greets(), easily=True)).consultation
    assert decides(asked, heard(Problem("資金繰り"))).consultation.talk.easily


def test_who_writes_english_is_told_once_where_a_person_is(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(unsure=True, in_english=True))
    assert spoken(turn) == ("utter_english",)
    assert cards(turn) == (CardKind.CONTACT,)
    assert "utter_english" not in spoken(decides(turn.consultation, heard(unsure=True, in_english=True)))


def test_of_several_worries_the_one_that_falls_due_comes_first_and_the_others_are_kept(decides: Decides) -> None:
    worries = heard(Problem("人材確保"), Problem("資金繰り"), urgent=True)
    turn = decides(a_consultation(spoken=GREETED), worries)
    assert spoken(turn)[:2] == ("utter_begin_with", "utter_urgent")
    assert (turn.consultation.issue, turn.consultation.others) == ("資金繰り", ("人材確保",))


def test_a_question_that_is_not_answered_comes_back_once(decides: Decides) -> None:
    there = decides(a_consultation(spoken=GREETED), heard(Problem("資金繰り", "lending"))).consultation
    waited = []
    for _ in range(3):
        waited.append(there.question)
        there = decides(there, heard(Greets())).consultation
    assert waited[:2] == [Question.PREFECTURE] * 2
    assert there.question is not Question.PREFECTURE


def test_a_matter_with_a_question_of_its_own_leads_to_it(decides: Decides) -> None:
    turn = decides(a_consultation(spoken=GREETED), heard(Brings("hojokin")))
    assert "utter_brought" in spoken(turn)
    assert turn.consultation.search.symptom == "subsidy_for"


def test_a_second_complaint_about_us_names_people(decides: Decides) -> None:
    there = a_consultation(issue="資金繰り", question="prefecture", spoken=(*GREETED, ("utter_recall", 1)))
    turn = decides(there, heard(Complains()))
    assert spoken(turn) == ("utter_sorry_again",)
    assert cards(turn) == (CardKind.PEOPLE,)


def test_a_no_after_the_farewell_is_no_correction(decides: Decides) -> None:
    assert spoken(decides(SHOWN.with_talk(question=None), heard(No()))) == ("utter_close",)


def test_a_place_put_right_does_not_take_an_answer_back(decides: Decides) -> None:
    there = a_consultation(
        issue=UNCLEAR, question="triage", symptom="change", told=("how_long/decades",), spoken=GREETED
    )
    turn = decides(there, heard(NotProblem(), Fact(Slot.PREFECTURE, "福井県", anew=True)))
    assert len(turn.consultation.search.told) == 1


def test_an_institution_that_was_tried_is_left_out_and_the_next_is_named(decides: Decides) -> None:
    there = a_consultation(
        issue="人材確保",
        sub_issue="hiring",
        question="anything_else",
        shown=(a_road("人材確保", "hiring"),),
        spoken=GREETED,
    )
    turn = decides(there, heard(Tells(), turned_down=("hellowork",)))
    assert spoken(turn)[0] == "utter_left_out"
    assert turn.consultation.roads.turned_down == ("hellowork",)


def test_a_kind_that_is_denied_is_asked_for_anew_and_the_matter_stays(decides: Decides) -> None:
    there = a_consultation(
        issue="販路開拓",
        sub_issue="overseas",
        question="anything_else",
        shown=(a_road("販路開拓", "overseas"),),
        spoken=GREETED,
    )
    turn = decides(there, heard(NotProblem("販路開拓", "overseas")))
    assert spoken(turn) == ("utter_not_meant", "utter_ask_sub_issue")
    assert turn.consultation.issue == "販路開拓"


def test_what_was_never_in_hand_is_dropped_and_what_waits_comes_back(decides: Decides) -> None:
    there = a_consultation(
        issue="資金繰り", sub_issue="lending", question="prefecture", later=("商店街振興",), spoken=GREETED
    )
    turn = decides(there, heard(NotProblem("商店街振興")))
    assert spoken(turn) == ("utter_not_meant", "utter_ask_prefecture_again")
    assert turn.consultation.others == ()


def test_the_words_to_say_name_the_kind_of_the_matter(decides: Decides) -> None:
    turn = decides(SHOWN, heard(Asks(About.WORDS)))
    (said,) = turn.said
    assert dict(said.words)["matter"] == "借り入れの返済が苦しいので"


def test_who_asks_for_a_number_that_we_do_not_have_is_told_so(decides: Decides) -> None:
    shown = a_consultation(issue="人材確保", shown=(a_road("人材確保"),), question="anything_else", spoken=GREETED)
    turn = decides(shown, heard(Asks(About.CONTACT), asks_number=True))
    assert spoken(turn) == ("utter_no_number",)


def test_a_place_is_asked_for_before_a_road_even_where_nothing_else_came_of_the_talk(decides: Decides) -> None:
    long = a_consultation(issue=UNCLEAR, question="triage", symptom="first_relief", on_the_way=9, spoken=GREETED)
    turn = decides(long, heard(Tells()))
    assert turn.consultation.question is Question.PREFECTURE


def test_whom_to_see_first_is_whom_the_matter_that_cannot_wait_needs(decides: Decides, knowledge: Knowledge) -> None:
    shown = a_consultation(issue="資金繰り", shown=(a_road("資金繰り"),), question="anything_else", spoken=GREETED)
    turn = decides(shown.with_roads(brought=("shakaihoken",)), heard(Asks(About.FIRST_STEP)))
    assert dict(turn.said[0].words)["institution"] == knowledge.brought["shakaihoken"].see[0].name


def test_who_is_strained_is_told_once_where_somebody_listens(decides: Decides) -> None:
    afraid = heard(Feels(Feeling.ANXIOUS), Problem("資金繰り"), strained=True)
    turn = decides(a_consultation(spoken=GREETED), afraid)
    assert spoken(turn)[:2] == ("utter_feels_anxious", "utter_somebody_listens")
    assert "utter_somebody_listens" not in spoken(decides(turn.consultation, afraid))


def test_who_leaves_the_choice_to_us_begins_with_the_first(decides: Decides) -> None:
    there = a_consultation(
        issue=UNCLEAR,
        question="which_issue",
        candidates=("販路開拓", "人材確保"),
        later=("販路開拓", "人材確保"),
        spoken=GREETED,
    )
    turn = decides(there, heard(Pick(Option(Question.ISSUE, "販路開拓"), left_to_us=True)))
    assert spoken(turn)[0] == "utter_begin_there"
    assert turn.consultation.issue == "販路開拓"


def test_what_is_denied_while_we_search_is_not_asked_about_any_more(decides: Decides) -> None:
    there = a_consultation(
        issue=UNCLEAR, question="triage", symptom="handing_over", told=("left_over/nothing",), spoken=GREETED
    )
    turn = decides(there, heard(NotProblem("事業承継")))
    assert spoken(turn)[0] == "utter_not_meant"
    assert turn.consultation.search.symptom not in ("handing_over", "five_years")
    assert turn.consultation.roads.denied == ("事業承継",)


def test_what_is_told_where_the_place_was_asked_for_leads_to_the_road_and_no_second_question(decides: Decides) -> None:
    turn = decides(ASKED, heard(Tells(), text="二年前からずっとこうなんです"))
    assert spoken(turn)[1:3] == ("utter_place_any_time", "utter_refer")


def test_what_is_not_understood_where_the_place_was_asked_for_leads_to_the_road(decides: Decides) -> None:
    turn = decides(ASKED, heard(text="近所の人がそう言うもんで", unsure=True))
    assert spoken(turn)[:2] == ("utter_place_any_time", "utter_refer")


def test_a_place_told_below_the_road_leads_to_the_offices_there(decides: Decides) -> None:
    anywhere = a_consultation(
        issue="販路開拓",
        sub_issue="local_trader",
        shown=(a_road("販路開拓", "local_trader"),),
        question="other_issue",
        later=("人材確保",),
        spoken=GREETED,
    )
    turn = decides(anywhere, heard(Fact(Slot.PREFECTURE, "福井県"), Fact(Slot.MUNICIPALITY, "鯖江市"), only_facts=True))
    assert spoken(turn)[0] == "utter_refer_nearby"
    assert turn.consultation.roads.shown[-1].town == "鯖江市"


def test_who_asks_whom_to_call_while_the_place_waits_is_shown_the_road(decides: Decides) -> None:
    turn = decides(ASKED, heard(Asks(About.FIRST_STEP)))
    assert spoken(turn)[:2] == ("utter_place_any_time", "utter_refer")


def test_who_tells_a_worry_and_asks_whom_to_see_is_asked_for_the_place_alone(decides: Decides) -> None:
    turn = decides(a_consultation(), heard(Problem("資金繰り"), Asks(About.CONTACT)))
    assert turn.consultation.question is Question.PREFECTURE


def test_which_of_two_comes_first_is_answered_by_the_road(decides: Decides) -> None:
    asked = heard(Asks(About.ORDER), institutions=("yorozu", "local_bank"))
    (said,) = decides(SHOWN, asked).said
    assert dict(said.words) == {"first": "銀行や信用金庫などの金融機関", "second": "よろず支援拠点"}


def test_which_of_several_worries_comes_first_is_answered_with_who_helps_to_sort_them(decides: Decides) -> None:
    assert spoken(decides(SHOWN, heard(Asks(About.ORDER)))) == ("utter_which_worry_first",)


def test_who_asks_again_what_it_costs_did_not_mean_what_advice_costs(decides: Decides) -> None:
    once = decides(SHOWN, heard(Asks(About.COST)))
    twice = decides(once.consultation, heard(Asks(About.COST)))
    assert (spoken(once), spoken(twice)) == (("utter_answer_cost",), ("utter_not_known",))


def test_one_step_that_is_asked_for_is_all_that_is_answered(decides: Decides) -> None:
    turn = decides(SHOWN, heard(Asks(About.FIRST_STEP), Asks(About.CONTACT)))
    assert spoken(turn) == ("utter_first_step",)


def test_nothing_is_said_behind_an_answer_between_two_roads(decides: Decides) -> None:
    between = SHOWN.with_talk(question=None)
    assert spoken(decides(between, heard(Asks(About.COST)))) == ("utter_answer_cost",)


def test_what_helps_in_a_matter_is_not_said_twice(decides: Decides) -> None:
    both = heard(Brings("tenpo_chintai"), Asks(About.CONSEQUENCE, answers=("consequence_rent",)))
    assert "utter_answer_unknown" not in spoken(decides(a_consultation(), both))


def test_who_keeps_it_from_their_family_is_met_before_anything_else(decides: Decides) -> None:
    assert spoken(decides(SHOWN, heard(Feels(Feeling.ALONE), Tells())))[0] == "utter_feels_alone"


def test_who_will_telephone_is_not_told_to_go_there(decides: Decides) -> None:
    assert spoken(decides(SHOWN, heard(WillGo(), text="明日、電話してみます")))[0] == "utter_encourage_call"


def test_a_trade_told_in_place_of_the_kind_lets_the_question_go_the_second_time(decides: Decides) -> None:
    there = a_consultation(issue="販路開拓", question="sub_issue", prefecture="福井県", spoken=GREETED)
    once = decides(there, heard(Fact(Slot.INDUSTRY, "八百屋"), only_facts=True))
    twice = decides(once.consultation, heard(Fact(Slot.EMPLOYEE_COUNT, "3"), only_facts=True))
    assert (once.consultation.question, spoken(twice)[-2]) == (Question.SUB_ISSUE, "utter_refer")


def test_a_place_told_after_a_matter_that_was_brought_names_who_is_near(decides: Decides, knowledge: Knowledge) -> None:
    brought = a_consultation(question="issue", spoken=GREETED).with_roads(brought=("mayoi",))
    turn = decides(brought, heard(Fact(Slot.PREFECTURE, "長野県"), Fact(Slot.MUNICIPALITY, "松本市"), only_facts=True))
    assert spoken(turn)[0] == "utter_refer_nearby"
    card = turn.said[0].card
    assert card is not None
    assert "松本商工会議所" in str(part_of(knowledge, turn.consultation, card))


def test_who_fears_to_close_is_not_led_to_succession(decides: Decides) -> None:
    turn = decides(SHOWN, heard(Feels(Feeling.ALONE), Tells()))
    assert spoken(turn) == ("utter_feels_alone",)

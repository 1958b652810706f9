"""What is asked is answered in few words: each question once, whom to ask once, and beside a card what it lacks."""

from __future__ import annotations

from typing import Dict, Tuple

from bot.consult.heard import Heard
from bot.consult.moves import About, Asks
from bot.consult.scene import CardKind, Turn
from tests.consult.conftest import Decides, a_consultation, a_road, spoken

LONGEST = 300


def asked(*answers: Tuple[About, str], **more: object) -> Heard:
    """A message that asks these, each with the answer that we know."""
    return Heard(text="?", moves=tuple(Asks(about, (name,)) for about, name in answers), **more)  # type: ignore[arg-type]


def words(turn: Turn) -> "list[Dict[str, str]]":
    return [dict(said.words) for said in turn.said]


def test_two_questions_have_two_answers_and_say_once_whom_to_ask(decides: Decides) -> None:
    both = asked((About.DURATION, "duration_cci"), (About.APPOINTMENT, "appointment_cci"), institutions=("cci",))
    assert spoken(decides(a_consultation(), both))[:2] == ("utter_answer_unknown", "utter_answer")


def test_what_is_not_known_goes_onto_the_sheet_though_whom_to_ask_was_said(decides: Decides) -> None:
    both = asked((About.DURATION, "duration_cci"), (About.APPOINTMENT, "appointment_cci"), institutions=("cci",))
    assert len(decides(a_consultation(), both).consultation.roads.to_ask) == 2


def test_a_second_answer_that_makes_a_leaflet_is_left_out(decides: Decides) -> None:
    long = asked(
        (About.PROGRAMME, "programme_amount"), (About.PROGRAMME, "programme_which_fits"), (About.COST, "cost_jfc")
    )
    said = words(decides(a_consultation(), long))
    assert sum(len(text) for of in said for text in of.values()) <= LONGEST


def test_beside_the_contact_card_stands_what_is_known_of_it(decides: Decides) -> None:
    message = asked((About.NEAREST, "nearest_shinyo_hosho"), institutions=("shinyo_hosho",))
    turn = decides(a_consultation(), message)
    (said, *_) = [said for said in turn.said if said.response == "utter_answer_contact"]
    assert said.card is not None
    assert said.card.kind is CardKind.CONTACT
    assert "横浜、川崎" in dict(said.words)["answer"]


def test_a_contact_card_of_which_nothing_more_is_known_has_no_more_words(decides: Decides) -> None:
    message = Heard(text="?", moves=(Asks(About.CONTACT),), institutions=("jfc",))
    (said, *_) = decides(a_consultation(), message).said
    assert dict(said.words)["answer"] == ""


def test_why_somebody_who_is_not_on_the_road_is_said_in_words(decides: Decides) -> None:
    message = asked((About.WHY_THIS, "why_this_municipality"), institutions=("municipality",))
    there = a_consultation(question="which_issue")
    assert spoken(decides(there, message))[0] == "utter_answer"


def test_what_is_kept_secret_of_the_issue_in_hand_is_not_asked_of_us(decides: Decides) -> None:
    there = a_consultation(issue="下請取引", sub_issue="price", question="prefecture")
    assert spoken(decides(there, asked((About.SECRECY, "secrecy_shitauke"))))[0].startswith("utter_answer")
    assert spoken(decides(a_consultation(), asked((About.SECRECY, "secrecy_any"))))[0] == "utter_privacy"


def test_a_loan_that_is_named_is_answered_though_a_card_could_tell_what_everybody_costs(decides: Decides) -> None:
    there = a_consultation(
        issue="資金繰り", sub_issue="lending", prefecture="岡山県", shown=(a_road("資金繰り", "lending", "岡山県"),)
    )
    message = asked((About.COST, "cost_marukei"), subjects=("marukei",))
    assert spoken(decides(there, message))[0] == "utter_answer"


def test_what_we_cannot_say_is_passed_on_to_who_can_in_the_owners_own_words(decides: Decides) -> None:
    message = Heard(text="?", moves=(Asks(About.OTHER),), field="labour", question="残業代は何割増しですか")
    (said, *_) = decides(a_consultation(), message).said
    assert (said.response, dict(said.words)["question"]) == ("utter_answer_unknown", "残業代は何割増しですか")


def test_who_knows_is_shown_with_how_to_reach_them(decides: Decides) -> None:
    message = Heard(text="?", moves=(Asks(About.ELIGIBILITY),), field="tax", question="家賃は経費になりますか")
    (said, *_) = decides(a_consultation(), message).said
    assert said.card is not None
    assert (said.card.kind, said.card.answer) == (CardKind.FIELD, "tax")


def test_what_something_costs_is_not_answered_with_what_advice_costs(decides: Decides) -> None:
    message = Heard(text="?", moves=(Asks(About.COST),), field="ip", question="登録にいくらかかりますか")
    assert "utter_cost_of_this_desk" not in spoken(decides(a_consultation(), message))


def test_a_question_that_cannot_be_passed_on_is_put_into_nobodys_mouth(decides: Decides) -> None:
    message = Heard(text="?", moves=(Asks(About.OTHER),), field="tax", question="")
    (said, *_) = decides(a_consultation(), message).said
    assert said.response == "utter_answer_unknown_there"


def test_the_sheet_has_what_was_written_where_that_is_too_long_to_pass_on(decides: Decides) -> None:
    message = Heard(text="家賃の話です", moves=(Asks(About.OTHER),), field="tax", question="")
    assert decides(a_consultation(), message).consultation.roads.to_ask == ("家賃の話です",)

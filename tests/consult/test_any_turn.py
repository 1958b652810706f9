"""What holds for every turn, whatever was heard and wherever the talk stood."""

from __future__ import annotations

from typing import Sequence

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.consult.asking import Step, next_step
from bot.consult.cards import part_of
from bot.consult.choices import options
from bot.consult.moves import Distress
from bot.consult.state import Consultation
from bot.consult.turn import turn
from bot.operator.desk import Desk
from tests.conftest import ROOT
from tests.consult.conftest import Decides, Hears, understood
from tests.consult.random_talks import DESKS, KNOWLEDGE, TALKS, Message, turns_of

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
# Who asks about two institutions is told of each, and who asks two things has two answers.
ONE_EACH = {
    "utter_explain_institution",
    "utter_answer",
    "utter_answer_contact",
    "utter_answer_unknown",
    "utter_answer_unknown_there",
    "utter_answer_unknown_yet",
}
often = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(desk=DESKS, talk=TALKS)
def test_any_talk_can_go_on_after_any_turn(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        assert next_step(KNOWLEDGE, decided.consultation) in Step


@often
@given(desk=DESKS, talk=TALKS)
def test_no_response_is_said_twice_in_a_turn(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        said = [said.response for said in decided.said if said.response not in ONE_EACH]
        assert len(said) == len(set(said))


@often
@given(desk=DESKS, talk=TALKS)
def test_all_that_is_said_stands_in_the_domain_and_every_card_can_be_made(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        for said in decided.said:
            for variation in RESPONSES[said.response]:
                variation["text"].format(**dict(said.words))
            if said.card is not None:
                part_of(KNOWLEDGE, decided.consultation, said.card)


@often
@given(desk=DESKS, talk=TALKS)
def test_a_turn_says_something_unless_staff_has_the_conversation(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        assert decided.said or decided.effects or decided.consultation.talk.paused


@often
@given(desk=DESKS, talk=TALKS)
def test_a_question_that_waits_offers_its_answers(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        if decided.consultation.question is not None:
            assert options(KNOWLEDGE, decided.consultation)


@often
@given(desk=DESKS, talk=TALKS)
def test_distress_is_always_met_with_help(desk: Desk, talk: Sequence[Message]) -> None:
    *_, last = turns_of(desk, talk)
    message = talk[-1].there(last.consultation)
    met = turn(KNOWLEDGE, desk, last.consultation, type(message)(moves=(Distress(), *message.moves)))
    assert "utter_comfort" in [said.response for said in met.said]


@often
@given(desk=DESKS, talk=TALKS)
def test_a_turn_says_where_it_was_decided(desk: Desk, talk: Sequence[Message]) -> None:
    for decided in turns_of(desk, talk):
        assert bool(decided.said or decided.effects) <= bool(decided.by)


@often
@given(
    messages=st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "はい", "いいえ", "福島です", "もういいです"]) | st.text(max_size=1200),
            st.sampled_from([*KNOWLEDGE.issues, "affirm", "deny", "skip", "distress", "greet", "correct", "ask_why"]),
            st.floats(0, 1),
        ),
        max_size=6,
    )
)
def test_any_message_in_any_place_leaves_a_consultation_that_can_go_on(
    hears: Hears, decides: Decides, messages: "list[tuple[str, str, float]]"
) -> None:
    there = Consultation()
    for text, intent, confidence in messages:
        message = understood(text, (intent, confidence), ("資金繰り", (1 - confidence) / 2))
        there = decides(there, hears(there, message)).consultation
        assert next_step(KNOWLEDGE, there) in Step

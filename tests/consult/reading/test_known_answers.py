"""A question is given the answer that it asks for: of its topic, of whom it names, the narrowest; a matter is met."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from bot.consult.moves import About, Asks, Brings, Problem, first
from bot.consult.reading import Understood
from bot.consult.reading.understood import ReadMove
from bot.knowledge import Knowledge
from tests.consult.conftest import Hears, a_consultation

ON_THE_WAY = a_consultation(issue="資金繰り", sub_issue="lending", question="prefecture")


def asked(hears: Hears, there: Any, text: str, about: str, like: Mapping[str, float], *named: str) -> Tuple[str, ...]:
    question = ReadMove("asks", 0.95, about=about)
    heard = hears(there, Understood(text, text, moves=(question,), institutions=named, answers=like))
    move = first(heard.moves, Asks)
    assert move is not None
    return move.answers


def test_what_is_asked_of_an_institution_is_answered_of_that_one(hears: Hears) -> None:
    like = {"cost_jfc": 0.9, "cost_zeirishi": 0.4}
    assert asked(hears, ON_THE_WAY, "税理士さんに頼むと、いくらかかりますか", "cost", like, "zeirishi") == (
        "cost_zeirishi",
    )


def test_a_topic_heard_for_sure_is_not_answered_by_another(hears: Hears) -> None:
    like = {"nearest_saisei_kyogikai": 0.95, "secrecy_saisei_kyogikai": 0.5}
    answers = asked(hears, ON_THE_WAY, "協議会に話したら漏れますか", "secrecy", like, "saisei_kyogikai")
    assert answers == ("secrecy_saisei_kyogikai",)


def test_what_resembles_nothing_that_we_know_has_no_answer(hears: Hears) -> None:
    assert asked(hears, a_consultation(), "それはどうやるんですか", "procedure", {"procedure_rules": 0.2}) == ()


def test_two_institutions_to_tell_apart_have_one_answer(hears: Hears) -> None:
    like = {"difference_shokokai_cci": 0.9}
    text = "商工会と商工会議所は何が違うんですか"
    answers = asked(hears, a_consultation(), text, "difference", like, "shokokai", "cci")
    assert answers == ("difference_shokokai_cci",)


def test_an_answer_is_given_until_its_day_and_not_after(hears: Hears, knowledge: Knowledge) -> None:
    (dated, *_) = [a for a in knowledge.answers.values() if a.until is not None and a.scope.institution is None]
    before = hears(a_consultation(), _about(dated.topic, dated.id), at=0.0)
    after = hears(a_consultation(), _about(dated.topic, dated.id), at=4e9)
    assert [move.answers for move in (*before.moves, *after.moves) if isinstance(move, Asks)] == [(dated.id,), ()]


def _about(topic: str, answer: str) -> Understood:
    moves = (ReadMove("asks", 0.95, about=About(topic).value),)
    return Understood("それを教えてもらえますか", moves=moves, answers={answer: 0.95})


def test_a_matter_takes_the_place_of_the_issue_it_was_taken_for(hears: Hears) -> None:
    message = Understood("来週の税金が払えない", ranking=(("資金繰り", 0.9),), brought={"kokuzei": 0.9})
    heard = hears(a_consultation(), message)
    assert first(heard.moves, Brings) is not None
    assert first(heard.moves, Problem) is None


def test_a_matter_that_is_beside_a_clear_issue_leaves_it(hears: Hears) -> None:
    message = Understood("単価を下げられた。契約書もない", ranking=(("下請取引", 0.95),), brought={"keiyaku": 0.7})
    assert first(hears(a_consultation(), message).moves, Brings) is None


def test_a_matter_is_met_once_in_a_talk(hears: Hears) -> None:
    there = a_consultation().with_roads(brought=("kokuzei",))
    message = Understood("税金が払えない", ranking=(("資金繰り", 0.9),), brought={"kokuzei": 0.9})
    assert first(hears(there, message).moves, Brings) is None

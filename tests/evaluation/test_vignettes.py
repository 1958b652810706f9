"""Owners of vignettes answer what they are asked, and what the bot made of them is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional, Tuple

import pytest

from bot.consult.state import Consultation, Owner, Question
from bot.evaluation.rows import EvaluationError
from bot.evaluation.talking import Held
from bot.evaluation.vignettes import (
    Concluded,
    Played,
    Vignette,
    answer_of,
    read_topics,
    read_vignettes,
    vignette_report,
)
from bot.knowledge import Knowledge
from tests.conftest import ROOT

FOLDER = ROOT / "data" / "evaluation" / "vignettes"
TOPICS = ROOT / "data" / "evaluation" / "vignette_topics.yml"
BAKER = Vignette(
    id="b-1",
    prefecture="群馬県",
    voice="パン屋、70歳",
    opening="売上が3割落ちた",
    clear=False,
    expects=Concluded("販路開拓", "local_trader"),
    also=["商店街振興"],
    knows={"customers": "朝の客が来んようになった", "place": "桐生です"},
    detail="近所の客が減った",
    unknown="さあ、わからん",
    agrees="そうそう",
    differs="いや違う",
    manner="短い",
    institutions=["cci"],
    distress=False,
    failure="借りろと言う",
)


FRESH = Consultation()


def held(consultation: Consultation = FRESH, owner: str = "", words: Tuple[Tuple[str, str], ...] = ()) -> Held:
    return Held(owner, (), (), (), words, " ".join(text for _, text in words), {}, consultation)


def waiting(question: Question, **search: Any) -> Held:
    return held(Consultation().with_talk(question=question).with_search(**search))


@pytest.mark.parametrize(
    ("turn", "answer"),
    [
        (waiting(Question.TRIAGE, symptom="customers"), "朝の客が来んようになった"),
        (waiting(Question.TRIAGE, symptom="loans"), "さあ、わからん"),
        (waiting(Question.PREFECTURE), "桐生です"),
        (waiting(Question.SUB_ISSUE), "近所の客が減った"),
        (waiting(Question.ANYTHING_ELSE), None),
    ],
)
def test_an_owner_answers_the_topic_that_is_asked_in_their_own_words(
    knowledge: Knowledge, turn: Held, answer: Optional[str]
) -> None:
    assert answer_of(BAKER, knowledge, read_topics(TOPICS), turn) == answer


def test_an_owner_agrees_to_a_finding_that_is_fair_and_to_no_other(knowledge: Knowledge) -> None:
    named = Consultation().with_talk(question=Question.WHICH_ISSUE, candidates=("商店街振興",)).with_search(over=True)
    wrong = named.with_talk(candidates=("資金繰り",))
    assert answer_of(BAKER, knowledge, {}, held(named)) == "そうそう"
    assert answer_of(BAKER, knowledge, {}, held(wrong)) == "いや違う"


def test_a_number_that_the_owner_did_not_say_is_put_into_their_mouth() -> None:
    told = held(owner="売上が3割落ちた", words=(("utter_said_back", "売上が5割落ちたのですね。"),))
    assert Played(BAKER, (told,)).put_in_mouth == ("5",)


def test_what_the_owner_said_is_not_put_into_their_mouth() -> None:
    told = held(owner="売上が３割落ちた", words=(("utter_said_back", "売上が3割落ちたのですね。"),))
    assert Played(BAKER, (told,)).put_in_mouth == ()


def test_a_place_that_the_owner_did_not_name_is_put_into_their_mouth() -> None:
    somewhere = Consultation(owner=Owner(prefecture="福島県"))
    assert Played(BAKER, (held(somewhere, "社長の野口が倒れた"),)).put_in_mouth == ("福島県",)


def test_who_is_in_distress_counts_by_whether_they_were_met(knowledge: Knowledge) -> None:
    class_of = {field: getattr(BAKER, field) for field in Vignette.__dataclass_fields__}
    distressed = Vignette(**{**class_of, "distress": True})
    report = vignette_report([Played(distressed, (held(),)), Played(BAKER, (held(),))], knowledge)
    assert (report.missed_distress, report.coverage.total) == (1, 1)


def test_every_question_of_the_triage_has_topics_that_answer_it(knowledge: Knowledge) -> None:
    asked = {symptom.id for symptom in knowledge.triage.symptoms.values() if symptom.ask}
    assert set(read_topics(TOPICS)) == asked


def test_there_are_a_hundred_and_twenty_owners_of_twelve_voices_and_a_third_is_unclear() -> None:
    owners = read_vignettes(FOLDER)
    assert len({owner.id for owner in owners}) == len(owners) >= 120
    assert len(list(FOLDER.glob("*.yml"))) >= 12
    assert sum(not owner.clear for owner in owners) >= len(owners) * 0.3


def test_every_sub_issue_has_an_owner(knowledge: Knowledge) -> None:
    owned = {(owner.expects.issue, owner.expects.sub_issue) for owner in read_vignettes(FOLDER)}
    assert {(i.name, s.id) for i in knowledge.issues.values() for s in i.sub_issues} <= owned


def test_a_folder_without_vignettes_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no vignettes"):
        read_vignettes(tmp_path)

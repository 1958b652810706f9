"""Worries in one breath, corrections with content, and what owners say once they were told whom to see."""

from __future__ import annotations

import pytest

from bot.consult.acts import APOLOGY, CORRECT, DOUBTS, GOES, SEVERAL, Reading, Thresholds
from bot.consult.choices import offered
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE, PREFECTURE, Consultation
from bot.consult.heard import Heard
from bot.consult.listening import listen
from bot.consult.reading import read
from bot.knowledge import Knowledge

THRESHOLDS = Thresholds(
    sure=0.6, pair=0.6, sub_issue=0.8, other=0.55, change=0.9, explicit=0.94, distress=0.4, dying=0.05, weary=0.8
)
MANY = Heard(
    "人は来ない、金は足りない、客も減った",
    (("課題不明確", 0.9),),
    other_issues={"人材確保": 0.9, "資金繰り": 0.8, "販路開拓": 0.7, "IT活用": 0.3},
)
SHOWN = Consultation(
    issue="資金繰り", sub_issue="turnaround", referred=("資金繰り/turnaround/大阪府",), question=ANYTHING_ELSE
)


def test_worries_in_one_breath_are_named_surest_first(knowledge: Knowledge) -> None:
    reading = read(knowledge, Consultation(), MANY, THRESHOLDS)
    assert reading == Reading(SEVERAL, None, ("人材確保", "資金繰り", "販路開拓"))


def test_one_clear_worry_is_not_several(knowledge: Knowledge) -> None:
    heard = Heard("人が来なくて、いろいろ困っている", (("課題不明確", 0.9),), other_issues={"人材確保": 0.9})
    assert read(knowledge, Consultation(), heard, THRESHOLDS).act == "課題不明確"


def test_the_worries_are_offered_and_the_others_kept(knowledge: Knowledge) -> None:
    state = listen(knowledge, Consultation(), MANY, Reading(SEVERAL, None, ("人材確保", "資金繰り/lending")))
    assert state.candidates == ("人材確保", "資金繰り")
    chosen = listen(knowledge, state, Heard("人手のこと"), Reading("answer", "issue.人材確保"))
    assert (chosen.issue, chosen.other_issues, chosen.kept_sub_issues) == (
        "人材確保",
        ("資金繰り",),
        ("資金繰り/lending",),
    )


def test_a_correction_that_names_the_matter_moves_over_and_forgets_the_wrong_one(knowledge: Knowledge) -> None:
    state = Consultation(issue="IT活用", sub_issue="first_steps", question=PREFECTURE, industry="八百屋")
    heard = Heard("機械じゃなくて人の話", (("correct", 0.9),), other_issues={"人材確保": 0.8})
    reading = read(knowledge, state, heard, THRESHOLDS)
    assert reading == Reading(CORRECT, "issue.人材確保")
    after = listen(knowledge, state, heard, reading)
    assert (after.issue, after.sub_issue, after.other_issues, after.industry) == ("人材確保", None, (), "八百屋")


def test_a_correction_to_the_issue_in_hand_changes_nothing(knowledge: Knowledge) -> None:
    state = Consultation(issue="商店街振興", sub_issue="vision_and_plan", question=PREFECTURE)
    heard = Heard("店のじゃなくて通りの", (("correct", 0.9),), other_issues={"商店街振興": 0.8})
    after = listen(knowledge, state, heard, read(knowledge, state, heard, THRESHOLDS))
    assert (after.issue, after.sub_issue) == ("商店街振興", "vision_and_plan")


@pytest.mark.parametrize(
    ("intent", "kind", "act"),
    [("affirm", "goes", GOES), ("thank", "apology", APOLOGY), ("ask_why", "doubts", DOUBTS)],
)
def test_what_owners_say_after_a_road_has_acts_of_its_own(
    knowledge: Knowledge, intent: str, kind: str, act: str
) -> None:
    heard = Heard("…", ((intent, 0.9),), sub_issues={intent: (kind, 0.9)})
    assert read(knowledge, SHOWN, Heard("では", heard.ranking, sub_issues=heard.sub_issues), THRESHOLDS).act == act


def test_who_will_go_has_not_said_yes_to_another_issue(knowledge: Knowledge) -> None:
    state = Consultation(issue="創業", referred=("創業//",), question=OTHER_ISSUE, other_issues=("資金繰り",))
    heard = Heard("電話してみます", (("affirm", 0.9),), sub_issues={"affirm": ("goes", 0.9)})
    assert read(knowledge, state, heard, THRESHOLDS).act == GOES


def test_a_mere_yes_asks_for_more_only_where_more_was_asked(knowledge: Knowledge) -> None:
    heard = Heard("はい", (("affirm", 1.0),))
    assert read(knowledge, SHOWN, heard, THRESHOLDS).choice == f"{ANYTHING_ELSE}.more"
    standing = Consultation(**{**SHOWN.__dict__, "standing": True})
    assert read(knowledge, standing, heard, THRESHOLDS).act == GOES


def test_the_loan_of_a_founder_is_no_second_worry(knowledge: Knowledge) -> None:
    heard = Heard("開業したい。300万借りたい", (("創業", 0.95),), other_issues={"資金繰り": 0.9})
    lending = Heard(
        heard.text, heard.ranking, other_issues=heard.other_issues, sub_issues={"資金繰り": ("lending", 0.9)}
    )
    debts = Heard(
        heard.text, heard.ranking, other_issues=heard.other_issues, sub_issues={"資金繰り": ("turnaround", 0.9)}
    )
    assert read(knowledge, Consultation(), lending, THRESHOLDS).others == ()
    assert read(knowledge, Consultation(), debts, THRESHOLDS).others == ("資金繰り/turnaround",)


def test_every_candidate_is_a_choice(knowledge: Knowledge) -> None:
    state = Consultation(issue="課題不明確", question="which_issue", candidates=("人材確保", "資金繰り", "販路開拓"))
    assert [choice.id for choice in offered(knowledge, state)][:3] == [
        "issue.人材確保",
        "issue.資金繰り",
        "issue.販路開拓",
    ]

"""Where a consultation stands that is made up for a labelled message."""

from __future__ import annotations

from typing import Any

from bot.consult.place import Place, Waiting
from bot.consult.state import Question
from bot.evaluation.in_talk import standing
from bot.knowledge import Knowledge
from bot.nlu.turn_rows import TurnRow


def row(waiting: Waiting, **place: Any) -> TurnRow:
    return TurnRow("t", Place(waiting=waiting, **place), "はい", ())


def test_the_first_message_stands_before_any_question(knowledge: Knowledge) -> None:
    there = standing(knowledge, row(Waiting.OPEN), "")
    assert (there.question, there.issue, there.talk.spoken) == (None, None, ())


def test_what_was_found_is_what_our_words_name(knowledge: Knowledge) -> None:
    spoken = knowledge.issues["人材確保"].spoken
    there = standing(knowledge, row(Waiting.FINDING), f"{spoken}ではないかと思います。合っていますか。")
    assert there.talk.candidates == ("人材確保",)
    assert there.search.over


def test_two_worries_are_those_whose_labels_are_offered(knowledge: Knowledge) -> None:
    labels = tuple(knowledge.issues[name].label for name in ("人材確保", "事業承継"))
    there = standing(knowledge, row(Waiting.WHICH_ISSUE, offered=labels), "")
    assert set(there.talk.candidates) == {"人材確保", "事業承継"}


def test_below_institutions_the_matter_counts_as_answered(knowledge: Knowledge) -> None:
    there = standing(knowledge, row(Waiting.ANYTHING_ELSE, issue="創業", sub_issue="before", road=("商工会議所",)), "")
    assert there.question is Question.ANYTHING_ELSE
    assert there.answered


def test_the_question_of_the_search_is_the_one_with_the_answers_offered(knowledge: Knowledge) -> None:
    symptom = next(s for s in knowledge.triage.symptoms.values() if s.ask is not None)
    offered = tuple(answer.label for answer in symptom.answers)
    assert standing(knowledge, row(Waiting.SYMPTOM, offered=offered), "").search.symptom == symptom.id

"""A question that nobody heard as one: by the known answers that the message resembles, or by how it is put."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from bot.consult.moves import About, Apologizes, Asks, Complains, Fact, OffTopic, Problem, Tells, WantsPerson
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge

# What a message with a question in it is easily taken for; anything else is known better.
_EASILY_HEARD = (Problem, Tells, OffTopic, WantsPerson, Fact, Complains, Apologizes)
_NO_QUESTION_TO_US = ("greet", "thank", "goodbye", "affirm", "deny", "distress", "restart")


def with_what_is_asked(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds, heard: Taken
) -> Taken:
    """The same with the question that was put in it, where it is put as one and none was heard.

    What resembles a known way of asking is that; once a road is shown, whatever else is put as a question is one to be
    answered honestly, and not a remark to be nodded at.
    """
    easily = all(isinstance(move, _EASILY_HEARD) for move in heard.moves)
    if not understood.asks_within or not easily or understood.top[0] in _NO_QUESTION_TO_US:
        return heard
    if consultation.question in (Question.FORGET, Question.CALL_BACK):
        return heard
    about = _topic_of(knowledge, understood, thresholds.asked)
    remarks = all(isinstance(move, Tells) for move in heard.moves)
    if about is None and consultation.answered and remarks and not understood.prefectures:
        about = About.OTHER
    if about is None:
        return heard
    told = tuple(move for move in heard.moves if isinstance(move, (Problem, Fact)))
    return replace(heard, moves=(*told, Asks(about)), unsure=False)


def _topic_of(knowledge: Knowledge, understood: Understood, least: float) -> Optional[About]:
    """What the answer is about that the message most resembles, where it does so enough."""
    likest = max(understood.answers.items(), key=lambda known: known[1], default=None)
    if likest is None or likest[1] < least or likest[0] not in knowledge.answers:
        return None
    return About(knowledge.answers[likest[0]].topic)

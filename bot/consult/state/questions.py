"""The questions that can wait for an owner's answer."""

from __future__ import annotations

from enum import Enum


class Question(str, Enum):
    """A question by its name in data/knowledge/questions.yml."""

    ISSUE = "issue"
    WHICH_ISSUE = "which_issue"
    SUB_ISSUE = "sub_issue"
    PREFECTURE = "prefecture"
    TRIAGE = "triage"
    OTHER_ISSUE = "other_issue"
    ANYTHING_ELSE = "anything_else"
    SHEET = "sheet"
    FORGET = "forget"
    CALL_BACK = "call_back"
    WHICH_ANSWER = "which_answer"  # stands beside the question that waits: which of the questions that we know is meant
    PAUSED = "paused"  # nothing is asked, but the way back to the bot is offered


ON_THE_WAY = (Question.TRIAGE, Question.WHICH_ISSUE, Question.SUB_ISSUE, Question.PREFECTURE)
BELOW_A_ROAD = (Question.ANYTHING_ELSE, Question.OTHER_ISSUE)

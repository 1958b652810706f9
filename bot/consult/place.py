"""Where in the talk a message stands, as far as that changes what the message means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional, Tuple

from bot.consult.choices import options
from bot.consult.road import road
from bot.consult.state import Consultation, Question
from bot.knowledge import Knowledge


class Waiting(str, Enum):
    """What waits for an answer when a message comes. A file of data/turns is named after each."""

    OPEN = "open"
    WHICH_ISSUE = "which_issue"
    SUB_ISSUE = "sub_issue"
    PREFECTURE = "prefecture"
    SYMPTOM = "symptom"
    FINDING = "finding"
    OTHER_ISSUE = "other_issue"
    ANYTHING_ELSE = "anything_else"
    SHEET = "sheet"
    NONE = "none"


_WAITING = {
    Question.ISSUE: Waiting.OPEN,
    Question.WHICH_ISSUE: Waiting.WHICH_ISSUE,
    Question.SUB_ISSUE: Waiting.SUB_ISSUE,
    Question.PREFECTURE: Waiting.PREFECTURE,
    Question.TRIAGE: Waiting.SYMPTOM,
    Question.OTHER_ISSUE: Waiting.OTHER_ISSUE,
    Question.ANYTHING_ELSE: Waiting.ANYTHING_ELSE,
    Question.SHEET: Waiting.SHEET,
}


@dataclass(frozen=True)
class Place:
    """What waits, the labels offered in their order, the matter in hand, and the institutions shown, by their names."""

    waiting: Waiting = Waiting.OPEN
    offered: Tuple[str, ...] = ()
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    road: Tuple[str, ...] = ()


def place_of(knowledge: Knowledge, consultation: Consultation) -> Place:
    """The place of the next message. The first message of all is one to the open question."""
    begun = consultation.issue is not None or bool(consultation.talk.spoken)
    waiting = _WAITING.get(consultation.question, Waiting.NONE) if consultation.question else Waiting.NONE
    if waiting is Waiting.NONE and not begun:
        waiting = Waiting.OPEN
    if waiting is Waiting.WHICH_ISSUE and consultation.search.over and len(consultation.talk.candidates) == 1:
        waiting = Waiting.FINDING
    return Place(
        waiting=waiting,
        offered=tuple(option.label for option in options(knowledge, consultation)),
        issue=consultation.issue or _brought_in_hand(knowledge, consultation),
        sub_issue=consultation.sub_issue,
        road=_shown(knowledge, consultation),
    )


def _brought_in_hand(knowledge: Knowledge, consultation: Consultation) -> Optional[str]:
    """The issue of the matter that was brought last, where no other is in hand: the talk goes on about that."""
    brought = consultation.roads.brought
    return knowledge.brought[brought[-1]].issue if brought else None


def _shown(knowledge: Knowledge, consultation: Consultation) -> Tuple[str, ...]:
    """The names of the institutions on the road shown for the issue in hand, or for the matter that was brought."""
    if consultation.issue is None and consultation.roads.brought:
        return tuple(seen.name for seen in knowledge.brought[consultation.roads.brought[-1]].see)
    if not consultation.issue or not consultation.answered:
        return ()
    return tuple(step.referral.institution.name for step in road(knowledge, consultation).steps)

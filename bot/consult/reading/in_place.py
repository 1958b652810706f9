"""What was learned to be read in its place: several moves of one message, taken where they are sure."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from bot.consult.choices import DONE, GO, MAKE, NEITHER, SKIP, Option, options
from bot.consult.moves import (
    About,
    Asks,
    Complains,
    Move,
    NotProblem,
    Pick,
    Problem,
    StartsOver,
    Stops,
    Thanks,
    WantsPerson,
    WantsToBeForgotten,
    WillGo,
)
from bot.consult.reading.issue_told import issue_instead
from bot.consult.reading.taken import Taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import ReadMove, Understood
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge

# Moves that end or change the talk; where one is sure, little else of the message matters.
_BY_ITSELF: Dict[str, Move] = {
    "wants_to_be_forgotten": WantsToBeForgotten(),
    "wants_person": WantsPerson(),
    "starts_over": StartsOver(),
}
_YES = {Question.SHEET: MAKE, Question.OTHER_ISSUE: GO}
_NO = {Question.SHEET: SKIP, Question.OTHER_ISSUE: DONE, Question.ANYTHING_ELSE: DONE}
_READ_BETTER_IN_PLACE = ("correct", "deny", "skip", "out_of_scope", "distress")
_LEAVES_THE_QUESTION = (Question.SUB_ISSUE, Question.PREFECTURE)


class _Sure:
    """The moves of a message that are sure enough; beside one that is nearly certain another has to be surer."""

    def __init__(self, understood: Understood, thresholds: Thresholds) -> None:
        surest = max((read.confidence for read in understood.moves), default=0.0)
        least = thresholds.in_place_beside if surest >= thresholds.certain else thresholds.in_place
        self._moves = tuple(read for read in understood.moves if read.confidence >= least)

    def confidence(self, name: str) -> float:
        return max((read.confidence for read in self.of(name)), default=0.0)

    @property
    def beside_facts(self) -> int:
        return sum(read.move != "fact" for read in self._moves)

    def has(self, *names: str) -> bool:
        return any(read.move in names for read in self._moves)

    def of(self, name: str) -> Tuple[ReadMove, ...]:
        return tuple(read for read in self._moves if read.move == name)


def in_place(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """The moves that were read in their place, or None where the rest of the reading has to say.

    A worry that opens the talk, and a small word by itself, are read as before: they are known better, by far more
    sentences.
    """
    sure = _Sure(understood, thresholds)
    if _is_known_better(knowledge, sure, understood, thresholds):
        return None
    for name, move in _BY_ITSELF.items():
        if sure.has(name):
            return Taken((move,))
    questions = _questions(sure, understood)
    if sure.has("stops") and not questions:
        return Taken((Stops() if sure.confidence("stops") >= sure.confidence("thanks") else Thanks(),))
    denied = _denied(consultation, sure) and not understood.prefectures
    told = _told_instead(knowledge, consultation, sure, understood, thresholds) if denied else None
    option = None if told else _picked(knowledge, consultation, sure, understood)
    if denied and told is None and option is None and not questions:
        return _denied_alone(consultation)
    moves: List[Move] = []
    if denied and told is not None:
        moves += [NotProblem(consultation.issue), told]
    elif option is not None:
        moves.append(Pick(option, words=understood.original))
    elif questions:
        moves += _worry_beside(consultation, sure, understood, thresholds)
    moves += questions
    if not moves:
        return _courtesy(consultation, sure)
    return Taken(tuple(moves), described=told is not None or any(isinstance(move, Problem) for move in moves))


def _is_known_better(knowledge: Knowledge, sure: _Sure, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether the message is hardly more than one small word or question of which there are thousands of examples."""
    intent, confidence = understood.top
    abuse = understood.sub_issue(intent, thresholds.sure) == "abuse"
    of_the_talk = intent not in knowledge.issues and intent not in _READ_BETTER_IN_PLACE
    return abuse or (of_the_talk and confidence >= thresholds.change and sure.beside_facts <= 1)


def _questions(sure: _Sure, understood: Understood) -> Tuple[Asks, ...]:
    """What is asked. An institution that is named and asked about in some other way is explained."""
    topics = dict.fromkeys(About(read.about) for read in sure.of("asks"))
    explained = {About.OTHER, About.TERM} if understood.institutions else set()
    return tuple(Asks(About.WHAT_IS if topic in explained else topic) for topic in topics)


def _denied(consultation: Consultation, sure: _Sure) -> bool:
    """Whether the message takes back what we hold: the issue in hand, or one that was offered."""
    held = {consultation.issue, *consultation.talk.candidates} - {None, UNCLEAR}
    return bool(held) and any(read.issue is None or read.issue in held for read in sure.of("not_problem"))


def _told_instead(
    knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Problem]:
    """The worry that is meant instead, where it is another than the one in hand."""
    told = _another(consultation, sure, understood, thresholds)
    named = issue_instead(knowledge, consultation, understood, thresholds)
    if told is None and named is not None and named != consultation.issue:
        return Problem(named, words=understood.original)
    return told


def _another(
    consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> Optional[Problem]:
    for read in sure.of("problem"):
        if read.issue is not None and read.issue not in (consultation.issue, UNCLEAR):
            sub_issue = understood.sub_issue(read.issue, thresholds.sub_issue)
            return Problem(read.issue, sub_issue, confidence=read.confidence, words=understood.original)
    return None


def _worry_beside(
    consultation: Consultation, sure: _Sure, understood: Understood, thresholds: Thresholds
) -> List[Move]:
    """The worry that a question comes with, where there is none in hand yet."""
    if consultation.issue is not None:
        return []
    told = _another(consultation, sure, understood, thresholds)
    return [told] if told is not None else []


def _picked(knowledge: Knowledge, consultation: Consultation, sure: _Sure, understood: Understood) -> Optional[Option]:
    """The answer that is taken by its meaning, or that a yes or no amounts to."""
    question = consultation.question
    picks = sorted(sure.of("pick"), key=lambda read: -read.confidence)
    offered = options(knowledge, consultation)
    if picks and picks[0].n is not None and picks[0].n <= len(offered):
        return offered[picks[0].n - 1]
    if question is None or understood.prefectures or sure.has("problem", "complains"):
        return None
    answer = _YES.get(question) if sure.has("yes") else _NO.get(question) if sure.has("no") else None
    if question in _LEAVES_THE_QUESTION and sure.has("refuses"):
        answer = SKIP
    return next((option for option in offered if option.is_(question, answer or "")), None)


def _denied_alone(consultation: Consultation) -> Taken:
    if consultation.question is Question.WHICH_ISSUE:
        return Taken((Pick(Option(Question.WHICH_ISSUE, NEITHER)),))
    if consultation.question is Question.OTHER_ISSUE:
        return Taken((Pick(Option(Question.OTHER_ISSUE, DONE)),))
    return Taken((NotProblem(),))


def _courtesy(consultation: Consultation, sure: _Sure) -> Optional[Taken]:
    """Thanks, a farewell to the institution, or a complaint that we did not listen, where the message is no more."""
    if sure.has("problem", "fact", "pick", "feels"):
        return None
    if sure.has("will_go") and consultation.roads.shown:
        return Taken((WillGo(),))
    if sure.has("thanks") and consultation.question in (None, *BELOW_A_ROAD):
        return Taken((Thanks(),))
    if any(read.about == "bot" for read in sure.of("complains")) and consultation.issue is not None:
        return Taken((Complains(),))
    return None

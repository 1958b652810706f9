"""Which of the answers that we know a question asks for, where the talk stands: the narrowest of those it is like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Dict, FrozenSet, Mapping, Optional, Sequence, Tuple

from bot.consult.moves import About, Asks, Move, Problem, first
from bot.consult.reading.thresholds import AnswerThresholds, Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.road import road
from bot.consult.state import Consultation
from bot.knowledge import Answer, Knowledge, Scope
from bot.normalization import bare

_SHORT = 14  # characters: such a question is of what was just said
# Topics that owners mix up in asking; an answer to one may be what was asked for with another.
_ALSO: Dict[About, FrozenSet[str]] = {
    About.ELIGIBILITY: frozenset({"chance"}),
    About.CHANCE: frozenset({"eligibility", "consequence"}),
    About.CONSEQUENCE: frozenset({"secrecy", "chance", "procedure"}),
    About.PROCEDURE: frozenset({"first_step", "programme", "documents", "appointment", "term"}),
    About.PROGRAMME: frozenset({"procedure", "term", "eligibility"}),
    About.TERM: frozenset({"what_is", "programme", "procedure"}),
    About.WHAT_IS: frozenset({"term", "programme", "difference"}),
    About.APPOINTMENT: frozenset({"remote", "duration"}),
    About.DURATION: frozenset({"appointment"}),
    About.REMOTE: frozenset({"appointment"}),
    About.OTHER: frozenset(
        {"procedure", "programme", "term", "eligibility", "consequence", "remote", "appointment", "documents"}
    ),
    About.WHY: frozenset({"why_this"}),
}


def with_answers(
    knowledge: Knowledge,
    consultation: Consultation,
    understood: Understood,
    thresholds: Thresholds,
    moves: Tuple[Move, ...],
    named: Tuple[str, ...],
    today: date,
) -> Tuple[Move, ...]:
    """The moves, each question with the ids of the answers that it asks for: one, or one of each institution named.

    `named` are the institutions that the message names, or that were talked of last. What is not true any more today is
    no answer.
    """
    if first(moves, Asks) is None:
        return moves
    told = first(moves, Problem)
    there = consultation.on(told.issue) if told is not None else consultation
    there = there.about(told.sub_issue) if told is not None and told.sub_issue else there
    answers = _Answers(knowledge, there, understood.answers, thresholds.answers, today)
    short = len(bare(understood.text)) <= _SHORT
    return tuple(_with_answers(move, answers, named, short) if isinstance(move, Asks) else move for move in moves)


def _with_answers(asked: Asks, answers: _Answers, named: Tuple[str, ...], short: bool) -> Asks:
    if asked.about is About.COST and not named and short:
        return asked  # それって無料ですか asks of all of them, or of us
    of_two = asked.about is About.DIFFERENCE or (asked.about is About.WHAT_IS and len(named) > 1)
    between = answers.to(replace(asked, about=About.DIFFERENCE), ()) if of_two else None
    if between is not None and between.topic == About.DIFFERENCE.value:
        return replace(asked, about=About.DIFFERENCE, answers=(between.id,))
    if asked.about in (About.WHAT_IS, About.DIFFERENCE) and named:
        what_is = replace(asked, about=About.WHAT_IS)
        found: Sequence[Optional[Answer]] = [answers.to(what_is, (institution,)) for institution in named]
    else:
        found = [answers.to(asked, named)]
    return replace(asked, answers=tuple(answer.id for answer in found if answer is not None))


class _Answers:
    """The answers that hold where the talk stands, and how like a way of asking each the message is."""

    def __init__(
        self,
        knowledge: Knowledge,
        consultation: Consultation,
        like: Mapping[str, float],
        thresholds: AnswerThresholds,
        today: date,
    ) -> None:
        self._answers = [a for a in knowledge.answers.values() if a.until is None or today <= a.until]
        self._consultation = consultation
        self._like = like
        self._thresholds = thresholds
        in_hand = consultation.issue_in(knowledge) is not None
        steps = road(knowledge, consultation).steps if in_hand else ()
        self._on_the_road = tuple(step.referral.institution.id for step in steps)

    def to(self, asked: Asks, named: Sequence[str]) -> Optional[Answer]:
        """The answer to a question, or None where we have none.

        Where no institution is named, one on the road is meant, rather the first. Where the topic was heard for sure,
        no answer to another will do while there is one to it.
        """
        certain = asked.confidence >= self._thresholds.certain_topic
        return (self._best(asked.about, named, of_the_topic=True) if certain else None) or self._best(
            asked.about, named
        )

    def _best(self, about: About, named: Sequence[str], of_the_topic: bool = False) -> Optional[Answer]:
        best: Optional[Answer] = None
        most = -1.0
        for answer in self._answers:
            if of_the_topic and answer.topic != about.value:
                continue
            least = self._least(answer, about, named)
            likeness = self._like.get(answer.id, 0.0)
            if least is None or likeness < least:
                continue
            worth = likeness + (self._thresholds.of_the_topic if answer.topic == about.value else 0.0)
            if answer.scope.institution in (None, *named, *self._on_the_road[:1]):
                worth += self._thresholds.narrower * answer.scope.narrowness
            if worth > most:
                best, most = answer, worth
        return best

    def _least(self, answer: Answer, about: About, named: Sequence[str]) -> Optional[float]:
        """How like a way of asking the message must be for an answer to be given; None where it does not hold here."""
        fits = self._fits(answer.scope, about, named)
        if fits is None or answer.topic == about.value:
            return fits
        alike = answer.topic in _ALSO.get(about, frozenset())
        return max(fits, self._thresholds.like_topic if alike else self._thresholds.other_topic)

    def _fits(self, scope: Scope, about: About, named: Sequence[str]) -> Optional[float]:
        """How like a question of its topic must be to an answer of this scope; None where it holds for others."""
        if scope.institution is not None and named:
            return self._thresholds.named if scope.institution in named else None
        if scope.institution is not None and about is About.WHAT_IS:
            return self._thresholds.like_topic if scope.institution in self._on_the_road else None
        if scope.institution is not None:
            if scope.institution not in self._on_the_road:
                return None
            is_first = scope.institution == self._on_the_road[0]
            return self._thresholds.first if is_first else self._thresholds.later
        if scope.issue is None:
            return self._thresholds.anything
        there = self._consultation
        in_hand = there.sub_issue if scope.sub_issue is not None else None
        holds = not named and scope.issue == there.issue and scope.sub_issue == in_hand
        return self._thresholds.issue if holds else None if named else self._thresholds.like_topic

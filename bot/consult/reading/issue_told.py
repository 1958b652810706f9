"""Which issue a message tells of, which others beside it, and which it names in place of the last."""

from __future__ import annotations

import re
from typing import Optional, Tuple

from bot.consult.moves import Problem
from bot.consult.reading.taken import Taken, beside, closely
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.reading.urgency import is_urgent
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge, Matter
from bot.phrases import pattern

BOTH = re.compile("両方|二つとも|2つとも|どちらも|どっちも")
_MOST_WORRIES = 3
_MANY = 2  # worries in clauses beside the first: then none leads, and which comes first is asked


def issue_told(
    knowledge: Knowledge, issue: str, understood: Understood, thresholds: Thresholds, consultation: Consultation
) -> Taken:
    """The issue, with the sub-issue that the same message makes clear, and what else it brings up.

    A sub-issue that is settled already gives way only to one as clear as another issue would have to be, and never to
    a mere fact (埼玉の川口。金型やってる). Who cannot say what the matter is, and clearly tells one all the same, has
    said it.
    """
    settled = issue == consultation.issue and consultation.sub_issue is not None
    # a near date leaves no time to ask
    clear = thresholds.sure / 2 if is_urgent(understood.text) else thresholds.sub_issue
    sub_issue = understood.sub_issue(issue, thresholds.settled if settled else clear)
    if settled and understood.prefectures and all(read.move == "fact" for read in understood.moves):
        sub_issue = None
    least = thresholds.other / 2 if BOTH.search(understood.text) else thresholds.other
    least = thresholds.beside_unclear if issue == UNCLEAR else least
    told_beside = tuple(
        closely(other, understood, thresholds.sub_issue)
        for other, confidence in understood.other_issues.items()
        if confidence >= least
        and other not in (issue, UNCLEAR)
        and _is_surely_told(other, confidence, understood, thresholds)
    )
    if issue == UNCLEAR and consultation.issue is None and len(told_beside) == 1:
        return issue_told(knowledge, told_beside[0].issue, understood, thresholds, consultation)
    others = tuple(other for other in told_beside if str(other) not in knowledge.issues[issue].includes)
    leading = Problem(issue, sub_issue, confidence=understood.confidence(issue), words=understood.original)
    return Taken((leading, *beside(others)), leans=issue == UNCLEAR, described=True)


def _is_surely_told(issue: str, confidence: float, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a worry beside was read in its place as well, or is told for sure where no worry was read there.

    One that is made up is offered again: ひとりで左官をしています is no worry about people.
    """
    read = [one for one in understood.moves if one.move == "problem"]
    if any(one.issue == issue for one in read) or bool(BOTH.search(understood.text)):
        return True
    knows_another = any(one.confidence >= thresholds.in_place for one in read)
    return confidence >= thresholds.beyond_doubt and not knows_another


def several_worries(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Tuple[Matter, ...]:
    """The two or three worries that an owner without a clear issue names in one breath, surest first."""
    if consultation.issue not in (None, UNCLEAR) or consultation.question not in (None, Question.ISSUE):
        return ()
    of_all, confidence = understood.top  # half of it may be this one; what else there is stands in the clauses
    many = len(
        [
            issue
            for issue, sure in understood.other_issues.items()
            if _is_one_of_many(issue, sure, understood, thresholds)
        ]
    )
    half_sure = thresholds.sure / 2 <= confidence < (thresholds.change if many >= _MANY else thresholds.sure)
    told_of = {**understood.other_issues, **({of_all: confidence} if half_sure else {})}
    nameable = {*knowledge.issues} - {UNCLEAR}
    named = sorted(((sure, issue) for issue, sure in told_of.items() if issue in nameable), reverse=True)
    told = [issue for sure, issue in named if sure >= thresholds.other or issue == of_all][:_MOST_WORRIES]
    return tuple(closely(issue, understood, thresholds.sub_issue) for issue in told)


def _is_one_of_many(issue: str, confidence: float, understood: Understood, thresholds: Thresholds) -> bool:
    """Whether a clause of its own tells of another issue than the message is taken for."""
    return issue not in (UNCLEAR, understood.top[0]) and confidence >= thresholds.clause


def issue_instead(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[str]:
    """The issue that a correction names: 店のじゃなくて通りの. None where the message is none, or names none."""
    intent, confidence = understood.top
    if consultation.issue is None:
        return None
    half_a_correction = confidence < thresholds.sure <= confidence + understood.confidence("correct")
    half_a_correction = half_a_correction and bool(pattern("instead").search(understood.text))
    if half_a_correction and intent in {*knowledge.issues} - {UNCLEAR}:
        return intent
    if not half_a_correction and intent not in ("correct", "deny"):
        return None
    named = [(sure, issue) for issue, sure in understood.other_issues.items() if issue != UNCLEAR]
    surest, issue = max(named, default=(0.0, ""))
    return issue if surest >= thresholds.other else None

"""What to do next: ask something that changes the referral, or refer."""

from __future__ import annotations

from enum import Enum

from bot.consult.road import road
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.consult.triage import findings, next_symptom
from bot.knowledge import Knowledge


class Step(str, Enum):
    """The next thing to do in a consultation."""

    ASK_ISSUE = Question.ISSUE.value
    ASK_SYMPTOM = Question.TRIAGE.value
    NAME_FINDINGS = "findings"
    ASK_SUB_ISSUE = Question.SUB_ISSUE.value
    ASK_PREFECTURE = Question.PREFECTURE.value
    REFER = "refer"
    SAME_ROAD = "same_road"


def next_step(knowledge: Knowledge, consultation: Consultation) -> Step:
    """The next step. At most two questions an issue, none that was answered or skipped before.

    An owner without a clear issue is asked about symptoms first, five at most, and told what they point to.
    """
    issue = consultation.issue_in(knowledge)
    if issue is None:
        return Step.ASK_ISSUE
    if issue.name == UNCLEAR and not consultation.search.over:
        if next_symptom(knowledge.triage, consultation) is not None:
            return Step.ASK_SYMPTOM
        if findings(knowledge, consultation):
            return Step.NAME_FINDINGS
    if issue.sub_issues and consultation.sub_issue is None and Question.SUB_ISSUE not in consultation.talk.asked:
        return Step.ASK_SUB_ISSUE
    if consultation.owner.prefecture is None and Question.PREFECTURE not in consultation.talk.asked:
        return Step.ASK_PREFECTURE
    return Step.SAME_ROAD if road(knowledge, consultation).key in consultation.roads.shown else Step.REFER

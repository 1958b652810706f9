"""What to do next: ask something that changes the referral, or refer."""

from __future__ import annotations

from enum import Enum

from bot.consult.consultation import ISSUE, PREFECTURE, SUB_ISSUE, Consultation
from bot.consult.road import road
from bot.knowledge import Knowledge


class Step(str, Enum):
    """The next thing to do in a consultation."""

    ASK_ISSUE = ISSUE
    ASK_SUB_ISSUE = SUB_ISSUE
    ASK_PREFECTURE = PREFECTURE
    REFER = "refer"
    SAME_ROAD = "same_road"


def next_step(knowledge: Knowledge, consultation: Consultation) -> Step:
    """The next step. At most two questions an issue, none that was answered or skipped before."""
    issue = consultation.issue_in(knowledge)
    if issue is None:
        return Step.ASK_ISSUE
    if issue.sub_issues and consultation.sub_issue is None and SUB_ISSUE not in consultation.asked:
        return Step.ASK_SUB_ISSUE
    if consultation.prefecture is None and PREFECTURE not in consultation.asked:
        return Step.ASK_PREFECTURE
    return Step.SAME_ROAD if road(knowledge, consultation).key in consultation.referred else Step.REFER

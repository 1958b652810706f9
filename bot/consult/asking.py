"""What to do next: ask something that changes the referral, or refer."""

from __future__ import annotations

from enum import Enum
from typing import Tuple

from bot.consult.road import road
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.consult.triage import Finding, clear_enough, findings, next_symptom
from bot.knowledge import Knowledge

_MOST_WHERE_CLEAR, _MOST_WHERE_UNCLEAR = 2, 5  # questions on the way to a road, the place included
_MOST_BEHIND_A_COMPLAINT = 2  # for the cause of what hurts; more of them feel like a form to fill in


class Step(str, Enum):
    """The next thing to do in a consultation."""

    ASK_ISSUE = Question.ISSUE.value
    ASK_SYMPTOM = Question.TRIAGE.value
    NAME_FINDINGS = "findings"
    SETTLE = "settle"
    ASK_SUB_ISSUE = Question.SUB_ISSUE.value
    ASK_PREFECTURE = Question.PREFECTURE.value
    REFER = "refer"
    SAME_ROAD = "same_road"


def next_step(knowledge: Knowledge, consultation: Consultation) -> Step:
    """The next step. At most two questions on the way to a road, none that was answered or skipped before.

    An owner without a clear issue is asked about symptoms first, and told what they point to: five questions in all.
    """
    issue = consultation.issue_in(knowledge)
    if issue is None:
        return Step.ASK_ISSUE
    place_unknown = consultation.owner.prefecture is None and Question.PREFECTURE not in consultation.talk.asked
    if issue.name == UNCLEAR and not consultation.search.over:
        before_the_end = _MOST_WHERE_UNCLEAR - 1 - place_unknown  # a finding, and the place
        complaint = _came_with_what_hurts(knowledge, consultation)
        most_asked = min(before_the_end, _MOST_BEHIND_A_COMPLAINT) if complaint else before_the_end
        if consultation.talk.put < most_asked and next_symptom(knowledge.triage, consultation) is not None:
            return Step.ASK_SYMPTOM
        found = findings(knowledge, consultation)
        if found:
            return Step.SETTLE if _shows_the_cause(knowledge, consultation, found) else Step.NAME_FINDINGS
    searched = bool(consultation.search.asked) and not _came_with_what_hurts(knowledge, consultation)
    most = _MOST_WHERE_UNCLEAR if searched else _MOST_WHERE_CLEAR
    kind_unknown = bool(issue.sub_issues) and consultation.sub_issue is None
    if (
        kind_unknown
        and Question.SUB_ISSUE not in consultation.talk.asked
        and consultation.talk.put + place_unknown < most
    ):
        return Step.ASK_SUB_ISSUE
    if place_unknown:
        return Step.ASK_PREFECTURE
    return Step.SAME_ROAD if road(knowledge, consultation).key in consultation.roads.shown else Step.REFER


def _shows_the_cause(knowledge: Knowledge, consultation: Consultation, found: Tuple[Finding, ...]) -> bool:
    """Whether the owner came with what hurts, and their answers make one cause clear: it need not be asked again."""
    clear = clear_enough(knowledge.triage, consultation.search.told)
    came_with_it = _came_with_what_hurts(knowledge, consultation)
    return came_with_it and len(found) == 1 and found[0].probability >= clear


def _came_with_what_hurts(knowledge: Knowledge, consultation: Consultation) -> bool:
    """Whether the owner came with what hurts, and told more of it when we asked for the cause."""
    told = consultation.search.told
    return len(told) > 1 and knowledge.triage.symptoms[told[0].symptom].ask is None

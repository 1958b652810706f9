"""Which issue a message tells of, which others beside it, and which it names in place of the last."""

from __future__ import annotations

import re
from typing import Optional, Tuple

from bot.consult.acts import CORRECT, Reading, Thresholds
from bot.consult.consultation import ISSUE, SUB_ISSUE, UNCLEAR, Consultation
from bot.consult.heard import Heard
from bot.consult.triage_reading import closely
from bot.consult.urgency import is_urgent
from bot.knowledge import Knowledge

INSTEAD = re.compile("(じゃ|では|や)(なくて?|なしに|のうて|ねくて)")
BOTH = re.compile("両方|二つとも|2つとも|どちらも|どっちも")
_MOST_WORRIES = 3
_SETTLED_GIVES_WAY = 0.97
# So clear a clause must be to be kept for later where the owner cannot say what the matter is; triage asks anyway.
_CLEAR_BESIDE_THE_UNCLEAR = 0.85


def issue_told(
    knowledge: Knowledge, issue: str, heard: Heard, thresholds: Thresholds, consultation: Consultation
) -> Reading:
    """The issue, with the sub-issue that the same message makes clear, and what else it brings up.

    A sub-issue that is settled already gives way only to one as clear as another issue would have to be.
    """
    settled = issue == consultation.issue and consultation.sub_issue is not None
    clear = thresholds.sure / 2 if is_urgent(heard.text) else thresholds.sub_issue  # a near date leaves no time to ask
    sub_issue = heard.sub_issue(issue, _SETTLED_GIVES_WAY if settled else clear)
    least = thresholds.other / 2 if BOTH.search(heard.text) else thresholds.other
    least = _CLEAR_BESIDE_THE_UNCLEAR if issue == UNCLEAR else least
    beside = tuple(
        closely(other, heard, thresholds)
        for other, confidence in heard.other_issues.items()
        if confidence >= least and other not in (issue, UNCLEAR)
    )
    others = tuple(other for other in beside if other not in knowledge.issues[issue].includes)
    return Reading(issue, f"{SUB_ISSUE}.{sub_issue}" if sub_issue else None, others)


def several_worries(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Tuple[str, ...]:
    """The two or three worries that an owner without a clear issue names in one breath, surest first."""
    if consultation.issue not in (None, UNCLEAR) or consultation.question not in (None, ISSUE):
        return ()
    of_all, confidence = heard.top  # half of it may be this one; what else there is stands in the clauses
    half_sure = thresholds.sure / 2 <= confidence < thresholds.sure
    told_of = {**heard.other_issues, **({of_all: confidence} if half_sure else {})}
    nameable = {*knowledge.issues} - {UNCLEAR}
    named = sorted(((sure, issue) for issue, sure in told_of.items() if issue in nameable), reverse=True)
    told = [issue for sure, issue in named if sure >= thresholds.other or issue == of_all][:_MOST_WORRIES]
    return tuple(closely(issue, heard, thresholds) for issue in told)


def issue_instead(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[str]:
    """The issue that a correction names: 店のじゃなくて通りの. None where the message is none, or names none."""
    intent, confidence = heard.top
    if consultation.issue is None:
        return None
    half_a_correction = confidence < thresholds.sure <= confidence + heard.confidence(CORRECT)
    if half_a_correction and INSTEAD.search(heard.text) and intent in {*knowledge.issues} - {UNCLEAR}:
        return intent
    if intent not in (CORRECT, "deny"):
        return None
    named = [(sure, issue) for issue, sure in heard.other_issues.items() if issue != UNCLEAR]
    surest, issue = max(named, default=(0.0, ""))
    return issue if surest >= thresholds.other else None

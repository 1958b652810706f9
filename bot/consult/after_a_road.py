"""How a message is taken once a road is shown and we asked for more: mostly a remark, seldom a new matter."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.acts import ABUSE, ANSWER, GOES, REMARK, Reading, Thresholds
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE, UNCLEAR, Consultation
from bot.consult.heard import Heard
from bot.knowledge import Knowledge

_A_YES_FIRST = re.compile("(はい|ええ|うん)[、。 ]?(両方|両|続け|お願い|そっち|それ|次)")
_PARTING = ("affirm", "thank", "goodbye")
# So sure an issue must be to be offered: of the asides on 14 dialogues one in three was below it, no new matter was.
_WORTH_OFFERING = 0.75
_SOMETHING_ELSE = re.compile(
    "ほか|他に|他の|他も|別の|別に|(もう|あと)(一|ひと|1)つ|それと|それから|ちなみに|今度は|次は"
)


def after_a_road(
    knowledge: Knowledge, consultation: Consultation, heard: Heard, thresholds: Thresholds
) -> Optional[Reading]:
    """A remark or a parting word as such; None where the message brings up a matter of its own, or asks something.

    What sounds a little like another issue is no reason to leave the road: it is kept and offered (`others`), and
    taken up at once only where it is as clear as a change of issue has to be, or was offered before.
    """
    if consultation.question not in (ANYTHING_ELSE, OTHER_ISSUE) or not consultation.referred:
        return None
    if consultation.question == OTHER_ISSUE and _A_YES_FIRST.match(heard.text) and not heard.asks:
        return Reading(ANSWER, f"{OTHER_ISSUE}.go")
    intent, confidence = heard.top
    sure = confidence >= thresholds.sure
    parting = sum(heard.confidence(word) for word in _PARTING)
    if intent in _PARTING and parting >= thresholds.sure:
        goes = heard.sub_issue("affirm", thresholds.sure) == GOES and heard.confidence("affirm") >= thresholds.sure / 6
        return Reading("affirm" if goes else intent)
    if _SOMETHING_ELSE.search(heard.text):
        return None
    if intent == UNCLEAR:
        about_institutions = heard.institutions and heard.asks
        return None if about_institutions else Reading(REMARK)
    is_new = intent in knowledge.issues and intent not in (consultation.issue, *consultation.other_issues)
    if sure and is_new and confidence < thresholds.change:
        return Reading(REMARK, None, (intent,) if confidence >= _WORTH_OFFERING else ())
    if (
        intent == "out_of_scope"
        and confidence < thresholds.change
        and heard.sub_issue(intent, thresholds.sure) != ABUSE
    ):
        return Reading(REMARK)
    return Reading(REMARK) if not sure and intent in knowledge.issues else None

"""How a message is taken once a road is shown and we asked for more: mostly a remark, seldom a new matter."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.choices import GO
from bot.consult.moves import Problem, Tells
from bot.consult.reading.intents import of_intent
from bot.consult.reading.taken import Taken, beside, pick, taken
from bot.consult.reading.thresholds import Thresholds
from bot.consult.reading.understood import Understood
from bot.consult.state import BELOW_A_ROAD, UNCLEAR, Consultation, Question
from bot.knowledge import Knowledge, Matter
from bot.phrases import pattern

_A_YES_FIRST = re.compile("(はい|ええ|うん)[、。 ]?(両方|両|続け|お願い|そっち|それ|次)")
_PARTING = ("affirm", "thank", "goodbye")
_SOMETHING_ELSE = re.compile(
    "ほか|他に|他の|他も|別の|別に|(もう|あと)(一|ひと|1)つ|それと|それから|ちなみに|今度は|次は"
)


def after_a_road(
    knowledge: Knowledge, consultation: Consultation, understood: Understood, thresholds: Thresholds
) -> Optional[Taken]:
    """A remark or a parting word as such; None where the message brings up a matter of its own, or asks something.

    What sounds a little like another issue is no reason to leave the road: it is kept and offered, and taken up at
    once only where it is as clear as a change of issue has to be, or was offered before.
    """
    if consultation.question not in BELOW_A_ROAD or not consultation.roads.shown:
        return None
    other_issue = consultation.question is Question.OTHER_ISSUE
    if other_issue and _A_YES_FIRST.match(understood.text) and not understood.asks:
        return pick(Question.OTHER_ISSUE, GO)
    intent, confidence = understood.top
    sure = confidence >= thresholds.sure
    parting = sum(understood.confidence(word) for word in _PARTING)
    if intent in _PARTING and parting >= thresholds.sure:
        goes = understood.sub_issue("affirm", thresholds.sure) == "goes"
        goes = goes and understood.confidence("affirm") >= thresholds.sure / 6
        return of_intent("affirm" if goes else intent, understood, thresholds)
    kind = _another_kind(consultation, understood, thresholds)
    if kind is not None:
        return Taken((Problem(intent, kind, confidence=confidence, words=understood.original),), described=True)
    if _SOMETHING_ELSE.search(understood.text):
        return None
    if intent == UNCLEAR:
        about_institutions = understood.institutions and understood.asks
        return None if about_institutions else taken(Tells())
    is_new = intent in knowledge.issues and intent not in (consultation.issue, *consultation.others)
    if sure and is_new and confidence < thresholds.change:
        worth_offering = (Matter(intent),) if confidence >= thresholds.offer else ()
        return taken(Tells(), *beside(worth_offering))
    abuse = understood.sub_issue(intent, thresholds.sure) == "abuse"
    if intent == "out_of_scope" and confidence < thresholds.change and not abuse:
        return taken(Tells())
    return taken(Tells()) if not sure and intent in knowledge.issues else None


def _another_kind(consultation: Consultation, understood: Understood, thresholds: Thresholds) -> Optional[str]:
    """Another kind of the matter in hand that the message tells, and says that it is this one: 人が来ないのが一番だ."""
    intent, confidence = understood.top
    if intent != consultation.issue or confidence < thresholds.sure:
        return None
    if not pattern("says_which_it_is").search(understood.text):
        return None  # この春から8人入れて6人辞めました is more of it
    kind = understood.sub_issue(intent, thresholds.sub_issue)
    return kind if kind != consultation.sub_issue else None

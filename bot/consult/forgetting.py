"""How a message is taken when the bot has asked whether the records are to be deleted: only a plain yes deletes."""

from __future__ import annotations

import re
from typing import Optional

from bot.consult.acts import FORGET, KINDS, Reading, Thresholds
from bot.consult.choices import FORGET_NO, FORGET_YES
from bot.consult.consultation import Consultation
from bot.consult.heard import Heard
from bot.consult.triage_reading import DISAGREEMENT

_NOT_YET_A_YES = re.compile("[?？]|か(な|ね|しら)?[。.]*$|でも|けど|けれど|まだ|待って|あとで|後で|迷|やめ|やっぱ")


def wants_to_be_forgotten(heard: Heard, thresholds: Thresholds) -> bool:
    """Whether a message surely asks to have the records deleted."""
    intent = heard.sure_intent(thresholds.sure) or ""
    return KINDS.get((intent, heard.sub_issue(intent, thresholds.sure) or "")) == FORGET


def on_forgetting(consultation: Consultation, heard: Heard, thresholds: Thresholds) -> Optional[Reading]:
    """The answer to that question, or None where it does not wait or the message speaks of something else."""
    if consultation.question != FORGET:
        return None
    intent = heard.sure_intent(thresholds.sure)
    if intent in ("deny", "skip"):
        return Reading(FORGET, FORGET_NO)
    agrees = intent == "affirm" or wants_to_be_forgotten(heard, thresholds)
    if agrees and not _NOT_YET_A_YES.search(heard.text) and not DISAGREEMENT.search(heard.text):
        return Reading(FORGET, FORGET_YES)
    return None
